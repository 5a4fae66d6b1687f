"""A hydrologic station 遥测站: rain, levels and pictures, in binary or ASCII.

It reports, repeats what is not confirmed, sends pictures in packets, answers what it is asked and
sets its clock (modes M2, M3 and M4).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from math import nan
from typing import Any

from anlan.connectors.frames import BEIJING
from anlan.connectors.sl651.body.digits import digits_of, moment
from anlan.connectors.sl651.body.read import read
from anlan.connectors.sl651.body.write import (
    Group,
    Head,
    Value,
    head,
    manual,
    picture,
    report,
    uniform,
)
from anlan.connectors.sl651.cut import Cutter
from anlan.connectors.sl651.heads import packet_of
from anlan.connectors.sl651.packet import ENQ, EOT, ESC, ETX, NAK, Packet, packets, written
from anlan.connectors.sl651.tables.elements import BY_CODE, ELEMENTS
from anlan.connectors.sl651.tables.settings import SETTINGS
from anlan.terms.errors import Malformed

KEEP, TEST, UNIFORM, TIMED, EXTRA, HOUR, MANUAL, PICTURE = range(0x2F, 0x37)
"""What a station tells by itself."""
_TIMES, _PACKET = 3, 1_000
_PAST = 10_000


@dataclass
class _Told:
    """Frames of one report until they are confirmed."""

    frames: list[bytes]
    due_ms: int
    times: int = 1


@dataclass
class Station:
    """kind: its class, appendix A · now: the last value of each element, by its code.

    repeat_s: after which what was not confirmed is said again, three times in all and then when
    there is a new line · keep_s: how often it says that it is there, 0 for never · off_ms: by how
    much its clock is wrong · settings: identifier → bytes in hexadecimal · jpeg, note: what it
    shows and says when asked.
    """

    address: str
    centre: int = 1
    password: str = "0000"  # noqa: S105 - an invented station has an invented one
    kind: int = 0x48
    is_text: bool = False
    zone: tzinfo = BEIJING
    repeat_s: float = 10.0
    keep_s: float = 0.0
    off_ms: int = 0
    now: dict[str, float] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    jpeg: bytes = b"\xff\xd8\xff\xd9"
    note: str = ""
    version: str = "ANLAN-SIM"
    say: Callable[[bytes], None] = field(default=lambda _: None)
    unconfirmed: dict[int, _Told] = field(default_factory=dict)
    _past: dict[tuple[str, int], float] = field(default_factory=dict)
    _serial: int = 0
    _keep_ms: int = 0
    _cutter: Cutter = field(default_factory=Cutter)

    def tell(
        self, function: int, values: Mapping[str, Value], now_ms: int, *, at_ms: int | None = None
    ) -> None:
        """Reports what was measured at a time, now where none is given."""
        at_ms = now_ms if at_ms is None else at_ms
        for code, value in values.items():
            if isinstance(value, float | int):
                self.now[code] = self._past[code, at_ms // 60_000] = float(value)
        while len(self._past) > _PAST:
            del self._past[next(iter(self._past))]
        self._tell(function, self._report(values, at_ms, now_ms), now_ms)

    def tell_hour(
        self,
        rain_mm: Sequence[float],
        levels_m: Sequence[float],
        total_mm: float,
        *,
        first_ms: int,
        now_ms: int,
    ) -> None:
        """Twelve values of five minutes each: rain, then levels above the gauge's zero."""
        series: list[tuple[str, Value]] = [("DRP", rain_mm)]
        groups = [self._group(series, first_ms)]
        groups.append(self._group([("PT", total_mm)], first_ms + 55 * 60_000))
        if levels_m:
            groups.append(self._group([("DRZ1", levels_m)], first_ms))
        self._tell(HOUR, report(self._head(now_ms), groups, is_text=self.is_text), now_ms)

    def tell_picture(self, jpeg: bytes, now_ms: int) -> None:
        """Shows a picture, in packets where it is large."""
        self.jpeg = jpeg
        self._tell(PICTURE, self._picture(now_ms), now_ms)

    def tell_note(self, text: str, now_ms: int) -> None:
        """What somebody set in by hand."""
        self.note = text
        self._tell(MANUAL, manual(self._bare(now_ms), text, is_text=self.is_text), now_ms)

    def begin(self, now_ms: int) -> None:
        """There is a line: what is unconfirmed is said again."""
        self._cutter, self._keep_ms = Cutter(), now_ms
        for told in self.unconfirmed.values():
            told.due_ms, told.times = now_ms, 0

    def look(self, now_ms: int) -> None:
        """Says what is due again, and that it is there."""
        if self.keep_s and now_ms >= self._keep_ms:
            self._keep_ms = now_ms + round(self.keep_s * 1000)
            body = head(Head(max(1, self._serial), self._clock(now_ms)), is_text=self.is_text)
            self.say(written(self._packet(KEEP, body)))
        for told in list(self.unconfirmed.values()):
            if told.due_ms <= now_ms and told.times < _TIMES:
                told.due_ms, told.times = now_ms + round(self.repeat_s * 1000), told.times + 1
                self.say(b"".join(told.frames))

    def hear(self, data: bytes, now_ms: int) -> None:
        """What the centre says."""
        for piece in self._cutter.feed(data):
            if not piece.reason:
                packet = packet_of(piece.raw)
                if not packet.is_up and packet.station == self.address:
                    self._heard(packet, now_ms)

    def _heard(self, packet: Packet, now_ms: int) -> None:
        fields = read(packet, self.zone).fields
        told = self.unconfirmed.get(fields["serial"])
        if packet.end in (EOT, ESC):
            self.unconfirmed.pop(fields["serial"], None)
        elif packet.end == NAK and told is not None and packet.number <= len(told.frames):
            again = packet_of(told.frames[packet.number - 1])._replace(end=ETX)
            told.due_ms = now_ms + round(self.repeat_s * 1000)
            self.say(written(again))
        elif packet.end == ENQ:
            body = self._answer(packet, fields, now_ms)
            if body:
                self._tell(packet.function, body, now_ms)

    def _answer(self, packet: Packet, fields: dict[str, Any], now_ms: int) -> bytes:
        """The body of an answer; empty where it has none."""
        function = packet.function
        if function == 0x4A:
            self.off_ms = moment(fields["sent"][2:], self.zone) - now_ms
        if function in (0x37, 0x3A):
            asked = self.now if function == 0x37 else self._asked(fields)
            return self._report({code: self.now.get(code, nan) for code in asked}, now_ms, now_ms)
        if function == 0x38:
            return self._series(fields, now_ms)
        if function == 0x39:
            return manual(self._bare(now_ms), self.note, is_text=self.is_text)
        if function == PICTURE:
            return self._picture(now_ms)
        begun = head(self._bare(now_ms)._replace(station=self.address), is_text=self.is_text)
        return begun + self._rest(packet, fields)

    def _rest(self, packet: Packet, fields: dict[str, Any]) -> bytes:
        """What an answer holds behind the address: the state after an order, or what was asked."""
        if packet.function == 0x45:
            text = self.version.encode("ascii")
            return text + b" " if self.is_text else bytes((len(text),)) + text
        if packet.function == 0x46:
            return b"ZT 00000000 " if self.is_text else bytes.fromhex("452000000000")
        if packet.function in (0x41, 0x43):
            return b"".join(self._setting(one[:2].upper()) for one in fields.get("asked", ()))
        for row in fields.get("settings", ()) if packet.function in (0x40, 0x42) else ():
            self.settings[row["id"]] = row["raw"]
        if packet.function in (0x47, 0x48):
            return b""
        data = packet.body[16:] if self.is_text else packet.body[8:]
        if packet.function == 0x49:  # old and new; the new one is told
            return data[len(data) // 2 :]
        return data

    def _setting(self, ident: str) -> bytes:
        raw = self.settings.get(ident)
        if raw is None:
            return b""
        if self.is_text:
            return f"{ident} {raw} ".encode("ascii")
        data = bytes.fromhex(raw)
        decimals = SETTINGS[int(ident, 16)].decimals if int(ident, 16) in SETTINGS else 0
        return bytes((int(ident, 16), len(data) << 3 | decimals)) + data

    def _asked(self, fields: dict[str, Any]) -> list[str]:
        """The codes that were asked for."""
        if self.is_text:
            return [code for code in fields.get("asked", ()) if code in BY_CODE]
        idents = [int(one[:2], 16) for one in fields.get("asked", ())]
        return [ELEMENTS[one].code for one in idents if one in ELEMENTS]

    def _series(self, fields: dict[str, Any], now_ms: int) -> bytes:
        """What was told in steps of minutes between two hours; nothing for another question."""
        codes = self._asked(fields)
        steps = [one[3:] for one in fields.get("asked", ()) if one.startswith("DRN")]
        step = int(steps[0] if steps else fields.get("step", "0")[-2:] or 0)
        try:
            first, last = (moment(fields[one][2:], self.zone) for one in ("from", "to"))
        except Malformed:
            return b""
        if len(codes) != 1 or not step:
            return b""
        minutes = range(first // 60_000, last // 60_000 + 1, step)
        values = [self._past.get((codes[0], one), nan) for one in minutes]
        group = self._group([(codes[0], values)], first)
        return uniform(self._head(now_ms), group, step, is_text=self.is_text)

    def _tell(self, function: int, body: bytes, now_ms: int) -> None:
        """Sends a body, and keeps it until it is confirmed."""
        packet = self._packet(function, body)
        parts = [packet] if len(body) <= _PACKET else packets(packet, body, _PACKET)
        told = _Told([written(one) for one in parts], now_ms + round(self.repeat_s * 1000))
        self.unconfirmed[self._serial] = told
        self.say(b"".join(told.frames))

    def _packet(self, function: int, body: bytes) -> Packet:
        where = (self.centre, self.address, self.password, function)
        return Packet(self.is_text, True, *where, 0, body, ETX)

    def _report(self, values: Mapping[str, Value], at_ms: int, now_ms: int) -> bytes:
        group = self._group(list(values.items()), at_ms)
        return report(self._head(now_ms), [group], is_text=self.is_text)

    def _picture(self, now_ms: int) -> bytes:
        observed = digits_of(now_ms + self.off_ms, self.zone)[:10]
        return picture(self._head(now_ms), observed, self.jpeg, is_text=self.is_text)

    def _group(self, values: Sequence[tuple[str, Value]], at_ms: int) -> Group:
        return Group(digits_of(at_ms + self.off_ms, self.zone)[:10], values)

    def _head(self, now_ms: int) -> Head:
        return self._bare(now_ms)._replace(station=self.address, kind=self.kind)

    def _bare(self, now_ms: int) -> Head:
        self._serial = self._serial % 0xFFFF + 1
        return Head(self._serial, self._clock(now_ms))

    def _clock(self, now_ms: int) -> str:
        return digits_of(now_ms + self.off_ms, self.zone)
