"""A page of a list: filtered, searched, in order; paged by key, counted up to 10,000."""

import base64
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q

from anlan.desk.asker import Asker
from anlan.desk.search import MOST_IDS, Match, facet, matching, place_word, terms_of
from anlan.desk.search.words import Term
from anlan.desk.sheet.declare import Sheet
from anlan.desk.sheet.fields import Kind
from anlan.terms.places import COUNTRY, Scope, cut_region

SIZE = 50
_FEW, _CHUNK = 1000, 2000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list is asked for: text, filters by field, and where the page begins."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    before: str = ""

    @classmethod
    def of(cls, sheet: Sheet, query: Mapping[str, str]) -> "Wish":
        """The wish of a query string; what it does not know is left out."""
        filters = {name: query.get(name, "").strip() for name in sheet.filters}
        return cls(
            text=query.get("q", "").strip()[:200],
            filters={name: value[:128] for name, value in filters.items() if value},
            after=query.get("after", ""),
            before=query.get("before", ""),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves something out."""
        return bool(self.text or self.filters)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows; how many there are in all (is_more: at least so many), and where to go on."""

    rows: list[Any]
    count: int
    is_more: bool = False
    after: str = ""
    before: str = ""


class _Rows:
    """The rows of a wish, by the index of words where there is a text."""

    def __init__(self, sheet: Sheet, asker: Asker, wish: Wish) -> None:
        self.sheet = sheet
        self.rows = sheet.rows(asker).filter(_filters(sheet, wish))
        self.order = (*sheet.order, "pk")
        self.match: Match | None = None
        self.ids: list[int] = []
        if wish.text:
            self.match = _match(sheet, wish, asker.scope_for(sheet.read))
            self.ids = matching(sheet.model, self.match, limit=MOST_IDS + 1)
            if len(self.ids) <= _FEW:
                self.rows = self.rows.filter(pk__in=self.ids)
        self.with_words = len(self.ids)

    @property
    def is_walked(self) -> bool:
        """Whether so many hold the words that they are taken in the order of the index."""
        return self.with_words > _FEW

    def count(self) -> tuple[int, bool]:
        """How many, and whether there are more."""
        if self.is_walked:
            return min(self.with_words, MOST_IDS), True
        count = self.rows.order_by()[: MOST_IDS + 1].count()
        return min(count, MOST_IDS), count > MOST_IDS

    def walk(self, after: int, size: int) -> list[Any]:
        """The next rows in the order of the index."""
        found: list[Any] = []
        step = size
        while len(found) < size:
            # Most that hold the words are on the page; the rest are taken out by the filters.
            ids = self._next_ids(after)[:step]
            if not ids:
                break
            found += self.rows.filter(pk__in=ids).order_by("pk")
            after, step = ids[-1], min(2 * step, _CHUNK)
        return found[:size]

    def _next_ids(self, after: int) -> list[int]:
        """Ids that hold the words: the rest of those at hand, else the next."""
        if self.ids and after >= self.ids[-1]:
            assert self.match is not None  # noqa: S101 - by it there are ids
            self.ids = matching(self.sheet.model, self.match, after=after, limit=MOST_IDS + 1)
        return self.ids[bisect_right(self.ids, after) :]


def page_of(sheet: Sheet, asker: Asker, wish: Wish) -> Page:
    """The page that somebody asks for."""
    rows = _Rows(sheet, asker, wish)
    count, is_more = rows.count()
    if rows.is_walked:
        after = int(_place(wish.after, 1)[0]) if wish.after else 0
        found = rows.walk(after, SIZE + 1)
        going_on = _code([found[SIZE - 1].pk]) if len(found) > SIZE else ""
        return Page(found[:SIZE], count, is_more=is_more, after=going_on)
    return _keyed(rows, wish, count=count, is_more=is_more)


def _keyed(rows: _Rows, wish: Wish, *, count: int, is_more: bool) -> Page:
    back = bool(wish.before)
    place = wish.before or wish.after
    asked = rows.rows
    if place:
        asked = asked.filter(_beyond(rows.order, _place(place, len(rows.order)), back=back))
    signs = [f"-{name}" if back else name for name in rows.order]
    found = list(asked.order_by(*signs)[: SIZE + 1])
    has_next = len(found) > SIZE
    found = found[:SIZE]
    if back:
        found.reverse()
    first, last = (_code(_key(rows, found[i])) if found else "" for i in (0, -1))
    return Page(
        rows=found,
        count=count,
        is_more=is_more,
        after=last if has_next or back else "",
        before=first if (back and has_next) or (place and not back) else "",
    )


def every(sheet: Sheet, asker: Asker, wish: Wish) -> Iterator[Any]:
    """Every row of a wish, for an export."""
    rows, after = _Rows(sheet, asker, wish), 0
    while True:
        if rows.is_walked:
            found = rows.walk(after, _CHUNK)
        else:
            found = list(rows.rows.filter(pk__gt=after).order_by("pk")[:_CHUNK])
        yield from found
        if len(found) < _CHUNK:
            return
        after = found[-1].pk


def _filters(sheet: Sheet, wish: Wish) -> Q:
    """The filters as a condition; one that cannot be read leaves nothing."""
    condition = Q()
    for name, value in wish.filters.items():
        if sheet.field(name).kind is Kind.REGION:
            code = _region(value)
            condition &= Q(region__range=(code, code.ljust(12, "9"))) if code else Q(pk__in=[])
        elif sheet.field(name).kind is Kind.FLAG:
            condition &= Q(**{name: value == "1"})
        else:
            condition &= Q(**sheet.field(name).columns(value))
    return condition


def _region(value: str) -> str:
    try:
        return cut_region(value)
    except ValueError:
        return ""


def _match(sheet: Sheet, wish: Wish, scope: Scope) -> Match:
    """The words of a wish, with those of its filters and of the jurisdiction.

    The words only say where to look: rows are held against the conditions all the same.
    """
    terms = terms_of(wish.text)
    if terms:
        chosen = [sheet.field(name).columns(value) for name, value in wish.filters.items()]
        terms += [Term(facet(n, v)) for one in chosen for n, v in one.items() if n in sheet.facets]
        places = [n for n in wish.filters if sheet.field(n).kind is Kind.REGION]
        terms += [Term(place_word(_region(wish.filters[n]) or "-")) for n in places]
    return Match(tuple(terms), _ways(sheet, scope))


def _ways(sheet: Sheet, scope: Scope) -> tuple[tuple[str, ...], ...]:
    ways = []
    for grant in scope.grants:
        if grant.region == COUNTRY and not grant.owner:
            return ()
        way = [] if grant.region == COUNTRY else [place_word(grant.region)]
        ways.append((*way, facet("owner", grant.owner)) if grant.owner else tuple(way))
    return tuple(ways)


def _beyond(order: tuple[str, ...], place: list[Any], *, back: bool) -> Q:
    """What comes after a place in the order (before it: back)."""
    sign = "lt" if back else "gt"
    condition = Q(**{f"{order[-1]}__{sign}": place[-1]})
    for name, value in zip(reversed(order[:-1]), reversed(place[:-1]), strict=True):
        # The bound on the whole column is what the index can use.
        condition = Q(**{f"{name}__{sign[0]}te": value}) & (
            Q(**{f"{name}__{sign}": value}) | condition
        )
    return condition


def _key(rows: _Rows, row: Any) -> list[Any]:
    return [getattr(row, name) for name in rows.order]


def _code(place: list[Any]) -> str:
    text = json.dumps(place, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(text: str, size: int) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(text[:2000] + "=" * (-len(text) % 4))
        place: list[Any] = json.loads(raw)
        *texts, last = place
    except (ValueError, TypeError) as error:
        raise BadRequest("not a place in this list") from error
    if len(place) != size or type(last) is not int or not all(isinstance(t, str) for t in texts):
        raise BadRequest("not a place in this list")
    if not 0 <= last < 2**63 or any("\x00" in one for one in texts):
        raise BadRequest("not a place in this list")
    return place
