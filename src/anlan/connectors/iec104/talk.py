"""One conversation with a station, as the controlling station: it is asked, and tells by itself."""

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from anlan.connectors.cut import Cutter
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.iec104.apdu import ADDRESS_BYTES, HEAD_BYTES, JUDGE, control_of
from anlan.connectors.iec104.asdu import Asdu, asdu_of, object_of, pieces_of
from anlan.connectors.iec104.asks import ALL_STATIONS, KIND_OF, asked
from anlan.connectors.iec104.kinds import GENERAL, INITIALISED, KINDS, READ
from anlan.connectors.iec104.link import Link, pace_of
from anlan.connectors.iec104.readings import Origin, readings_of
from anlan.terms.errors import Malformed
from anlan.terms.sensors import is_key

_MOST_ASKED = 256
_REQUESTED, _CONFIRMED, _ENDED = 5, 7, 10
_ANSWERS = {_CONFIRMED, 9, _ENDED, 44, 45, 46, 47}


class _Asked(NamedTuple):
    kind: int
    station: int
    name: str


class Talk:
    """Words: name, what its stations are called before their common address, as many have the same
    one · stations, whose common addresses are asked (all) · interrogate_s, counters_s,
    clock_s: how often, 0 for never (3600, 3600, 0) · k, w, t1_s, t2_s, t3_s.
    """

    def __init__(self, way: Way) -> None:
        self._zone = way.zone
        self._cutter, self._link = Cutter(JUDGE), Link(pace_of(way.words))
        self._stations, self._before = _stations(way.words), _before(way.words)
        self._every = _every(way.words)
        self._due: dict[str, int] = {}
        self._asked: deque[_Asked] = deque(maxlen=_MOST_ASKED)
        self._heard = self._count = 0

    def begin(self, now_ms: int) -> bytes:
        """Asks that data flow, and then for all of them."""
        self._due = {name: now_ms for name, every_ms in self._every.items() if every_ms}
        return self._link.begin(now_ms)

    def look(self, now_ms: int) -> bytes | None:
        """Keeps the line alive, and asks again from time to time."""
        if self._link.is_started:
            self._ask_again(now_ms)
        return self._link.look(now_ms)

    def _ask_again(self, now_ms: int) -> None:
        for name, due_ms in self._due.items():
            if now_ms >= due_ms:
                self._due[name] = now_ms + self._every[name]
                for station in self._stations:
                    self._put(name, station, {}, now_ms)

    def feed(self, data: bytes) -> list[Frame]:
        return [self._judged(*piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [self._judged(*piece) for piece in self._cutter.end()]

    def _judged(self, raw: bytes, reason: str) -> Frame:
        if reason:
            return Frame(raw, reason)
        control = control_of(raw)
        self._link.hear(control)
        if control.form != "I":
            return Frame(raw, header=control.told())
        asdu = asdu_of(raw)
        return self._told(raw, control.told() | asdu.told(), asdu)

    def _told(self, raw: bytes, header: dict[str, Any], asdu: Asdu) -> Frame:
        kind = KINDS.get(asdu.kind)
        device = f"{self._before}{asdu.station}"
        self._heard = asdu.station
        if kind is None or kind.size < 0:
            first = int.from_bytes(raw[HEAD_BYTES : HEAD_BYTES + ADDRESS_BYTES], "little")
            fields = {"ioa": first, "raw": raw[HEAD_BYTES:].hex()}
            return Frame(raw, device=device, header=header, fields=fields, ask=self._answered(asdu))
        told = [(piece, object_of(piece, kind)) for piece in pieces_of(raw, asdu, kind)]
        taken = readings_of(asdu, told, Origin(device, self._zone))
        return Frame(
            raw,
            device=device,
            header=header,
            fields={"objects": [values for _, values in told]},
            readings=taken.readings,
            ask=self._answered(asdu),
            fault=taken.fault,
            dials=taken.dials,
        )

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        """Acknowledges what is durable; answers tests; a station that begins anew is asked anew."""
        control = control_of(frame.raw)
        if control.form == "U":
            return self._link.govern(control.function, now_ms)
        if control.form == "S":
            return self._link.flush(now_ms)
        asdu = asdu_of(frame.raw)
        if asdu.kind == INITIALISED and self._question(GENERAL, asdu.station) is None:
            self._put("interrogate", asdu.station, {}, now_ms)
        return self._link.keep(control.sent, now_ms) + self._link.flush(now_ms)

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """Nothing: what is not acknowledged is sent again on the next connection."""
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        """Malformed where the station does not send data yet."""
        if not self._link.is_started:
            raise Malformed("the station has not begun to send data yet")
        device = str(ask.words.get("device", self._heard)).removeprefix(self._before)
        if not (device.isascii() and device.isdigit()) or int(device) > ALL_STATIONS:
            raise Malformed(f"{device!r} is no common address")
        name = self._put(ask.name, int(device), ask.words, now_ms)
        return name, self._link.flush(now_ms)

    def _put(self, name: str, station: int, words: Mapping[str, Any], now_ms: int) -> str:
        data = asked(name, station, words, (now_ms, self._zone))
        self._count += 1
        self._asked.append(_Asked(KIND_OF[name], station, str(self._count)))
        self._link.put(data)
        return str(self._count)

    def _answered(self, asdu: Asdu) -> str:
        """Which question of ours a frame answers."""
        is_read = asdu.cause == _REQUESTED
        if not is_read and asdu.cause not in _ANSWERS:
            return ""
        one = self._question(READ if is_read else asdu.kind, asdu.station)
        if one is None:
            return ""
        if asdu.cause != _CONFIRMED or asdu.is_negative:
            self._asked.remove(one)
        return one.name

    def _question(self, kind: int, station: int) -> _Asked | None:
        """The oldest of a kind that is not answered."""
        stations = (station, ALL_STATIONS)
        return next((o for o in self._asked if o.kind == kind and o.station in stations), None)


def _before(words: Mapping[str, Any]) -> str:
    name = words.get("name", "")
    if not isinstance(name, str) or (name and not is_key(name)):
        raise ValueError("name is a text that can be a key")
    return f"{name}-" if name else ""


def _stations(words: Mapping[str, Any]) -> list[int]:
    stations = [int(one) for one in words.get("stations", [ALL_STATIONS])]
    if not all(0 < one <= ALL_STATIONS for one in stations):
        raise ValueError("stations are common addresses from 1 to 65535")
    return stations


def _every(words: Mapping[str, Any]) -> dict[str, int]:
    usual = {"interrogate": 3_600.0, "interrogate_counters": 3_600.0, "set_time": 0.0}
    names = zip(usual, ("interrogate_s", "counters_s", "clock_s"), strict=True)
    every = {name: round(float(words.get(word, usual[name])) * 1000) for name, word in names}
    if min(every.values()) < 0:
        raise ValueError("interrogate_s, counters_s and clock_s must be 0 or more")
    return every
