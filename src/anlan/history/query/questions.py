"""Questions to the stored readings, sealed or not: latest, series, aggregate, readings of.

Sensors are handles (see registry). An `Archive` is open for one thread; it sees what other
processes append, and sealing beside it, at the next question.
"""

from collections.abc import Collection
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple, Self

import duckdb
import numpy as np

from anlan.history.log import Log
from anlan.history.parts.aside import damaged
from anlan.history.parts.engine import connect, files_sql
from anlan.history.parts.latest import newest, read_latest
from anlan.history.parts.layout import ROLLUP
from anlan.history.parts.manifest import Kind, Manifest, manifest_stamp, read_manifest
from anlan.history.parts.rollup import DAY_MS, HOUR_MS, MINUTE_MS, Rollup
from anlan.history.parts.rows import Rows
from anlan.history.query.tail import Tail, chosen
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch
from anlan.terms.times import FOREVER, NEVER

POINTS = 1000
"""As many points as a chart shows well."""
_TRIES = 3
_NAMED_HANDLES = 500  # more are sorted out after reading
_ROWS_SQL = """sensor, time, coalesce(value, 'nan'::DOUBLE) AS value, quality,
    coalesce(received, -4611686018427387904) AS received, seq, coalesce(place, -1) AS place"""


class Resolution(IntEnum):
    """How long the steps of an answer are, in ms; RAW gives every reading."""

    RAW = 0
    MINUTE = MINUTE_MS
    HOUR = HOUR_MS
    DAY = DAY_MS

    @property
    def kind(self) -> Kind:
        return Kind[self.name] if self else Kind.READINGS


_STEPS = (Resolution.MINUTE, Resolution.HOUR, Resolution.DAY)


class Span(NamedTuple):
    """Event times from `low` (included) to `high` (excluded), ms UTC."""

    low: int = NEVER
    high: int = FOREVER

    def whole(self, step_ms: int) -> "Span":
        """The span widened to whole steps."""
        return Span(self.low - self.low % step_ms, self.high + -self.high % step_ms)


class Series(NamedTuple):
    """Points of one sensor: of known values, at a resolution."""

    resolution: Resolution
    points: Rollup


class Archive:
    """The stored readings of a store, open for questions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = Log.open(folder)
        self.tail = Tail(self.log)
        self.manifest = Manifest(0, ())
        self._written: tuple[int, ...] | None = None
        self.damage: dict[str, str] = {}
        self._engine = connect()

    def refresh(self) -> None:
        """Takes note of what came and what was sealed since."""
        written = manifest_stamp(self.folder)
        if written != self._written:
            self.manifest, self._written = read_manifest(self.folder), written
        self.tail.catch_up(self.manifest.sealed_to)

    def rows(self, handles: Collection[int] | None, span: Span) -> Rows:
        """Readings of these sensors (None: all), in log order."""
        self.refresh()
        tail = self.tail.between(handles, span.low, span.high)
        found = self._sealed(Kind.READINGS, handles, span)
        if found is None:
            return tail
        sealed = chosen(Rows(*found), handles, span.low, span.high)
        return Rows.joined([sealed.in_log_order(), tail])

    def extent(self) -> tuple[int, int]:
        """The earliest and the latest event time of what is stored; (FOREVER, NEVER) of nothing."""
        self.refresh()
        parts = self.manifest.of(Kind.READINGS)
        lows = [part.low for part in parts] + [self.tail.low]
        return min(lows), max([part.high for part in parts] + [self.tail.high])

    def rollup(self, step: Resolution, handles: Collection[int] | None, span: Span) -> Rollup:
        """Rollups of these sensors in every step that touches the span."""
        if step is Resolution.RAW:
            return Rollup.of(self.rows(handles, span).by_sensor(), 1)
        whole = span.whole(step)
        self.refresh()
        tail = self.tail.between(handles, whole.low, whole.high)
        pieces = [Rollup.of(tail.by_sensor(), step)]
        found = self._sealed(step.kind, handles, whole)
        if found is not None:
            sealed = Rollup(*found)
            pieces.append(
                sealed if handles is None else sealed.at(np.isin(sealed.sensor, list(handles)))
            )
        return Rollup.joined(pieces)

    def has_all(self, step: Resolution, span: Span) -> bool:
        """Whether nothing of this resolution was aged out in the span."""
        there = {part.first for part in self.manifest.of(step.kind)}
        hours = [p for p in self.manifest.of(Kind.HOUR) if p.low < span.high and p.high >= span.low]
        return all(part.first in there for part in hours)

    def _sealed(self, kind: Kind, handles: Collection[int] | None, span: Span) -> list[Any] | None:
        """Columns of the sealed files that may hold an answer; None where no file does.

        A damaged file costs only itself and is named in `damage`.
        """
        for _ in range(_TRIES):
            files = [p for p in self.manifest.of(kind) if p.low < span.high and p.high >= span.low]
            files = [p for p in files if p.file not in self.damage]
            if not files:
                return None
            try:
                sql = _sql(kind, files_sql([self.folder / p.file for p in files]), handles)
                found = self._engine.execute(sql, [span.low, span.high]).fetchnumpy()
                return [np.asarray(column) for column in found.values()]
            except duckdb.Error as error:
                before, self.manifest = self.manifest, read_manifest(self.folder)
                bad = damaged(self.folder, files) if self.manifest == before else []
                self.damage.update({part.file: why for part, why in bad})
                failure = error
        raise Malformed(f"sealed files cannot be read ({failure})", where=str(self.folder))

    def close(self) -> None:
        self._engine.close()
        self.log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _sql(kind: Kind, source: str, handles: Collection[int] | None) -> str:
    raw = kind is Kind.READINGS
    columns = _ROWS_SQL if raw else ", ".join(ROLLUP.names)
    time = "time" if raw else "start"
    # Our own column names, file names and integers only.
    sql = f"SELECT {columns} FROM {source} WHERE {time} >= ? AND {time} < ?"  # noqa: S608 - see above
    if handles is not None and len(handles) <= _NAMED_HANDLES:
        sql += f" AND sensor IN ({', '.join(str(int(handle)) for handle in handles) or 'NULL'})"
    return sql


def latest(archive: Archive, handles: Collection[int] | None = None) -> Batch:
    """The newest reading by event time of each sensor (None: of all), by sensor."""
    archive.refresh()
    rows = newest(Rows.joined([read_latest(archive.folder, archive.manifest), archive.tail.latest]))
    return chosen(rows, handles, NEVER, FOREVER).batch()


def readings_of(archive: Archive, handles: Collection[int], since: int = NEVER) -> Batch:
    """Every stored reading of these sensors with time ≥ since, in log order."""
    return archive.rows(handles, Span(since)).batch()


def series(archive: Archive, handle: int, span: Span, *, points: int = POINTS) -> Series:
    """One sensor's course in at most about so many points, as fine as they allow.

    Steps are whole: the first and the last may reach beyond the span.
    """
    hours = archive.rollup(Resolution.HOUR, [handle], span)
    step = _step(archive, span, points, known=int(hours.n.sum()))
    found = hours if step is Resolution.HOUR else archive.rollup(step, [handle], span)
    return Series(step, found)


def _step(archive: Archive, span: Span, points: int, *, known: int) -> Resolution:
    """The finest resolution that is there and has few enough points; known: readings there are."""
    if known <= points and archive.has_all(Resolution.RAW, span):
        return Resolution.RAW
    length = span.high - span.low
    for step in _STEPS:
        if (known <= points or length <= points * step) and archive.has_all(step, span):
            return step
    return Resolution.DAY


def aggregate(
    archive: Archive, handles: Collection[int] | None, span: Span, *, step_ms: int
) -> Rollup:
    """Number, least, greatest, sum, first and last of each sensor in steps of any length.

    Steps are whole, counted from 1970 UTC, and touch the span; None: all sensors.
    """
    if step_ms <= 0:
        raise Malformed("a step is longer than nothing", where="step")
    base = max((s for s in _STEPS if step_ms % s == 0), default=Resolution.RAW)
    return archive.rollup(base, handles, span.whole(step_ms)).coarser(step_ms)
