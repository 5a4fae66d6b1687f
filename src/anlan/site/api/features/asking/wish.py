"""What a request asks of a collection: which features, how many, and in which system."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from anlan.desk.asker import Asker
from anlan.site.api.features.asking.condition import Conditions, tree_in
from anlan.site.api.features.asking.crs import Crs, boxes_of, crs_named
from anlan.site.api.features.asking.text import tree_of
from anlan.site.api.features.collections import Collection
from anlan.site.api.features.collections.times import stretch_of
from anlan.site.api.paging import LONGEST
from anlan.terms.errors import Malformed

MOST: Final = 10_000
"""Features of a page at most; who asks for more gets as many."""
USUAL: Final = 100
_ITEMS = ("bbox", "bbox-crs", "crs", "datetime", "limit", "after", "f", "filter", "filter-lang",
          "filter-crs")  # fmt: skip
_READERS = {"cql2-text": tree_of, "cql2-json": tree_in}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Features of a collection.

    rows: all of them, without an order · limit: of this page · after: the mark of the one before ·
    is_narrowed: by more than a box, so that to count them may mean to look at every row.
    """

    collection: Collection
    rows: QuerySet[Any]
    crs: Crs
    limit: int
    after: str
    is_narrowed: bool


def only(request: HttpRequest, allowed: Iterable[str]) -> None:
    """Malformed where a request has a parameter that means nothing here, or one of them twice."""
    known = set(allowed)
    for name, values in request.GET.lists():
        if name not in known:
            raise Malformed("There is no such parameter here.", where=name[:60])
        if len(values) > 1:
            raise Malformed("This parameter is given twice.", where=name)


def wish_of(request: HttpRequest, asker: Asker, collection: Collection) -> Wish:
    """What is asked of a collection; Malformed where a parameter is none or wrong."""
    only(request, (*_ITEMS, *collection.queryables))
    asked, collection = request.GET.get, collection.once()
    rows = collection.rows(asker)
    for condition in _conditions(request, asker, collection):
        rows = rows.filter(condition)
    narrowing = {"datetime", "filter", *collection.queryables}
    return Wish(
        collection=collection, rows=rows, crs=crs_named(asked("crs", ""), "crs"),
        limit=_limit(asked("limit", str(USUAL))), after=_mark(asked("after", "")),
        is_narrowed=not narrowing.isdisjoint(request.GET),
    )  # fmt: skip


def _conditions(request: HttpRequest, asker: Asker, collection: Collection) -> Iterable[Q]:
    asked = request.GET
    if "bbox" in asked:
        system = crs_named(asked.get("bbox-crs", ""), "bbox-crs")
        within = Q(pk__in=[])
        for box in boxes_of(asked["bbox"], system):
            within |= collection.in_box(asker, box)
        yield within
    elif "bbox-crs" in asked:
        crs_named(asked["bbox-crs"], "bbox-crs")
    if "datetime" in asked:
        yield collection.during(asker, *stretch_of(asked["datetime"]))
    for name, field in collection.queryables.items():
        if name in asked:
            yield collection.compared(asker, name, "exact", field.read(asked[name]))
    system = crs_named(asked.get("filter-crs", ""), "filter-crs")
    reader = _READERS.get(asked.get("filter-lang", "cql2-text"))
    if reader is None:
        raise Malformed(f"It is one of {' '.join(_READERS)}.", where="filter-lang")
    if "filter" in asked:
        yield Conditions(asker, collection, system).of(reader(asked["filter"]))


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) > 0):
        raise Malformed("limit is a whole number above zero.", where="limit")
    return min(int(text), MOST)


def _mark(text: str) -> str:
    if len(text) > LONGEST:
        raise Malformed("This mark is of no page.", where="after")
    return text
