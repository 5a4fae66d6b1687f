"""Features as they go out: some hundred at a time, however many there are."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Final, NamedTuple

import shapely
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils import translation

from anlan.desk.asker import Asker
from anlan.site.api.features.asking.crs import Crs
from anlan.site.api.features.asking.wish import Wish
from anlan.site.api.features.collections import Collection
from anlan.site.api.features.links import GEOJSON, itself, onward
from anlan.site.api.paging import MOST, Asked, Page, page

Told = dict[str, Any]
MOST_COUNTED: Final = 10_000


class Feature(NamedTuple):
    """A feature: its id, its shape in the system asked for as GeoJSON, what is said of it."""

    key: str
    shape: str
    told: Told

    @property
    def text(self) -> str:
        """As GeoJSON."""
        return (
            f'{{"type":"Feature","id":{dumped(self.key)},"geometry":{self.shape},'
            f'"properties":{dumped(self.told)}'
        )


def dumped(value: Any) -> str:
    """A value as JSON; times in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_moment)


def _moment(value: Any) -> str:
    return str(value.isoformat().replace("+00:00", "Z"))


def features_of(collection: Collection, rows: Sequence[Any], crs: Crs) -> list[Feature]:
    """Rows of the database as features."""
    taken = collection.taken(rows)
    shapes = [_drawn(shape, crs) for shape in collection.shapes(taken)]
    told = collection.told(taken)
    return [
        Feature(collection.key_of(row), shape, said)
        for row, shape, said in zip(taken, shapes, told, strict=True)
    ]


def _drawn(shape: Any, crs: Crs) -> str:
    """A shape as GeoJSON: borders run counter-clockwise, as its standard has them."""
    if shape is None or shape.is_empty:
        return "null"
    if shape.geom_type != "Point":
        shape = shapely.orient_polygons(shapely.force_2d(shape), exterior_cw=False)
    return str(shapely.to_geojson(crs.told(shapely.force_2d(shape))))


def first(wish: Wish) -> Page:
    """The first rows of a page; what is wrong in the question shows here."""
    return _after(wish, wish.after, min(MOST, wish.limit))


def _after(wish: Wish, mark: str, limit: int) -> Page:
    return page(wish.rows, Asked(limit=limit, after=mark), order=wish.collection.order)


def collected(request: HttpRequest, asker: Asker, wish: Wish) -> AsyncIterator[str] | Iterator[str]:
    """A page of features as GeoJSON, in pieces.

    Under ASGI each piece is made beside the loop; Django would take a plain iterator into memory
    whole.
    """
    pieces = _pieces(request, asker, wish, first(wish))
    return _later(pieces) if isinstance(request, ASGIRequest) else pieces


async def _later(pieces: Iterator[str]) -> AsyncIterator[str]:
    step = sync_to_async(lambda: next(pieces, ""))
    while piece := await step():
        yield piece


def _pieces(request: HttpRequest, asker: Asker, wish: Wish, found: Page) -> Iterator[str]:
    """Each hundred rows by a question of their own, so that no reader holds up a writer."""
    language = translation.get_language() or ""
    left, many = wish.limit, 0
    matched = _matched(wish)
    yield '{"type":"FeatureCollection","features":['
    while True:
        with translation.override(language):  # the entrance has left this request already
            some = features_of(wish.collection, found.rows, wish.crs)
        yield from _joined(some, is_first=not many)
        many += len(some)
        left -= len(found.rows)
        if not found.next or left <= 0:
            break
        found = _after(wish, found.next, min(MOST, left))
    with translation.override(language):
        links = [*itself(request, GEOJSON), *([onward(request, found.next)] if found.next else [])]
    if not wish.after and not found.next:
        matched = many  # the first page is all there is
    counted = f'"numberMatched":{matched},' if matched is not None else ""
    when = _moment(asker.now)
    yield f'],{counted}"numberReturned":{many},"timeStamp":"{when}","links":{dumped(links)}}}'


def _matched(wish: Wish) -> int | None:
    """How many there are; None where to count them would cost more than to read a page."""
    if wish.is_narrowed:
        return None
    count = wish.rows.order_by()[: MOST_COUNTED + 1].count()
    return count if count <= MOST_COUNTED else None


def _joined(some: Sequence[Feature], *, is_first: bool) -> Iterator[str]:
    if some:
        yield ("" if is_first else ",") + ",".join(one.text + "}" for one in some)
