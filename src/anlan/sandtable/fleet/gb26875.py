"""A transmission device 用户信息传输装置 with the points of its fire systems, over TCP or UDP.

It tells states, analog values and operations, repeats what is not confirmed, answers what it is
asked, sets its clock, and somebody on duty answers a check.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from anlan.connectors.cut import Cutter
from anlan.connectors.frames import BEIJING
from anlan.connectors.gb26875.cut import JUDGE
from anlan.connectors.gb26875.heads import (
    CONFIRM,
    CONTROL,
    DENY,
    HEAD_BYTES,
    REPLY,
    REQUEST,
    SEND,
    Head,
    moment,
    read_head,
    stamp,
    write_frame,
)
from anlan.connectors.gb26875.units import Cells, Unit, read_unit, text_cell, unit_of, write_unit
from anlan.connectors.gb26875.words import DUTY_ANSWER
from anlan.sandtable.fleet.line import nowhere
from anlan.terms.errors import Malformed

NORMAL, FIRE, FAULT = 1, 2, 4
"""Bits of a state."""


@dataclass
class Point:
    """A detector, pump or tank. state: bits · analog: type of what it measures, 0 for nothing.

    number: what it measures, as it travels.
    """

    system: int
    address: int
    component: int
    zone: int
    position: int
    text: str = ""
    state: int = NORMAL
    analog: int = 0
    number: int = 0

    @property
    def place(self) -> Cells:
        point = self.zone.to_bytes(2, "little") + self.position.to_bytes(2, "little")
        return self.system, self.address, point

    def cells(self, *rest: Any) -> Cells:
        """A row that begins as every row about a component does."""
        system, address, point = self.place
        return system, address, self.component, point, *rest


@dataclass
class Device:
    """address, centre: six bytes as numbers · on_duty: whether somebody answers a check.

    off_ms: by how much its clock is wrong · say: where what it says goes; nowhere without a line.
    """

    address: int
    points: Sequence[Point] = ()
    centre: int = 0
    zone: tzinfo = BEIJING
    on_duty: bool = True
    repeat_s: float = 8.0
    beat_s: float = 25.0
    off_ms: int = 0
    state: int = NORMAL
    version: tuple[int, int] = (1, 0)
    say: Callable[[bytes], None] = field(default=nowhere)
    unconfirmed: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    operations: list[Cells] = field(default_factory=list)
    _serial: int = 0
    _beat_ms: int = 0
    _cutter: Cutter = field(default_factory=lambda: Cutter(JUDGE))

    def tell(self, unit: Unit, now_ms: int) -> None:
        """Sends a unit, and again until it is confirmed."""
        self._send(write_unit(unit), now_ms)

    def tell_states(self, points: Sequence[Point], now_ms: int) -> None:
        """States of components, 22 a frame."""
        for at in range(0, len(points), 22):
            self.tell(self._states(points[at : at + 22], now_ms), now_ms)

    def tell_values(self, points: Sequence[Point], now_ms: int) -> None:
        """Analog values, 63 a frame."""
        for at in range(0, len(points), 63):
            self.tell(self._values(points[at : at + 63], now_ms), now_ms)

    def tell_state(self, now_ms: int) -> None:
        """Its own state."""
        self.tell(unit_of(21, (self.state, self._now(now_ms))), now_ms)

    def operate(self, bits: int, operator: int, now_ms: int) -> None:
        """Somebody pressed something on it."""
        self.operations.append((bits, operator, self._now(now_ms)))
        self.tell(unit_of(24, self.operations[-1]), now_ms)

    def begin(self, now_ms: int) -> None:
        """There is a line: what is unconfirmed is said at once, and a heartbeat."""
        self._cutter = Cutter(JUDGE)
        self.unconfirmed = {n: (raw, now_ms) for n, (raw, _) in self.unconfirmed.items()}
        self._beat_ms = now_ms

    def look(self, now_ms: int) -> None:
        """Beats, and says again what has waited too long for its confirmation."""
        if now_ms >= self._beat_ms:
            self._beat_ms = now_ms + round(self.beat_s * 1000)
            self._send(b"", now_ms)
        for serial, (raw, due_ms) in list(self.unconfirmed.items()):
            if due_ms <= now_ms:
                self.unconfirmed[serial] = raw, now_ms + round(self.repeat_s * 1000)
                self.say(raw)

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the centre says."""
        for raw, reason in self._cutter.feed(data):
            if not reason:
                self._heard(read_head(raw), raw[HEAD_BYTES:-3], now_ms)

    def _heard(self, head: Head, inside: bytes, now_ms: int) -> None:
        if head.command == CONFIRM:
            self.unconfirmed.pop(head.serial, None)
        elif head.command == DENY and head.serial in self.unconfirmed:
            self.unconfirmed[head.serial] = self.unconfirmed[head.serial][0], now_ms
        elif head.command in (CONTROL, REQUEST):
            try:
                reply = self._reply(read_unit(inside), now_ms)
            except (Malformed, KeyError, IndexError):
                self._back(head, DENY, now_ms)
                return
            self._back(head, REPLY if reply else CONFIRM, now_ms, reply)
            if inside[0] == 91 and self.on_duty:
                self.operate(DUTY_ANSWER, 1, now_ms)

    def _send(self, inside: bytes, now_ms: int) -> None:
        head = self._head(self._serial, SEND, now_ms)
        self._serial = self._serial + 1 & 0xFFFF
        raw = write_frame(head, inside)
        self.unconfirmed[head.serial] = raw, now_ms + round(self.repeat_s * 1000)
        self.say(raw)

    def _back(self, head: Head, command: int, now_ms: int, unit: Unit | None = None) -> None:
        inside = write_unit(unit) if unit else b""
        self.say(write_frame(self._head(head.serial, command, now_ms), inside))

    def _head(self, serial: int, command: int, now_ms: int) -> Head:
        source, target = (n.to_bytes(6, "little") for n in (self.address, self.centre))
        return Head(serial, 1, 1, self._now(now_ms), source, target, 0, command)

    def _now(self, now_ms: int) -> bytes:
        return stamp(now_ms + self.off_ms, self.zone)

    def _reply(self, asked: Unit, now_ms: int) -> Unit | None:
        """What is answered; None for a command that is done. KeyError for what is not there."""
        now, (first, *_) = self._now(now_ms), asked.rows
        match asked.type:
            case 61:
                rows = [(*row, self._system(row), now) for row in asked.rows]
                return unit_of(1, *rows)
            case 62 | 63 | 67:
                there = {point.place: point for point in self.points}
                points = [there[row] for row in asked.rows]
                return _ABOUT[asked.type](self, points, now_ms)
            case 64:
                return unit_of(4, *(first[:2] + row for row in self._since(first[2:])))
            case 65:
                return unit_of(5, first + self.version)
            case 66:
                text = f"共{len(self.points)}个部件".encode("gb18030")
                return unit_of(6, *((*row, text) for row in asked.rows))
            case 68:
                return unit_of(8, (*first, now))
            case _:
                return self._own(asked.type, first, now_ms)

    def _own(self, kind: int, first: Cells, now_ms: int) -> Unit | None:
        """The same about the device itself."""
        now = self._now(now_ms)
        match kind:
            case 81:
                return unit_of(21, (self.state, now))
            case 84:
                return unit_of(24, *self._since(first))
            case 85:
                return unit_of(25, self.version)
            case 86:
                return unit_of(26, ("模拟用户信息传输装置".encode("gb18030"),))
            case 88:
                return unit_of(28, (now,))
            case 89:
                self.operations.clear()
            case 90:
                told = moment(first[0], self.zone)
                self.off_ms = (told if told is not None else now_ms) - now_ms
            case 91:
                pass
            case _:
                raise KeyError(kind)
        return None

    def _since(self, which: Cells) -> list[Cells]:
        """Operations from a time on: so many and that time."""
        most, since = which
        first = moment(since, self.zone) or 0
        later = [one for one in self.operations if (moment(one[2], self.zone) or 0) >= first]
        return later[:most]

    def _system(self, row: Cells) -> int:
        """The state of a system is that of its points together."""
        states = [point.state for point in self.points if point.place[:2] == row]
        joined = 0
        for state in states:
            joined |= state
        return joined & 0xFF

    def _states(self, points: Sequence[Point], now_ms: int) -> Unit:
        now = self._now(now_ms)
        return unit_of(2, *(p.cells(p.state, text_cell(p.text), now) for p in points))

    def _values(self, points: Sequence[Point], now_ms: int) -> Unit:
        now = self._now(now_ms)
        return unit_of(3, *(p.cells(p.analog, p.number, now) for p in points))

    def _configs(self, points: Sequence[Point], _: int) -> Unit:
        return unit_of(7, *(p.cells(text_cell(p.text)) for p in points))


_ABOUT: dict[int, Callable[[Device, Sequence[Point], int], Unit]] = {
    62: Device._states,
    63: Device._values,
    67: Device._configs,
}
