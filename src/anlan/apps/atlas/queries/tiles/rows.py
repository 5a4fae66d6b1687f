"""Where every thing stands, in columns: what tiles and counts are made of.

A map of a province has millions of things and asks for a dozen tiles at once: the positions stand
in memory along a curve on which each tile is one stretch, and only what is new is read again.
"""

import threading
import time
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.db import connections, router
from django.db.models import Count, Max

from anlan.apps.atlas.models import ProjectionCursor
from anlan.apps.atlas.queries.tiles.grid import curve, places
from anlan.apps.atlas.queries.tiles.layers import SOURCES, Source
from anlan.terms.places import Grant, Scope

_FRESH_S, _AT_ONCE = 1.0, 50_000
_LATE_S = 900
"""An end is written with the moment of its request, and may be committed after later ones."""
_OPEN = np.iinfo(np.int64).max


class Words:
    """Texts as numbers, in the order in which they were first met."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._number: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        found = self._number.get(text)
        if found is None:
            found = self._number[text] = len(self.texts)
            self.texts.append(text)
        return found


@dataclass(frozen=True, slots=True)
class Columns:
    """Things, one a place in every column; since, until: seconds, closed at the left."""

    curve: Any
    x: Any
    y: Any
    layer: Any
    region: Any
    owner: Any
    id: Any
    since: Any
    until: Any

    def take(self, at: Any) -> "Columns":
        """Some of them."""
        return Columns(*(getattr(self, one.name)[at] for one in fields(self)))


_KINDS = (np.uint64, np.int32, np.int32, np.uint8, np.int32, np.int64, np.int64, np.int64, np.int64)


@dataclass(frozen=True)
class Rows:
    """All things along the curve. words: what the numbers of layer and region mean; an
    owner is known by its hash, for there may be as many as things.

    newest: when something began or ended last, in seconds.
    """

    columns: Columns
    words: tuple[Words, Words]
    version: tuple[Any, ...] = ()
    newest: int = 0
    _tables: dict[str, list[tuple[Any, int | None]]] = field(default_factory=dict)

    @property
    def layer(self) -> Any:
        """The layer of each."""
        return self.columns.layer

    @property
    def layers(self) -> list[str]:
        """The names of the layers."""
        return self.words[0].texts

    def stretch(self, low: int, high: int) -> slice:
        """Where on the curve a tile lies."""
        edges = np.array([low, high], np.uint64)
        begin, end = np.searchsorted(self.columns.curve, edges)
        return slice(int(begin), int(end))

    def seen(self, scope: Scope, part: slice, at: int) -> Any:
        """Which places of a part lie within a scope and stand at a moment."""
        columns = self.columns
        ours = np.zeros(len(columns.layer[part]), bool)
        for table, owner in self._reach(scope):
            one = table[columns.region[part]]
            ours |= one if owner is None else one & (columns.owner[part] == owner)
        ours &= (columns.since[part] <= at) & (columns.until[part] > at)
        return np.flatnonzero(ours) + (part.start or 0)

    def _reach(self, scope: Scope) -> list[tuple[Any, int | None]]:
        """For each grant the regions that it covers, by number, and whose things."""
        found = self._tables.get(scope.key)
        if found is None:
            found = self._tables[scope.key] = [self._table(grant) for grant in scope.grants]
        return found

    def _table(self, grant: Grant) -> tuple[Any, int | None]:
        covers = [grant.covers(text, grant.owner) for text in self.words[1].texts]
        return np.array(covers, bool), hash(grant.owner) if grant.owner else None


class _Mark(NamedTuple):
    """How far a table was read; lately: how many ends lie within `_LATE_S` before the last."""

    last_id: int
    last_end: int
    lately: int = 0
    cursor: str = ""


class Index:
    """The rows of this process, brought up to date when somebody asks."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Reads everything anew when next asked."""
        self._rows = Rows(Columns(*(np.zeros(0, kind) for kind in _KINDS)),
                          (Words(), Words()))  # fmt: skip
        self._marks: dict[str, _Mark] = {}
        self._looked = float("-inf")

    def rows(self) -> Rows:
        """The rows as of a second ago at most."""
        with self._guard:
            if time.monotonic() - self._looked > _FRESH_S:
                self._look()
                self._looked = time.monotonic()
            return self._rows

    def _look(self) -> None:
        marks = {source.group: _mark(source) for source in SOURCES}
        if marks == self._marks:
            return
        for source in SOURCES:
            before, now = self._marks.get(source.group), marks[source.group]
            if before != now:
                self._take_up(source, before, now)
        self._marks = marks
        order = np.argsort(self._rows.columns.curve, kind="stable")
        columns = self._rows.columns.take(order)
        newest = max(int(columns.since.max(initial=0)), *(one.last_end for one in marks.values()))
        version = tuple(sorted(marks.items()))
        self._rows = Rows(columns, self._rows.words, version, newest)

    def _take_up(self, source: Source, before: _Mark | None, now: _Mark) -> None:
        """The new rows of a table, and the ends of old ones; all where it cannot be said."""
        columns, words = self._rows.columns, self._rows.words
        mine = np.array([t.partition("/")[0] == source.group for t in words[0].texts], bool)
        at = mine[columns.layer] if len(mine) else np.zeros(len(columns.layer), bool)
        grows = before is not None and source.is_dated and now.last_id >= before.last_id
        if before is None or not grows:
            columns, after = columns.take(~at), 0
        else:
            after = before.last_id
            columns = _ended(columns, at, _ends(source, before.last_end))
        fresh = _read(source, after, words)
        together = [np.concatenate((getattr(columns, f.name), getattr(fresh, f.name)))
                    for f in fields(Columns)]  # fmt: skip
        self._rows = replace(self._rows, columns=Columns(*together))


INDEX = Index()


def forget() -> None:
    """Makes this process read all positions anew, as after a change of the database."""
    INDEX.forget()


def _mark(source: Source) -> _Mark:
    if source.is_dated:
        ended = source.model.objects.filter(until__isnull=False).order_by()
        last_end = ended.aggregate(last=Max("until"))["last"]
        late = ended.filter(until__gte=last_end - timedelta(seconds=_LATE_S)) if last_end else None
        last_id = source.model.objects.aggregate(last=Max("id"))["last"]
        end = int(last_end.timestamp()) if last_end else 0
        return _Mark(last_id or 0, end, late.count() if late is not None else 0)
    followed = ProjectionCursor.objects.filter(name="registry").values_list("cursor", flat=True)
    moved = _mark(SOURCES[0])  # sensors lie where their objects do
    found = source.model.objects.aggregate(last=Max("id"), rows=Count("id"))
    return _Mark(found["last"] or 0, found["rows"], cursor=f"{followed.first()} {moved}")


def _ends(source: Source, after: int) -> dict[int, int]:
    since = datetime.fromtimestamp(after - _LATE_S, UTC)
    rows = source.model.objects.filter(until__isnull=False, until__gte=since).order_by()
    return {key: int(until.timestamp()) for key, until in rows.values_list("pk", "until")}


def _ended(columns: Columns, mine: Any, ends: dict[int, int]) -> Columns:
    if not ends:
        return columns
    until = columns.until.copy()
    hit = np.flatnonzero(mine & np.isin(columns.id, np.array(list(ends))))
    until[hit] = [ends[one] for one in columns.id[hit].tolist()]
    return replace(columns, until=until)


def _read(source: Source, after: int, words: tuple[Words, Words]) -> Columns:
    chosen = [f"'' || {source.kind}" if source.kind else "''", "region", "owner", "id"]
    times = [_epoch(source, "since"), _epoch(source, "until")] if source.is_dated else ["0", "NULL"]
    box = ["shape_w", "shape_s", "shape_e", "shape_n"]
    kept = "" if source.is_dated else " AND NOT retired"
    sql = (f"SELECT {', '.join((*chosen, *times, *box))} FROM {source.model._meta.db_table}"  # noqa: S608 - our own names
           f" WHERE shape_w IS NOT NULL AND id > {after}{kept}")  # fmt: skip
    parts = [_columns(source, rows, words) for rows in _pieces(source, sql)]
    empty = Columns(*(np.zeros(0, kind) for kind in _KINDS))
    return Columns(*(np.concatenate([getattr(part, f.name) for part in (empty, *parts)])
                     for f in fields(Columns)))  # fmt: skip


def _columns(source: Source, rows: list[Any], words: tuple[Words, Words]) -> Columns:
    kinds, regions, owners, ids, since, until, w, s, e, n = zip(*rows, strict=True)
    lon, lat = (np.array(w) + np.array(e)) / 2, (np.array(s) + np.array(n)) / 2
    wide = np.flatnonzero((np.array(w) != np.array(e)) | (np.array(s) != np.array(n)))
    if len(wide):
        lon[wide], lat[wide] = _middles(source, [ids[i] for i in wide.tolist()])
    x, y = places(lon, lat)
    values = (
        curve(x, y), x, y, [words[0].number(source.layer(kind)) for kind in kinds],
        [words[1].number(one) for one in regions], [hash(one) for one in owners],
        ids, since, [_OPEN if one is None else one for one in until],
    )  # fmt: skip
    return Columns(*(np.array(v, kind) for v, kind in zip(values, _KINDS, strict=True)))


def _middles(source: Source, ids: list[int]) -> Any:
    """A point within each shape that is wider than one."""
    shapes = dict(source.model.objects.filter(pk__in=ids).values_list("pk", "shape"))
    inside = shapely.point_on_surface(np.array([shapes[one] for one in ids], object))
    return shapely.get_x(inside), shapely.get_y(inside)


def _epoch(source: Source, column: str) -> str:
    vendor = connections[router.db_for_read(source.model)].vendor
    if vendor == "postgresql":
        return f"floor(extract(epoch FROM {column}))::bigint"
    return f"CAST(strftime('%%s', {column}) AS INTEGER)"


def _pieces(source: Source, sql: str) -> Any:
    with connections[router.db_for_read(source.model)].cursor() as cursor:
        cursor.execute(sql, [])
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows


def layer_counts(scope: Scope, at: datetime) -> dict[str, int]:
    """How many things of each layer stand in a jurisdiction at a moment."""
    rows = INDEX.rows()
    seen = rows.seen(scope, slice(None), int(at.timestamp()))
    counted = np.bincount(rows.layer[seen], minlength=len(rows.layers))
    return {name: int(n) for name, n in zip(rows.layers, counted, strict=False) if n}
