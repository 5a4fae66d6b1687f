"""Readings as they are sealed: columns in one order, sorted by sensor and time."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from anlan.terms.readings import Batch

Column = npt.NDArray[Any]
_RADIX = np.uint16  # a stable sort of 16-bit numbers is linear in NumPy


class Rows(NamedTuple):
    """Readings with their record.

    sensor int32, time int64, value float64, quality uint8, received int64 as in terms.readings ·
    seq: int64 place of the record · place: int32 position in it, −1 where the record is in order
    of time and sensor anyway.
    """

    sensor: Column
    time: Column
    value: Column
    quality: Column
    received: Column
    seq: Column
    place: Column

    @classmethod
    def of(cls, batch: Batch, seq: int) -> Self:
        """The readings of one record."""
        count = len(batch.sensor)
        return cls(*batch, np.full(count, seq, np.int64), _places(batch))

    @classmethod
    def joined(cls, pieces: Sequence[Self]) -> Self:
        """Pieces one after the other."""
        if len(pieces) == 1:
            return pieces[0]
        return cls(*(np.concatenate(column) for column in zip(*pieces, strict=True)))

    @classmethod
    def none(cls) -> Self:
        """No readings."""
        types = (np.int32, np.int64, np.float64, np.uint8, np.int64, np.int64, np.int32)
        return cls(*(np.zeros(0, t) for t in types))

    def batch(self) -> Batch:
        """The readings without their record."""
        return Batch(*self[:5])

    def at(self, index: Column | slice) -> Self:
        """The rows of an index, mask or slice."""
        return type(self)(*(column[index] for column in self))

    def by_sensor(self) -> Self:
        """Sorted by sensor, time and place in the log; from log order."""
        rows = self.at(_sensor_order(self.sensor))
        if not _is_sorted(rows.sensor, rows.time):
            # Late readings: nearly in order now, which this sort is quick on.
            rows = rows.at(np.lexsort((rows.place, rows.seq, rows.time, rows.sensor)))
        return rows

    def in_log_order(self) -> Self:
        """Sorted as they came."""
        return self.at(np.lexsort((self.sensor, self.time, self.place, self.seq)))


def _places(batch: Batch) -> Column:
    count = len(batch.sensor)
    if _is_sorted(batch.time, batch.sensor):
        return np.full(count, -1, np.int32)
    return np.arange(count, dtype=np.int32)


def _is_sorted(major: Column, minor: Column) -> bool:
    """Whether rows are in order of major, then minor."""
    rising = major[1:] > major[:-1]
    level = (major[1:] == major[:-1]) & (minor[1:] >= minor[:-1])
    return bool((rising | level).all())


def _sensor_order(sensor: Column) -> Column:
    order: Column = np.argsort(sensor.astype(_RADIX), kind="stable")
    if len(sensor) and int(sensor.max()) > np.iinfo(_RADIX).max:
        high = (sensor >> 16).astype(_RADIX)[order]
        order = order[np.argsort(high, kind="stable")]
    return order
