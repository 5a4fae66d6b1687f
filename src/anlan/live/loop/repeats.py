"""Repeats found many at a time: what was sent again is told before the engine looks at it.

The engine asks the store for each late reading by itself, which is right and slow. A resent body
is nothing but late readings; here the same question (clause 3.3) is asked for all of them at once.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from anlan.live.decode.memory import jit
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

_RECENT_ROWS = 4_000_000
_FEW = 16  # late rows that the engine may as well ask for one by one
_YEAR_2000 = 946_684_800_000
_OPEN = 255  # no verdict yet
_DUPLICATE, _CONFLICT = int(Verdict.DUPLICATE), int(Verdict.CONFLICT)

Stored = Callable[[Any, int, int], Batch]
"""Stored readings of some handles with low ≤ time ≤ high."""


class _Block(NamedTuple):
    """Stored readings with the span of their times; sorted at the first question."""

    batch: Batch
    low: int
    high: int
    is_sorted: list[bool]


class Repeats:
    """Remembers what was stored lately; asks `stored` for what lies further back."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._recent: deque[_Block] = deque()
        self._rows = 0

    def note(self, batch: Batch) -> None:
        """Readings that are stored now."""
        if not len(batch.sensor):
            return
        self._recent.append(_block(batch))
        self._rows += len(batch.sensor)
        while self._rows > _RECENT_ROWS:
            self._rows -= len(self._recent.popleft().batch.sensor)

    def verdicts(self, batch: Batch, newest: Any, skew_ms: int) -> Any:
        """By row DUPLICATE, CONFLICT, or 255 for the engine to judge; None where it judges all.

        newest: time of the newest reading by handle.
        """
        late = batch.time <= newest[batch.sensor]
        if int(late.sum()) <= _FEW:
            return None
        late &= _is_past_the_clock(batch, skew_ms)
        rows = np.flatnonzero(late)
        if len(rows) <= _FEW:
            return None
        found = np.full(len(batch.sensor), _OPEN, np.uint8)
        asked = (batch.sensor, batch.time, batch.value)
        low, high = int(batch.time[rows].min()), int(batch.time[rows].max())
        for block in reversed(self._recent):
            if block.low <= high and block.high >= low:
                _match(asked, rows, _sorted(block), found)
        rest = rows[found[rows] == _OPEN]
        if len(rest) > _FEW:
            span = (int(batch.time[rest].min()), int(batch.time[rest].max()))
            older = self._stored(np.unique(batch.sensor[rest]), *span)
            _match(asked, rest, _sorted(_block(older)), found)
        return found


def _is_past_the_clock(batch: Batch, skew_ms: int) -> Any:
    """Rows that clauses 3.1 and 3.2 would surely let pass."""
    received, time = batch.received, batch.time
    is_right = (received == NEVER) | ((time <= received + skew_ms) & (time >= _YEAR_2000))
    return is_right & ~np.isinf(batch.value)


def _block(batch: Batch) -> _Block:
    if not len(batch.time):
        return _Block(batch, 0, -1, [True])
    return _Block(batch, int(batch.time.min()), int(batch.time.max()), [False])


def _sorted(block: _Block) -> tuple[Any, Any, Any]:
    batch = block.batch
    if not block.is_sorted[0]:
        order = np.lexsort((batch.time, batch.sensor))
        for column in (batch.sensor, batch.time, batch.value):
            column[:] = column[order]
        block.is_sorted[0] = True
    return batch.sensor, batch.time, batch.value


@jit
def _match(asked, rows, stored, found):  # type: ignore[no-untyped-def]  # compiled
    """Finds rows among stored readings sorted by sensor and time."""
    sensors, times, values = asked
    s_sensor, s_time, s_value = stored
    for row in rows:
        if found[row] != _OPEN:
            continue
        sensor, time = sensors[row], times[row]
        low, high = 0, s_sensor.shape[0]
        while low < high:
            mid = (low + high) // 2
            if s_sensor[mid] < sensor or (s_sensor[mid] == sensor and s_time[mid] < time):
                low = mid + 1
            else:
                high = mid
        if low < s_sensor.shape[0] and s_sensor[low] == sensor and s_time[low] == time:
            a, b = values[row], s_value[low]
            is_same = a == b or (a != a and b != b)
            found[row] = _DUPLICATE if is_same else _CONFLICT
