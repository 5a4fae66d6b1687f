"""Sequence numbers, windows and times of one connection, seen from the controlling station.

k: so many frames of ours may be unacknowledged · w: of so many of theirs we acknowledge at the
latest · t1: how long an acknowledgement may be waited for · t2: how long one may be owed · t3: how
long there may be silence. What is acknowledged is durable.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from anlan.connectors.iec104.apdu import (
    MODULUS,
    START,
    START_CON,
    TEST,
    TEST_CON,
    Control,
    acknowledging,
    carrying,
    governing,
)

_MOST_PENDING = 256
_CONFIRMS = {START: START_CON, TEST: TEST_CON}


class Pace(NamedTuple):
    """Windows in frames, times in ms, as the standard has them."""

    k: int = 12
    w: int = 8
    t1: int = 15_000
    t2: int = 10_000
    t3: int = 20_000


def pace_of(words: Mapping[str, Any]) -> Pace:
    """Of the words k, w, t1_s, t2_s and t3_s; ValueError where they do not fit each other."""
    usual = Pace()
    windows = [int(words.get(name, getattr(usual, name))) for name in ("k", "w")]
    times = [
        round(float(words.get(f"{name}_s", getattr(usual, name) / 1000)) * 1000)
        for name in ("t1", "t2", "t3")
    ]
    pace = Pace(*windows, *times)
    if not 1 <= pace.w <= pace.k < MODULUS or not 0 < pace.t2 < pace.t1 < pace.t3:
        raise ValueError("k and w must be 1 ≤ w ≤ k, and t2_s < t1_s < t3_s")
    return pace


class Link:
    """The state of one connection. is_started: data may flow · is_broken: numbers do not fit."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.is_started = self.is_broken = False
        self._sent = self._acknowledged = 0
        self._next: int | None = None  # none before it is begun: then nothing is counted
        self._open: deque[int] = deque()
        self._kept: set[int] = set()
        self._durable = self._owed = 0
        self._owed_since = self._heard_at = 0
        self._has_heard = True
        self._awaited: dict[int, int] = {}
        self._unconfirmed: deque[int] = deque()
        self._pending: deque[bytes] = deque(maxlen=_MOST_PENDING)

    def begin(self, now_ms: int) -> bytes:
        """Asks that data flow; from here on both sides count from 0."""
        self._next, self._heard_at = 0, now_ms
        return self._govern(START, now_ms)

    def hear(self, control: Control) -> None:
        """Takes the numbers of a frame as it comes in."""
        self._has_heard = True
        if self._next is None:
            return
        if control.form != "U":
            self._confirm(control.received)
        if control.form == "I":
            self.is_broken = self.is_broken or control.sent != self._next
            self._next = (control.sent + 1) % MODULUS
            self._open.append(control.sent)

    def _confirm(self, received: int) -> None:
        """All of ours before a number have come."""
        count = (received - self._acknowledged) % MODULUS
        if count > len(self._unconfirmed):
            self.is_broken = True
            return
        for _ in range(count):
            self._unconfirmed.popleft()
        self._acknowledged = received

    def govern(self, function: int, now_ms: int) -> bytes:
        """What is said to a frame of the form U."""
        self._awaited.pop(function, None)
        if function == START_CON:
            self.is_started = True
            return self.flush(now_ms)
        return governing(TEST_CON) if function == TEST else b""

    def keep(self, number: int, now_ms: int) -> bytes:
        """A frame of theirs is durable; what is said where enough are."""
        if self._next is None:
            return b""
        self._kept.add(number)
        while self._open and self._open[0] in self._kept:
            first = self._open.popleft()
            self._kept.discard(first)
            self._durable = (first + 1) % MODULUS
            self._owed_since = now_ms if not self._owed else self._owed_since
            self._owed += 1
        return self._acknowledge() if self._owed >= self._pace.w else b""

    def put(self, asdu: bytes) -> None:
        """Data that are to be sent."""
        self._pending.append(asdu)

    def flush(self, now_ms: int) -> bytes:
        """Sends what may be sent."""
        said = b""
        while self._pending and self.is_started and len(self._unconfirmed) < self._pace.k:
            said += carrying(self._sent, self._durable, self._pending.popleft())
            self._sent = (self._sent + 1) % MODULUS
            self._unconfirmed.append(now_ms)
            self._owed = 0
        return said

    def look(self, now_ms: int) -> bytes | None:
        """What is due by now; None where the far end keeps nothing of this."""
        if self._has_heard:
            self._heard_at, self._has_heard = now_ms, False
        waits = [*self._awaited.values(), *list(self._unconfirmed)[:1]]
        if self.is_broken or any(now_ms - since >= self._pace.t1 for since in waits):
            return None
        said = self.flush(now_ms)
        if self._owed and now_ms - self._owed_since >= self._pace.t2:
            said += self._acknowledge()
        if now_ms - self._heard_at >= self._pace.t3 and not self._awaited:
            said += self._govern(TEST, now_ms)
        return said

    def _govern(self, function: int, now_ms: int) -> bytes:
        self._awaited[_CONFIRMS[function]] = now_ms
        return governing(function)

    def _acknowledge(self) -> bytes:
        self._owed = 0
        return acknowledging(self._durable)
