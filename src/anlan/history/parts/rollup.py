"""Rollups: what a sensor did in each minute, hour or day, joinable in any order of arrival."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from anlan.history.parts.rows import Rows
from anlan.terms.quality import Quality

Column = npt.NDArray[Any]
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


class Rollup(NamedTuple):
    """One row per sensor and step; known values only (not missing, not bad).

    start: first moment of the step, ms UTC · n, min, max, sum of its values · first and last
    value in order of time, and when they were.
    """

    sensor: Column
    start: Column
    n: Column
    min: Column
    max: Column
    sum: Column
    first: Column
    last: Column
    first_at: Column
    last_at: Column

    @classmethod
    def of(cls, rows: Rows, step_ms: int) -> Self:
        """The rollup of readings sorted by sensor and time."""
        known = rows.at((rows.quality < Quality.BAD) & ~np.isnan(rows.value))
        value, time = known.value, known.time
        start = time - time % step_ms
        begin, end = _groups(known.sensor, start)
        return cls(
            sensor=known.sensor[begin],
            start=start[begin],
            n=(end - begin).astype(np.int64),
            min=_reduced(np.minimum, value, begin),
            max=_reduced(np.maximum, value, begin),
            sum=_reduced(np.add, value, begin),
            first=value[begin],
            last=value[end - 1],
            first_at=time[begin],
            last_at=time[end - 1],
        )

    @classmethod
    def joined(cls, pieces: Sequence[Self]) -> Self:
        """Rollups of different readings as one."""
        rows = cls(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
        return rows.coarser(1)

    def coarser(self, step_ms: int) -> Self:
        """The same in longer steps; rows of one sensor and step become one."""
        start = self.start - self.start % step_ms
        order = np.lexsort((self.first_at, start, self.sensor))
        by_end = np.lexsort((self.last_at, start, self.sensor))
        rows, start = self.at(order), start[order]
        begin, end = _groups(rows.sensor, start)
        newest = by_end[end - 1]
        return type(self)(
            sensor=rows.sensor[begin],
            start=start[begin],
            n=_reduced(np.add, rows.n, begin),
            min=_reduced(np.minimum, rows.min, begin),
            max=_reduced(np.maximum, rows.max, begin),
            sum=_reduced(np.add, rows.sum, begin),
            first=rows.first[begin],
            last=self.last[newest],
            first_at=rows.first_at[begin],
            last_at=self.last_at[newest],
        )

    def at(self, index: Column) -> Self:
        """The rows of an index or mask."""
        return type(self)(*(column[index] for column in self))

    @property
    def mean(self) -> Column:
        """The plain mean of the values in each step."""
        return np.asarray(self.sum / self.n)


def _groups(sensor: Column, start: Column) -> tuple[Column, Column]:
    """Where each run of equal sensor and step begins and ends."""
    if not len(sensor):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    fresh = (sensor[1:] != sensor[:-1]) | (start[1:] != start[:-1])
    begin = np.concatenate(([0], np.flatnonzero(fresh) + 1))
    return begin, np.append(begin[1:], len(sensor))


def _reduced(how: np.ufunc, values: Column, begin: Column) -> Column:
    return np.asarray(how.reduceat(values, begin)) if len(begin) else values[:0]
