"""A substation's remote terminal 远动终端: waits to be called, answers, tells what changes.

What happened is kept until it is acknowledged, and told again on the next connection.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, NamedTuple

from anlan.connectors.cut import Cutter
from anlan.connectors.frames import BEIJING
from anlan.connectors.iec104.apdu import (
    HEAD_BYTES,
    JUDGE,
    MODULUS,
    START,
    START_CON,
    STOP,
    STOP_CON,
    TEST,
    TEST_CON,
    acknowledging,
    carrying,
    control_of,
    governing,
)
from anlan.connectors.iec104.asdu import Asdu, Piece, asdu_of, write_asdu
from anlan.connectors.iec104.asks import ALL_STATIONS
from anlan.connectors.iec104.clocks import moment, stamp
from anlan.connectors.iec104.kinds import CLOCK, COUNTERS, GENERAL, INITIALISED, KINDS, READ
from anlan.connectors.iec104.parts import Told, write_parts
from anlan.sandtable.fleet.line import nowhere

_MOST_KEPT, _WINDOW = 10_000, 12
_CONFIRMED, _ENDED, _SPONTANEOUS, _REQUESTED, _ASKED, _COUNTED, _UNKNOWN = 7, 10, 3, 5, 20, 37, 44
_CONFIRMS = {START: START_CON, STOP: STOP_CON, TEST: TEST_CON}
_COUNTER, _TIMED_BY = 15, {1: 30, 3: 31, 5: 32, 7: 33, 9: 34, 11: 35, 13: 36, 15: 37}
GOOD: tuple[str, ...] = ()


class Point(NamedTuple):
    """kind: the type identification without time · told: its values as a codec reads them."""

    kind: int
    told: Mapping[str, Any]


@dataclass
class Terminal:
    """station: its common address · points: what it has, by information object address.

    say: where what it says goes · off_ms: by how much its clock is wrong · unacknowledged: sent but
    not acknowledged, with the number it was sent under.
    """

    station: int
    points: dict[int, Point]
    zone: tzinfo = BEIJING
    off_ms: int = 0
    say: Callable[[bytes], None] = field(default=nowhere)
    waiting: deque[bytes] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))
    unacknowledged: deque[tuple[int, bytes]] = field(default_factory=deque)
    acknowledged: int = 0
    _sent: int = 0
    _received: int = 0
    _is_started: bool = False
    _cutter: Cutter = field(default_factory=lambda: Cutter(JUDGE))

    def begin(self, now_ms: int) -> None:
        """Somebody called: numbers begin anew, and what was not acknowledged is due again."""
        self._cutter, self._is_started = Cutter(JUDGE), False
        self._sent = self._received = 0
        self.waiting.extendleft(data for _, data in reversed(self.unacknowledged))
        self.unacknowledged.clear()

    def look(self, now_ms: int) -> None:
        """Says what is due."""
        self._flush()

    def change(self, address: int, told: Told, now_ms: int) -> None:
        """A point has another value: told with its time."""
        kind = self.points[address].kind
        self.points[address] = Point(kind, told)
        timed = _TIMED_BY[kind]
        inside = write_parts(KINDS[kind].parts, told) + stamp(now_ms + self.off_ms, self.zone)
        self._put(Asdu(timed, 1, _SPONTANEOUS, self.station), [Piece(address, inside)])

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the controlling station says."""
        for raw, reason in self._cutter.feed(data):
            if not reason:
                self._heard(raw, now_ms)

    def _heard(self, raw: bytes, now_ms: int) -> None:
        control = control_of(raw)
        if control.form == "U":
            self._govern(control.function)
            return
        while self.unacknowledged and (self.unacknowledged[0][0] != control.received):
            self.unacknowledged.popleft()
            self.acknowledged += 1
        if control.form == "I":
            self._received = (control.sent + 1) % MODULUS
            self.say(acknowledging(self._received))
            self._asked(asdu_of(raw), raw[HEAD_BYTES:], now_ms)
        self._flush()

    def _govern(self, function: int) -> None:
        if function in _CONFIRMS:
            self.say(governing(_CONFIRMS[function]))
        if function == START:
            self._is_started = True
            self._put(Asdu(INITIALISED, 1, 4, self.station), [Piece(0, b"\0")])
        self._is_started = self._is_started and function != STOP

    def _asked(self, asdu: Asdu, inside: bytes, now_ms: int) -> None:
        if asdu.station not in (self.station, ALL_STATIONS):
            return
        mine = asdu._replace(station=self.station, number=1)
        asked = Piece(int.from_bytes(inside[:3], "little"), inside[3:])
        if asdu.kind == READ:
            self._tell(_REQUESTED, [asked.address])
            return
        is_known = asdu.kind in (GENERAL, COUNTERS, CLOCK)
        cause = _CONFIRMED if is_known else _UNKNOWN
        self._put(mine._replace(cause=cause, is_negative=int(not is_known)), [asked])
        if asdu.kind == CLOCK:
            told = moment(asked.raw, self.zone)
            self.off_ms = 0 if told is None else told - now_ms
        elif is_known:
            wants_counters = asdu.kind == COUNTERS
            chosen = [
                a for a, one in self.points.items() if (one.kind == _COUNTER) is wants_counters
            ]
            self._tell(_COUNTED if wants_counters else _ASKED, chosen)
            self._put(mine._replace(cause=_ENDED), [asked])

    def _tell(self, cause: int, addresses: list[int]) -> None:
        """Those points there are, one frame each."""
        for address in addresses:
            point = self.points.get(address)
            if point is not None:
                inside = write_parts(KINDS[point.kind].parts, point.told)
                self._put(Asdu(point.kind, 1, cause, self.station), [Piece(address, inside)])

    def _put(self, asdu: Asdu, pieces: list[Piece]) -> None:
        self.waiting.append(write_asdu(asdu, pieces))
        self._flush()

    def _flush(self) -> None:
        """Sends while the window is open."""
        while self._is_started and self.waiting and len(self.unacknowledged) < _WINDOW:
            data = self.waiting.popleft()
            self.unacknowledged.append((self._sent, data))
            self.say(carrying(self._sent, self._received, data))
            self._sent = (self._sent + 1) % MODULUS
