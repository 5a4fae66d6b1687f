"""A reading 监测数据, and a batch of them as columns: the unit that flows on the hot path.

terms knows only the standard library, so the columns are typed as sequences here;
they are NumPy arrays of the stated type everywhere.
"""

from typing import Any, NamedTuple


class Reading(NamedTuple):
    """One value of one sensor at one time, readable but not yet known to be registered.

    time, received: ms UTC, received NEVER where the source does not say · value: NaN = missing ·
    quality: terms.quality.Quality.
    """

    sensor: str
    time: int
    value: float
    quality: int
    received: int


class Batch(NamedTuple):
    """Readings in log order.

    sensor: int32 handles · time: int64 ms UTC (event time) · value: float64 (NaN = missing) ·
    quality: uint8 (terms.quality.Quality) · received: int64 ms UTC, NEVER where unknown.
    All of one length.
    """

    sensor: Any
    time: Any
    value: Any
    quality: Any
    received: Any
