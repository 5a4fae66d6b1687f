"""Which of the public's subscribers a message is for: in the districts named or the area drawn.

The same places that the public's pages say are warned. A million subscribers are read as columns:
the cells of the area's box by an index, then each point exactly.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.apps.atlas.models import Region
from anlan.apps.warning.models import Message, Subscription, Warning
from anlan.apps.warning.models.subscribing import CELLS_A_ROW, cell_of
from anlan.apps.warning.queries.audience.sinks import takes
from anlan.terms.places import Grant, Scope, is_region, parents_of

Ids = NDArray[np.int64]
Sql = tuple[str, list[Any]]
_TABLE, _AT_ONCE, _FETCH = Subscription._meta.db_table, 500, 5_000
_ROWS = (
    "WITH RECURSIVE line(low) AS"
    " (SELECT CAST(%s AS integer) UNION ALL SELECT low + %s FROM line WHERE low < %s)"
)
_NUMBERS = {
    "id": ("int8send(id)", ">i8"), "lon": ("float8send(lon)", ">f8"),
    "lat": ("float8send(lat)", ">f8"),
    "region": ("int8send(cast('0' || region AS bigint))", ">i8"),
}  # fmt: skip
_WHOLE = {"id": "id", "region": "CAST(region AS integer)"}
"""What SQLite tells as whole numbers."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The subscribers of a message by way: the ids of their rows, each once, in order."""

    ways: Mapping[str, Ids]

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Id and way of each, one way after the other."""
        for way, ids in self.ways.items():
            for one in ids.tolist():
                yield one, way

    def __len__(self) -> int:
        return sum(map(len, self.ways.values()))

    @property
    def counts(self) -> dict[str, int]:
        """How many by each way that has any."""
        return {way: len(ids) for way, ids in self.ways.items() if len(ids)}


def subscribers(message: Message, ways: Iterable[str] = Subscription.Way.values) -> Audience:
    """The confirmed subscribers whom a message is for, by the content that was frozen in it."""
    return subscribers_of(message.content, message.status, ways)


def subscribers_of(
    content: Mapping[str, Any], status: str, ways: Iterable[str] = Subscription.Way.values
) -> Audience:
    """Those whom a message of such content and status would be for; content: as JSON holds it."""
    statuses = _taking(status)
    shape = shapely.from_geojson(content["shape"]) if content["shape"] else None
    codes = [code for code in content["regions"] if is_region(code)]
    around = _districts_around(codes, shape)
    found = {}
    for way in ways:
        told = _told(statuses, way, content)
        parts = [_at(told, shape)] if shape is not None and not shape.is_empty else []
        parts += [_in(told, grant.span) for grant in Scope.of(map(Grant, codes)).grants]
        parts += [_of_whole(told, some) for some in _chunks(around)]
        found[way] = each_once(parts)
    return Audience(found)


def districts_of(way: str, status: str) -> Any:
    """The confirmed subscribers by a way who take a message of a status: an array of each one's
    `region` and `id` as numbers."""
    statuses = _taking(status)
    marks = ", ".join(["%s"] * len(statuses))
    told = f"state = 'confirmed' AND status IN ({marks}) AND way = %s", [*statuses, way]
    return _read(("", []), _TABLE, told, ("region", "id"))


def _taking(status: str) -> list[str]:
    """The statuses of subscribers who take a message of a status."""
    return [one for one in Warning.Status.values if takes(one, status)]


def each_once(parts: Sequence[Ids]) -> Ids:
    """Ids of several lists in order, each once; the lists are runs in order mostly, which a merge
    sorts in a tenth of the time of a hash."""
    if not parts:
        return np.array([], np.int64)
    ids = np.sort(np.concatenate(parts), kind="stable")
    return ids[np.append(True, np.diff(ids) != 0)] if len(ids) else ids


def _told(statuses: Sequence[str], way: str, content: Mapping[str, Any]) -> Sql:
    """The condition of who is told of such a thing, wherever it may be."""
    event = content["event"]
    wanted = [f"%,{event[:end]},%" for end in range(1, len(event) + 1)]
    kinds = " OR ".join(["kinds = ''", *["kinds LIKE %s"] * len(wanted)])
    marks = ", ".join(["%s"] * len(statuses))
    sql = f"state = 'confirmed' AND status IN ({marks}) AND way = %s AND least <= %s AND ({kinds})"
    return sql, [*statuses, way, content["level"], *wanted]


def _at(told: Sql, shape: BaseGeometry) -> Ids:
    """Those whose point lies in the shape or on its border."""
    west, south, east, north = shape.bounds
    first, last = cell_of(west, south), cell_of(west, north)
    width = cell_of(east, south) - first
    source = f"line JOIN {_TABLE} ON cell BETWEEN low AND low + %s"
    rows = (_ROWS, [first, CELLS_A_ROW, last, width])
    found = _read(rows, source, told, ("id", "lon", "lat"))
    shapely.prepare(shape)
    within = shapely.intersects_xy(shape, found["lon"], found["lat"])
    return _ids(found[within])


def _ids(found: Any) -> Ids:
    ids: Ids = found["id"].astype(np.int64)
    return ids


def _in(told: Sql, span: tuple[str, str]) -> Ids:
    """Those whose point or district lies in a district."""
    sql, params = told
    condition = f"{sql} AND region BETWEEN %s AND %s", [*params, *span]
    return _ids(_read(("", []), _TABLE, condition, ("id",)))


def _of_whole(told: Sql, codes: Sequence[str]) -> Ids:
    """Those who asked for the whole of one of some districts."""
    sql, params = told
    marks = ", ".join(["%s"] * len(codes))
    condition = f"{sql} AND cell < 0 AND region IN ({marks})", [*params, *codes]
    return _ids(_read(("", []), _TABLE, condition, ("id",)))


def _districts_around(codes: Sequence[str], shape: BaseGeometry | None) -> list[str]:
    """The districts of which a part is warned: over those named, and those that the shape meets."""
    found = {above for code in codes for above in parents_of(code)}
    if shape is not None and not shape.is_empty:
        rows = Region.objects.standing().filter(shape__intersects=shape)
        found.update(rows.values_list("key", flat=True))
    return sorted(found)


def _read(head: Sql, source: str, told: Sql, names: tuple[str, ...]) -> Any:
    """The columns of some rows as an array with fields, as fast as the database gives them."""
    start, before = head
    condition, after = told
    is_packed, is_whole = connection.vendor == "postgresql", _WHOLE.keys() >= {*names}
    if is_packed:
        columns = f"string_agg({' || '.join(_NUMBERS[name][0] for name in names)}, ''::bytea)"
    else:
        columns = ", ".join(f"group_concat({_WHOLE[name]})" if is_whole else name for name in names)
    kinds = np.dtype([(name, _NUMBERS[name][1]) for name in names])
    with connection.cursor() as cursor:
        cursor.execute(
            f"{start} SELECT {columns} FROM {source} WHERE {condition}",  # noqa: S608 - our own names; values are bound
            [*before, *after],
        )
        if is_packed:
            return np.frombuffer(cursor.fetchone()[0] or b"", kinds)
        if is_whole:
            return _side_by_side(cursor.fetchone(), kinds)
        some = iter(lambda: cursor.fetchmany(_FETCH), [])
        return np.fromiter(chain.from_iterable(some), kinds)


def _side_by_side(texts: Sequence[str | None], kinds: np.dtype[Any]) -> Any:
    """Columns of whole numbers, each a text with commas: no object for each row."""
    none: Ids = np.array([], np.int64)
    columns = [np.fromstring(text, np.int64, sep=",") if text else none for text in texts]
    found = np.empty(len(columns[0]), kinds)
    for name, column in zip(kinds.names or (), columns, strict=True):
        found[name] = column
    return found


def _chunks(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(codes), _AT_ONCE):
        yield codes[start : start + _AT_ONCE]
