"""Reads a store as it grows, and answers questions to its past; for one thread."""

import math
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from anlan.history.codec import decode_readings
from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, RecordKind, store_in
from anlan.history.query import Archive, Span, latest, series
from anlan.history.registry import Registry
from anlan.site.page.board import Latest, News, Told
from anlan.terms.errors import AnlanError
from anlan.terms.quality import Quality

_PAGE, _LAST = 5000, 20
_POINTS = 20_000
_DAY_MS = 86_400_000


class Point(NamedTuple):
    """A value of a chart: ms UTC; low and high differ where the step holds several readings."""

    time: int
    value: float
    low: float
    high: float


class Raw(NamedTuple):
    """One stored reading, with what the log says about its coming."""

    time: int
    value: float
    quality: int
    received: int
    seq: int


class ReadDoor(Protocol):
    """What the page asks of a store."""

    def poll(self) -> News | None:
        """What came since the last look; None while there is no store."""
        ...

    def course(self, handle: int, low: int, high: int) -> list[Point]:
        """The known values of a sensor between two times, ms UTC."""
        ...

    def readings(self, handle: int, low: int, high: int) -> list[Raw]:
        """The stored readings of a sensor between two times, ms UTC."""
        ...

    def close(self) -> None:
        """Lets the store go."""
        ...


class StoreDoor:
    """The door to the store in a data folder, which may not be there yet."""

    def __init__(self, data: Path) -> None:
        self._folder = store_in(data)
        self._archive: Archive | None = None

    def _open(self) -> Archive | None:
        try:
            archive = Archive(self._folder)
        except AnlanError:
            return None
        self._archive, self._log = archive, Log.open(self._folder)
        self._registry = Registry()
        self._cursor = Cursor.parse("start", epoch=self._log.epoch)
        # The last records again: they tell when the loop was last alive.
        self._seen = max(0, self._log.last() - _LAST)
        return archive

    def poll(self) -> News | None:
        if self._archive is None:
            archive = self._open()
            if archive is None:
                return None
            news = News(is_new_store=True)
            news.latest = _with_known(archive, _rows(latest(archive)))
        else:
            news = News()
            if self._log.epoch_now() != self._log.epoch:
                self.close()
                return self.poll()
        self._read(news)
        return news

    def _read(self, news: News) -> None:
        if self._registry.catch_up(self._log):
            news.sensors = list(self._registry.sensors)
            news.groups = dict(self._registry.groups)
            news.rule_sets = tuple(self._registry.rule_sets.values())
            for limit in self._registry.limits:
                news.limits.setdefault(limit.sensor, []).append(limit)
        for record in self._log.records(self._seen):
            self._seen = record.seq
            if record.kind is RecordKind.READINGS:
                news.latest += _rows(decode_readings(record.body))
            if record.kind in (RecordKind.READINGS, RecordKind.TICK):
                news.tick_at = record.at
        while told := changes_since(self._log, self._cursor, _PAGE):
            news.told += [Told(cursor.seq, change) for cursor, change in told]
            self._cursor = told[-1][0]

    def course(self, handle: int, low: int, high: int) -> list[Point]:
        if self._archive is None:
            return []
        found = series(self._archive, handle, Span(low, high), points=_POINTS).points
        columns = (found.start, found.sum / found.n, found.min, found.max)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [Point(*row) for row in rows if not math.isnan(row[1])]

    def readings(self, handle: int, low: int, high: int) -> list[Raw]:
        if self._archive is None:
            return []
        rows = self._archive.rows([handle], Span(low, high))
        names = (rows.time, rows.value, rows.quality, rows.received, rows.seq)
        columns = [column.tolist() for column in names]
        return sorted(Raw(*row) for row in zip(*columns, strict=True))

    def close(self) -> None:
        if self._archive is not None:
            self._archive.close()
            self._log.close()
            self._archive = None


def _with_known(archive: Archive, newest: list[tuple[int, Latest]]) -> list[tuple[int, Latest]]:
    """The newest readings, after the last known ones near them for sensors that miss a value.

    Day by day: one sensor that failed long ago must not bring along all that others told since.
    """
    days: dict[int, list[int]] = defaultdict(list)
    for handle, one in newest:
        if math.isnan(one.value) or one.quality >= Quality.BAD:
            days[one.time // _DAY_MS].append(handle)
    known: list[tuple[int, Latest]] = []
    for day, handles in days.items():
        span = Span((day - 1) * _DAY_MS, (day + 1) * _DAY_MS)
        rows = archive.rows(handles, span)
        rows = rows.at(~np.isnan(rows.value) & (rows.quality < Quality.BAD))
        rows = rows.at(np.argsort(rows.time, kind="stable")[::-1])
        known += _rows(rows.at(np.unique(rows.sensor, return_index=True)[1]))
    return known + newest


def _rows(batch: object) -> list[tuple[int, Latest]]:
    columns = [getattr(batch, name).tolist() for name in ("sensor", "time", "value", "quality")]
    return [
        (handle, Latest(time, value, quality))
        for handle, time, value, quality in zip(*columns, strict=True)
    ]
