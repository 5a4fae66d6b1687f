"""The stored readings as pages ask for them; one archive and one mirror in each web process."""

import threading
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
from django.conf import settings

from anlan.history.log import store_in
from anlan.history.mirror import Mirror
from anlan.history.parts.rows import Rows
from anlan.history.query import Archive, Resolution, Span, series
from anlan.terms.errors import AnlanError, Unavailable
from anlan.terms.quality import Quality
from anlan.terms.times import FIRST_MS, LAST_MS

MOST_POINTS = 4000


class Point(NamedTuple):
    """A value of a chart; low and high differ where the step holds several readings."""

    time: int
    value: float
    low: float
    high: float


class Store:
    """The store of this site, opened when first asked and again after a restore."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._archive: Archive | None = None

    def _open(self) -> Archive:
        held = self._archive
        if held is not None and held.log.epoch_now() != held.log.epoch:
            self._archive = None
            held.close()
        if self._archive is None:
            self._archive = Archive(store_in(settings.PLACE.data))
        return self._archive

    def course(self, handle: int, low: int, high: int, *, points: int = MOST_POINTS) -> list[Point]:
        """The known values of a sensor with low ≤ time < high (ms UTC), cut to some points.

        Raises Unavailable where the store cannot be read.
        """
        with self._guard:
            try:
                found = series(self._open(), handle, Span(low, high), points=points).points
            except AnlanError as error:
                raise Unavailable(f"the readings cannot be read ({error})") from error
        columns = (found.start, found.sum / found.n, found.min, found.max)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [Point(*row) for row in rows if not np.isnan(row[1])]

    def value_at(self, handle: int, at: int, *, within_ms: int = 86_400_000) -> Point | None:
        """The newest known value at or before a moment; None where there is none near it."""
        with self._guard:
            rows = self._open().rows([handle], Span(at - within_ms, at + 1))
        kept = rows.at(~np.isnan(rows.value) & (rows.quality < Quality.BAD))
        if not len(kept.time):
            return None
        one = int(np.argmax(kept.time))
        value = float(kept.value[one])
        return Point(int(kept.time[one]), value, value, value)

    def rows(self, handle: int, low: int, high: int) -> tuple[Any, Any, Any]:
        """Columns time, value, quality of a sensor's readings with low ≤ time < high (ms UTC)."""
        with self._guard:
            found = self._open().rows([handle], Span(low, high))
        return found.time, found.value, found.quality

    def sums(self, handles: list[int], low: int, high: int) -> dict[int, float]:
        """Sums of the known values with low < time ≤ high, by handle; without a reading, none.

        Raises Unavailable where the store cannot be read.
        """
        if not handles:
            return {}
        with self._guard:
            try:
                rows = self._open().rows(handles, Span(low + 1, high + 1))
            except AnlanError as error:
                raise Unavailable(f"the readings cannot be read ({error})") from error
        kept = rows.at(~np.isnan(rows.value) & (rows.quality < Quality.BAD))
        sensors, places = np.unique(kept.sensor, return_inverse=True)
        totals = np.bincount(places, weights=kept.value, minlength=len(sensors))
        return dict(zip(sensors.tolist(), totals.tolist(), strict=True))

    def newest(self, handles: list[int], low: int, high: int) -> dict[int, Point]:
        """The newest known values with low < time ≤ high (ms UTC), by handle.

        Raises Unavailable where the store cannot be read.
        """
        if not handles:
            return {}
        with self._guard:
            try:
                rows = self._open().rows(handles, Span(low + 1, high + 1))
            except AnlanError as error:
                raise Unavailable(f"the readings cannot be read ({error})") from error
        kept = rows.at(~np.isnan(rows.value) & (rows.quality < Quality.BAD))
        found: dict[int, Point] = {}
        for one in np.argsort(kept.time, kind="stable").tolist():
            value = float(kept.value[one])
            found[int(kept.sensor[one])] = Point(int(kept.time[one]), value, value, value)
        return found

    def stored(self, handles: Collection[int], low: int, high: int) -> Rows:
        """Every reading with low ≤ time < high (ms UTC), bad and missing ones too, as it is kept.

        Raises Unavailable where the store cannot be read.
        """
        with self._guard:
            try:
                return self._open().rows(handles, Span(low, high))
            except AnlanError as error:
                raise Unavailable(f"the readings cannot be read ({error})") from error

    def extent(self) -> tuple[int, int]:
        """The times between which there are readings (ms UTC, both included).

        Raises Unavailable where the store cannot be read.
        """
        with self._guard:
            try:
                return self._open().extent()
            except AnlanError as error:
                raise Unavailable(f"the readings cannot be read ({error})") from error

    def beginnings(self, handles: list[int]) -> dict[int, int]:
        """When each was first heard (ms UTC), by handle; without a known value, none.

        Raises Unavailable where the store cannot be read.
        """
        with self._guard:
            try:
                found = self._open().rollup(Resolution.DAY, handles, Span(FIRST_MS, LAST_MS))
            except AnlanError as error:
                raise Unavailable(f"the readings cannot be read ({error})") from error
        first: dict[int, int] = {}
        for handle, at in zip(found.sensor.tolist(), found.first_at.tolist(), strict=True):
            first[handle] = min(at, first.get(handle, at))
        return first

    def close(self) -> None:
        """Ends it; the next question opens it again."""
        with self._guard:
            held, self._archive = self._archive, None
        if held is not None:
            held.close()

    def mirror(self) -> Mirror:
        """A mirror of one's own, on an archive of its own."""
        return Mirror(Archive(store_in(settings.PLACE.data)))


STORE = Store()
