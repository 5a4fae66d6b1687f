"""Compiled: passes over whole columns that read each row once, beside other threads."""

from typing import Any

import numba as nb
import numpy as np

from anlan.terms.quality import Verdict
from anlan.terms.times import NEVER

_APPLIED, _RANGE, _DUPLICATE = (
    int(Verdict.APPLIED),
    int(Verdict.RANGE),
    int(Verdict.DUPLICATE),
)


def stands_in_order(sensor: Any, time: Any, received: Any) -> bool:
    """Whether rows stand by reception (time where there is none), time and sensor."""
    return bool(_stands_in_order(sensor, time, received))


def tally(columns: tuple[Any, Any, Any], counts: Any, heard: Any, span: Any) -> None:
    """Adds rows of (sensor, time, verdict) to the counts.

    counts: by verdict · heard: by sensor, rows taken · span: first and last time of those.
    """
    _tally(*columns, counts, heard, span)


@nb.njit(cache=True, nogil=True)
def _stands_in_order(sensor, time, received):  # type: ignore[no-untyped-def]  # compiled
    for i in range(1, sensor.shape[0]):
        before = time[i - 1] if received[i - 1] == NEVER else received[i - 1]
        at = time[i] if received[i] == NEVER else received[i]
        if before < at:
            continue
        if before > at or time[i - 1] > time[i]:
            return False
        if time[i - 1] == time[i] and sensor[i - 1] > sensor[i]:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def _tally(sensor, time, verdict, counts, heard, span):  # type: ignore[no-untyped-def]  # compiled
    applied, first, last = 0, span[0], span[1]  # kept in registers: nearly every row is applied
    for i in range(sensor.shape[0]):
        code = verdict[i]
        if code == _APPLIED:
            applied += 1
        else:
            counts[code] += 1
            if code >= _DUPLICATE or code == _RANGE:
                continue
        heard[sensor[i]] += 1
        first = min(first, time[i])
        last = max(last, time[i])
    counts[_APPLIED] += applied
    span[0], span[1] = first, last


def warm() -> None:
    """Compiles both passes into Numba's cache."""
    sensor, whole = np.zeros(1, np.int32), np.zeros(1, np.int64)
    stands_in_order(sensor, whole, whole)
    tally((sensor, whole, np.zeros(1, np.uint8)), np.zeros(16, np.int64), whole, np.zeros(2, int))
