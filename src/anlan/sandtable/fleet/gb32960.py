"""An electric vehicle's terminal 车载终端: signs in, reports, and again what was not answered."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from anlan.connectors.cut import Cutter
from anlan.connectors.frames import BEIJING
from anlan.connectors.gb32960.body import Body, write_many
from anlan.connectors.gb32960.heads import (
    ASKED,
    DONE,
    HEAD_BYTES,
    JUDGE,
    PLAIN,
    Head,
    moment,
    read_head,
    stamp,
    write_frame,
)
from anlan.connectors.gb32960.parameters import count_of, read_parameters, write_parameters
from anlan.connectors.gb32960.parts import EXTREME_GROUP, VEHICLE_GROUP
from anlan.connectors.gb32960.tables import (
    AGAIN,
    BEAT,
    CLOCK,
    LIVE,
    LOGIN,
    LOGOUT,
    PROBE,
    READ,
    SET,
)
from anlan.sandtable.fleet.line import nowhere

_MOST_KEPT = 1_000


@dataclass
class Vehicle:
    """vin: 17 signs · vehicle, extremes: what it measures, by name · alarms: its bits.

    kept: reports that nobody has answered, sent again as such · off_ms: by how much its clock is
    wrong · say: where what it says goes.
    """

    vin: str
    vehicle: Mapping[str, Any]
    extremes: Mapping[str, Any]
    alarms: int = 0
    alarm_level: int = 0
    lon: float = 122.1
    lat: float = 30.0
    probes: tuple[int, ...] = (25, 26)
    zone: tzinfo = BEIJING
    report_s: float = 10.0
    off_ms: int = 0
    answered: int = 0
    parameters: dict[str, Any] = field(default_factory=lambda: {"report_period_s": 10})
    say: Callable[[bytes], None] = field(default=nowhere)
    kept: deque[bytes] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))
    _serial: int = 0
    _next_ms: int = 0
    _cutter: Cutter = field(default_factory=lambda: Cutter(JUDGE))

    def begin(self, now_ms: int) -> None:
        """Signs in, asks for the time, and sends again what was not answered."""
        self._cutter, self._next_ms = Cutter(JUDGE), now_ms
        self._serial += 1
        iccid = b"89860000000000000000"
        login = self._serial.to_bytes(2, "big") + iccid + bytes([1, 0])
        self._send(LOGIN, stamp(now_ms + self.off_ms, self.zone) + login)
        self._send(CLOCK, b"")
        for report in self.kept:
            self._send(AGAIN, report)

    def look(self, now_ms: int) -> None:
        """Reports when it is time."""
        if now_ms >= self._next_ms:
            self._next_ms = now_ms + round(self.report_s * 1000)
            self.report(now_ms)

    def report(self, now_ms: int) -> None:
        """Tells how it is, and keeps that until it is answered."""
        self.kept.append(stamp(now_ms + self.off_ms, self.zone) + self._told())
        self._send(LIVE, self.kept[-1])

    def beat(self) -> None:
        self._send(BEAT, b"")

    def leave(self, now_ms: int) -> None:
        """Signs out."""
        serial = self._serial.to_bytes(2, "big")
        self._send(LOGOUT, stamp(now_ms + self.off_ms, self.zone) + serial)

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the platform says."""
        for raw, reason in self._cutter.feed(data):
            if not reason:
                self._heard(read_head(raw), raw[HEAD_BYTES:-1], now_ms)

    def _heard(self, head: Head, data: bytes, now_ms: int) -> None:
        if head.response == ASKED:
            self._asked(head, data)
        if head.response != DONE:
            return
        self.answered += 1
        if head.command in (LIVE, AGAIN):
            done = next((one for one in self.kept if one.startswith(data)), None)
            if done is not None:
                self.kept.remove(done)
        elif head.command == CLOCK:
            told = moment(data[:6], self.zone)
            self.off_ms = 0 if told is None else told - now_ms

    def _asked(self, head: Head, data: bytes) -> None:
        """Tells or takes parameters; of what else it is told it says that it is done."""
        time, inside = data[:6], b""
        if head.command == READ:
            inside = bytes([count_of(self.parameters)]) + write_parameters(self.parameters)
        elif head.command == SET:
            self.parameters |= read_parameters(Body(data[6:], "it"))["parameters"]
        self._send(head.command, time + inside, DONE)

    def _told(self) -> bytes:
        flags = (self.lon < 0) << 2 | (self.lat < 0) << 1
        place = bytes([flags]) + b"".join(
            round(abs(degrees) * 1e6).to_bytes(4, "big") for degrees in (self.lon, self.lat)
        )
        alarm = bytes([self.alarm_level]) + self.alarms.to_bytes(4, "big") + bytes(4)
        heat = b"\x01\x01" + len(self.probes).to_bytes(2, "big") + write_many(PROBE, self.probes)
        vehicle, extremes = dict(self.vehicle), dict(self.extremes)
        return b"".join(
            [
                b"\x01" + VEHICLE_GROUP.write(vehicle),
                b"\x05" + place,
                b"\x06" + EXTREME_GROUP.write(extremes),
                b"\x07" + alarm,
                b"\x09" + heat,
            ]
        )

    def _send(self, command: int, data: bytes, response: int = ASKED) -> None:
        vin = self.vin.encode("ascii").ljust(17, b"\0")[:17]
        self.say(write_frame(Head(command, response, vin, PLAIN, 0), data))
