"""A lower platform 下级平台: signs in, speaks for its vehicles, answers what it is asked.

Positions that it has while it may not speak are told together once it may.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from anlan.connectors.frames import BEIJING
from anlan.connectors.jt809.cipher import Numbers, turned
from anlan.connectors.jt809.frame import Cutter, Head, framed
from anlan.connectors.jt809.opened import fields_of, opened
from anlan.connectors.jt809.tables import write_message
from anlan.sandtable.fleet.line import nowhere

GOOD = 0
_MOST, _BATCH = 10_000, 5
_KEY = 256_178


class Where(NamedTuple):
    """Degrees WGS 84 · km/h · km · degrees · m; alarm, status: the words of bits."""

    lon: float
    lat: float
    speed: int = 0
    mileage: int = 0
    direction: int = 0
    altitude: int = 0
    alarm: int = 0
    status: int = 0x03


Vehicle = tuple[str, int]
"""Its plate and the number of the plate's colour."""


@dataclass
class Platform:
    """centre: its code, given by the upper platform · numbers: with which it encrypts, if it does.

    is_sub: it waits for its sub link, which must bear verify_code · waiting: positions that it
    could not tell yet · done: what it was told, number and fields · say: where what it says goes.
    """

    centre: int
    user: int = 10
    password: str = "secret"  # noqa: S105 - of a simulated platform
    edition: int = 2011
    numbers: Numbers | None = None
    alive_s: float = 30.0
    zone: tzinfo = BEIJING
    is_sub: bool = False
    is_signed_in: bool = False
    verify_code: int = 0
    result: int = -1
    waiting: list[tuple[Vehicle, int, Where]] = field(default_factory=list)
    last: dict[str, tuple[int, Where]] = field(default_factory=dict)
    done: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    say: Callable[[bytes], None] = field(default=nowhere)
    _sn: int = 0
    _spoke_ms: int = 0
    _cutter: Cutter = field(default_factory=Cutter)

    def begin(self, now_ms: int) -> None:
        """There is a line: it signs in, but for its sub link."""
        self._cutter, self.is_signed_in = Cutter(), False
        if self.is_sub:
            return
        said = {"downLinkIP": "127.0.0.1", "downLinkPort": 9000, "centre": self.centre}
        self._send(0x1001, {"userId": self.user, "password": self.password, **said}, now_ms)

    def look(self, now_ms: int) -> None:
        """Says that it is there when it has said nothing for long."""
        if self.is_signed_in and now_ms - self._spoke_ms >= self.alive_s * 1000:
            self._send(0x1005, {}, now_ms)

    def tell(self, vehicle: Vehicle, at_ms: int, where: Where, now_ms: int) -> None:
        """One of its vehicles is somewhere."""
        self.last[vehicle[0]] = (at_ms, where)
        if self.is_signed_in:
            self._about(vehicle, 0x1202, {"gnss": self._gnss(at_ms, where)}, now_ms)
        else:
            self.waiting = [*self.waiting[1 - _MOST :], (vehicle, at_ms, where)]

    def warn(self, vehicle: Vehicle, kind: int, at_ms: int, now_ms: int) -> None:
        """One of its vehicles has an alarm of a kind."""
        at, named = at_ms // 1000, dict(zip(("plate", "colour"), vehicle, strict=True))
        said = {
            "from": 1, "from_platform": str(self.centre), "warning": hex(kind), "warned_at": at,
            "start": at, "end": 0, "about_platform": "", "route": 0, "info": self._sn, "text": "",
        }  # fmt: skip
        self._about(vehicle, 0x1402, {"warning": {**said, **named}}, now_ms)

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the upper platform says."""
        for piece in self._cutter.feed(data):
            if not piece.reason:
                one = opened(piece.data, (), ())
                about = one.envelope
                vehicle = (about.plate, about.colour or 0) if about else ("", 0)
                self._heard(one.number, fields_of(one), vehicle, (one.head.sn, now_ms))

    def _heard(
        self, number: int, fields: Mapping[str, Any], vehicle: Vehicle, told: tuple[int, int]
    ) -> None:
        sn, now_ms = told
        if number == 0x1002:
            self.result, self.verify_code = fields["result"], fields["verifyCode"]
            self._signed_in(self.result == GOOD, now_ms)
            return
        if number == 0x9001 and self.is_sub:
            is_right = fields["verifyCode"] == self.verify_code
            self._send(0x9002, {"result": GOOD if is_right else 1}, now_ms)
            self._signed_in(is_right, now_ms)
            return
        self.done.append((f"0x{number:04X}", fields))
        answer = _SINCE_2019.get(number) if self.edition == 2019 else None
        answer = answer or _ANSWERS.get(number)
        if answer is not None:
            source = {"source": f"0x{number:04X}", "source_sn": sn}
            at_ms, where = self.last.get(vehicle[0], (now_ms, Where(0, 0, status=0)))
            said = {**fields, **answer[1], **source, "gnss": self._gnss(at_ms, where)}
            self._about(vehicle, answer[0], said, now_ms)

    def _signed_in(self, is_right: bool, now_ms: int) -> None:
        self.is_signed_in = is_right
        if not is_right:
            return
        waiting, self.waiting = self.waiting, []
        for vehicle in dict.fromkeys(one for one, _, _ in waiting):
            told = [self._gnss(at, where) for one, at, where in waiting if one == vehicle]
            for start in range(0, len(told), _BATCH):
                self._about(vehicle, 0x1203, {"gnss": told[start : start + _BATCH]}, now_ms)

    def _gnss(self, at_ms: int, where: Where) -> dict[str, Any]:
        at = datetime.fromtimestamp(at_ms / 1000, self.zone)
        sides = (where.lat < 0) << 2 | (where.lon < 0) << 3
        position = {
            "time": f"{at:%Y-%m-%d %H:%M:%S}", "lon": abs(where.lon), "lat": abs(where.lat),
            "speed_kmh": where.speed, "recorder_speed_kmh": where.speed,
            "mileage_km": where.mileage, "direction": where.direction,
            "altitude_m": where.altitude, "status": where.status | sides, "alarm": where.alarm,
        }  # fmt: skip
        alarms = [{"platform": str(self.centre), "alarm": where.alarm}] * 3
        return {"encrypted": 0, "position": position, "by_platform": alarms}

    def _about(self, vehicle: Vehicle, sub: int, fields: Mapping[str, Any], now_ms: int) -> None:
        data = write_message(sub, dict(fields), self.edition)
        plate = vehicle[0].encode("gb18030").ljust(21, b"\0") + bytes((vehicle[1],))
        is_bare = sub >> 8 == 0x13 or (sub >> 8 == 0x14 and self.edition == 2019)
        inner = sub.to_bytes(2, "big") + len(data).to_bytes(4, "big") + data
        self._send_body(sub & 0xFF00, inner if is_bare else plate + inner, now_ms)

    def _send(self, number: int, fields: Mapping[str, Any], now_ms: int) -> None:
        self._send_body(number, write_message(number, dict(fields), self.edition), now_ms)

    def _send_body(self, number: int, body: bytes, now_ms: int) -> None:
        time = now_ms // 1000 if self.edition == 2019 else None
        way = 0 if self.numbers is None else 1
        body = turned(body, _KEY, self.numbers) if self.numbers else body
        head = Head(0, self._sn, number, self.centre, b"\1\0\0", way, _KEY * way, time)
        self._sn, self._spoke_ms = self._sn + 1, now_ms
        self.say(framed(head, body))


_DRIVER = {
    "driver": "张三", "identity": "510100199001010011", "licence": "5101", "issuer": "",
    "valid_until": 1_900_000_000,
}  # fmt: skip
_PHOTO = {"lens": 1, "photo_length": 4, "size": 2, "format": 1, "photo": "ffd8ffd9"}
_SERVER = {"server": "127.0.0.1", "port": 1078}
_ANSWERS: dict[int, tuple[int, dict[str, Any]]] = {
    0x9301: (0x1301, {"answered_by": "李四", "phone": "", "text": "在岗"}),
    0x9302: (0x1302, {}),
    0x9401: (0x1401, {"result": 1}),
    0x9502: (0x1502, {"result": 1, **_PHOTO}),
    0x9503: (0x1503, {"result": GOOD}),
    0x9601: (0x1601, {"text": "VIN:=LTESTVN0000000001"}),
    0x9801: (0x1801, {"result": GOOD, **_SERVER}),
    0x9802: (0x1802, {"result": GOOD}),
    0x920A: (0x120A, _DRIVER),
}
"""Questions → the message that answers them, and what stands in it."""

_SINCE_2019: dict[int, tuple[int, dict[str, Any]]] = {0x9401: (0x1411, {"result": 1})}
