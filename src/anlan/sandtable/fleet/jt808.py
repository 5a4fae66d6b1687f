"""A terminal in a vehicle: registers, proves itself, tells where it is, does what it is told.

What nobody acknowledged is told again in batches, as a terminal does that comes out of a tunnel.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from anlan.connectors.frames import BEIJING
from anlan.connectors.jt808.frame import EDGE, Cutter, Head, framed
from anlan.connectors.jt808.tables import read_message, write_message

DONE, FAILED, UNKNOWN = 0, 1, 3
FIX = 0x03
"""Status: ignition on, position known."""

_MOST, _BATCH = 10_000, 20
_SET = (
    *range(0x8600, 0x8608), 0x8105, 0x8202, 0x8203, 0x8300, 0x8301, 0x8303, 0x8304, 0x8400, 0x8401,
    0x9101, 0x9102,
)  # fmt: skip
"""Commands that are kept and done."""


class Where(NamedTuple):
    """Degrees WGS 84 · km/h · degrees · m · km · l; alarm, status: the words of bits."""

    lon: float
    lat: float
    speed: float = 0.0
    direction: int = 0
    altitude: int = 0
    mileage: float = 0.0
    fuel: float = 50.0
    alarm: int = 0
    status: int = FIX


@dataclass
class Terminal:
    """phone: of its card, up to 12 digits, in 2019 20 · code: with which it proves itself.

    due: where it will be, at ms UTC · done: what it was told, message and fields · picture: what
    its camera sees · say: where what it says goes.
    """

    phone: str
    plate: str = "川A12345"
    version: int = 2013
    zone: tzinfo = BEIJING
    heartbeat_s: float = 30.0
    repeat_s: float = 10.0
    code: str = ""
    due: deque[tuple[int, Where]] = field(default_factory=deque)
    parameters: dict[str, Any] = field(default_factory=lambda: {"interval_s": 30, "most_kmh": 100})
    done: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    picture: bytes = b"\xff\xd8" + b"\x00" * 3000 + b"\xff\xd9"
    say: Callable[[bytes], None] = field(default=lambda _: None)
    unacknowledged: dict[int, tuple[list[bytes], int]] = field(default_factory=dict)
    last: tuple[int, Where] = (0, Where(0.0, 0.0, status=0))
    is_proved: bool = False
    _serial: int = 0
    _spoke_ms: int = 0
    _sent: dict[int, bytes] = field(default_factory=dict)
    _waiting: list[bytes] = field(default_factory=list)
    _cutter: Cutter = field(default_factory=Cutter)

    @property
    def waits(self) -> int:
        """How many positions wait to be told."""
        return len(self._waiting)

    def begin(self, now_ms: int) -> None:
        """There is a line: it proves itself, and registers first where it has no code."""
        self._cutter, self.is_proved = Cutter(), False
        self._waiting += [body for bodies, _ in self.unacknowledged.values() for body in bodies]
        self.unacknowledged = {}
        self._prove(now_ms)

    def look(self, now_ms: int) -> None:
        """Says what is due: positions, what nobody acknowledged, and that it is there."""
        while self.due and self.due[0][0] <= now_ms:
            self.tell(*self.due.popleft(), now_ms)
        for serial, (bodies, due_ms) in list(self.unacknowledged.items()):
            if due_ms <= now_ms:
                del self.unacknowledged[serial]
                self._waiting += bodies
        if self.is_proved:
            self._catch_up(now_ms)
        if now_ms - self._spoke_ms >= self.heartbeat_s * 1000:
            self._send(0x0002, {}, now_ms) if self.is_proved else self._prove(now_ms)

    def tell(self, at_ms: int, where: Where, now_ms: int) -> None:
        """Is somewhere at a time; keeps it where it may not speak."""
        self.last = at_ms, where
        body = self._location(at_ms, where)
        if not self.is_proved:
            self._waiting = [*self._waiting[1 - _MOST :], body]
            return
        self.unacknowledged[self._serial] = [body], now_ms + round(self.repeat_s * 1000)
        self._send_body(0x0200, body, now_ms)

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the platform says."""
        for piece in self._cutter.feed(data):
            if piece.head is not None:
                fields = read_message(piece.head.id, piece.body, piece.head.version)
                self._heard(piece.head, fields, now_ms)

    def _heard(self, head: Head, fields: dict[str, Any], now_ms: int) -> None:
        match head.id:
            case 0x8001:
                self._acknowledged(fields, now_ms)
            case 0x8003:
                wanted = (fields["first_serial"] + n - 1 & 0xFFFF for n in fields["indices"])
                self.say(b"".join(self._sent[one] for one in wanted if one in self._sent))
            case 0x8004:
                self.done.append(("0x8004", fields))
            case 0x8100 if fields["result"] == DONE:
                self.code = fields["code"]
                self._prove(now_ms)
            case 0x8100 | 0x8800:
                pass
            case _:
                self._told(head, fields, now_ms)

    def _told(self, head: Head, fields: dict[str, Any], now_ms: int) -> None:
        """Does what it is told and answers as the standard says."""
        self.done.append((f"0x{head.id:04X}", fields))
        serial = {"answers_serial": head.serial}
        match head.id:
            case 0x8103:
                told = {one["name"]: one["value"] for one in fields["parameters"] if "value" in one}
                self.parameters |= told
                self._answer(head, DONE, now_ms)
            case 0x8104 | 0x8106:
                said = [{"name": n, "value": v} for n, v in self.parameters.items()]
                self._send(0x0104, {**serial, "parameters": said}, now_ms)
            case 0x8107:
                self._send(0x0107, _ATTRIBUTES, now_ms)
            case 0x8201:
                body = head.serial.to_bytes(2, "big") + self._location(*self.last)
                self._send_body(0x0201, body, now_ms)
            case 0x8801:
                self._send(0x0805, {**serial, "result": DONE, "ids": [1]}, now_ms)
                self._photograph(fields["channel"], now_ms)
            case number:
                self._answer(head, DONE if number in _SET else UNKNOWN, now_ms)

    def _answer(self, head: Head, result: int, now_ms: int) -> None:
        said = {"answers": f"0x{head.id:04X}", "result": result}
        self._send(0x0001, {"answers_serial": head.serial, **said}, now_ms)

    def _acknowledged(self, fields: dict[str, Any], now_ms: int) -> None:
        if fields["answers"] != "0x0102":
            if fields["result"] == DONE:
                self.unacknowledged.pop(fields["answers_serial"], None)
            return
        self.is_proved = fields["result"] == DONE
        if not self.is_proved:
            self.code = ""
            self._prove(now_ms)
            return
        self._catch_up(now_ms)

    def _catch_up(self, now_ms: int) -> None:
        """What waited goes in batches; each is acknowledged as one."""
        while self._waiting:
            bodies, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            self.unacknowledged[self._serial] = bodies, now_ms + round(self.repeat_s * 1000)
            items = b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
            self._send_body(0x0704, len(bodies).to_bytes(2, "big") + b"\x01" + items, now_ms)

    def _prove(self, now_ms: int) -> None:
        if self.code:
            said = {"code": self.code, "imei": "", "software": "sandtable"}
            self._send(0x0102, said, now_ms)
        else:
            self._send(0x0100, {**_REGISTER, "plate": self.plate}, now_ms)

    def _photograph(self, channel: int, now_ms: int) -> None:
        at_ms, where = self.last
        said = {"id": 1, "type": 0, "format": 0, "event": 0, "channel": channel}
        position = {"position": self._position(at_ms, where), "data": self.picture.hex()}
        self._send(0x0801, said | position, now_ms)

    def _location(self, at_ms: int, where: Where) -> bytes:
        items = [{"id": "0x01", "mileage_km": where.mileage}, {"id": "0x02", "fuel_l": where.fuel}]
        location = {**self._position(at_ms, where), "items": items}
        return write_message(0x0200, {"location": location}, self.version)

    def _position(self, at_ms: int, where: Where) -> dict[str, Any]:
        sides = (where.lat < 0) << 2 | (where.lon < 0) << 3
        time = datetime.fromtimestamp(at_ms / 1000, self.zone)
        return {
            "alarm": where.alarm, "status": where.status | sides, "lat": abs(where.lat),
            "lon": abs(where.lon), "altitude_m": where.altitude, "speed_kmh": where.speed,
            "direction": where.direction, "time": f"{time:%Y-%m-%d %H:%M:%S}",
        }  # fmt: skip

    def _send(self, number: int, fields: Mapping[str, Any], now_ms: int) -> None:
        self._send_body(number, write_message(number, dict(fields), self.version), now_ms)

    def _send_body(self, number: int, body: bytes, now_ms: int) -> None:
        data = framed(Head(number, self.version, 1, "", self.phone, self._serial, 0, 0), body)
        frames = [EDGE + one + EDGE for one in data.split(EDGE) if one]
        if len(frames) > 1:
            self._sent = {self._serial + n & 0xFFFF: frame for n, frame in enumerate(frames)}
        self._serial = self._serial + len(frames) & 0xFFFF
        self._spoke_ms = now_ms
        self.say(data)


_REGISTER = {"province": 51, "city": 100, "maker": "ANLAN", "model": "sandtable",
             "terminal": "0000001", "plate_colour": 2}  # fmt: skip
_ATTRIBUTES = {
    **_REGISTER, "type": 7, "iccid": "00" * 10, "hardware": "1", "firmware": "1", "gnss": 3,
    "network": 1,
}  # fmt: skip
