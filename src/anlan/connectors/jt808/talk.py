"""A conversation with a terminal, or with several over one connection: frames in, answers out.

Settings of a connector (`Way.words`): `secret` makes the authentication codes · `authenticate`
believes positions only after the right code · `any_code` takes codes that another platform gave ·
`gcj02` for devices with shifted positions · `mixed` believes headers of 2013 that are marked as
2019 · `most_joined` bytes of messages in parts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.jt808.answers import Answers, Asked
from anlan.connectors.jt808.frame import Cutter, Head, Piece
from anlan.connectors.jt808.parts import Parts
from anlan.connectors.jt808.shown import Fields, Header, head_of
from anlan.connectors.jt808.tables import read_message
from anlan.connectors.jt808.vehicle import Vehicle
from anlan.terms.errors import Malformed
from anlan.terms.readings import Reading

_MOST_VEHICLES = 1_000
_LOCATION, _BATCH, _SIGN_OFF = 0x0200, 0x0704, 0x0003
_WITH_SERIAL = {0x0201, 0x0500}
_FREE = {0x0100, 0x0102, 0x0002, 0x0003, 0x0004}
"""What may be said before the code was right."""


_WORDS = {
    "secret": str, "authenticate": bool, "any_code": bool, "gcj02": bool, "mixed": bool,
    "most_joined": int,
}  # fmt: skip


class Conversation:
    """One far end."""

    def __init__(self, way: Way) -> None:
        """Raises Malformed for a setting that there is not, or of another type."""
        _check(way.words)
        self._way = way
        self._cutter = Cutter(bool(way.words.get("mixed")))
        self._parts = Parts(int(way.words.get("most_joined", 1 << 20)))
        self._is_gcj02 = bool(way.words.get("gcj02"))
        self._is_strict = bool(way.words.get("authenticate"))
        self._vehicles: dict[str, Vehicle] = {}
        self._last: Vehicle | None = None
        self._asked = Asked()
        self._answers = Answers(way.words, self._parts)

    def feed(self, data: bytes) -> list[Frame]:
        return [self._frame(piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [self._frame(piece) for piece in self._cutter.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        if frame.reason:
            return b""
        vehicle, head = self._vehicle(frame.device), head_of(frame)
        if not vehicle.bcd:  # forgotten since, for others on the same line
            vehicle.bcd, vehicle.version = head.bcd, head.version
        return self._answers.to(frame, head, vehicle, now_ms=now_ms)

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """Silence: a terminal repeats what nobody answered."""
        if not frame.reason:
            self._vehicle(frame.device).forget()
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        """`device` among the words names one of several; without it the last that spoke."""
        device = ask.words.get("device")
        vehicle = self._last if device is None else self._vehicles.get(str(device))
        if vehicle is None:
            raise Malformed("the vehicle has not said yet who it is")
        return self._answers.ask(ask, vehicle, self._asked, now_ms)

    def _frame(self, piece: Piece) -> Frame:
        head = piece.head
        if head is None:
            return Frame(piece.raw, piece.reason)
        vehicle = self._vehicle(head.phone)
        vehicle.bcd, vehicle.version, vehicle.protocol = head.bcd, head.version, head.protocol
        self._last = vehicle
        whole = piece.body if head.total is None else self._parts.add(head, piece.body)
        readings: Sequence[Reading] = ()
        fault = ask = ""
        if whole is not None:
            readings, fault = self._readings(head, whole, vehicle)
            ask = self._asked.answered(head, whole) if self._asked else ""
        elif not 1 <= head.part <= (head.total or 0):
            fault = f"part {head.part} of {head.total}: there is none"
        header, fields = Header(head, is_gcj02=self._is_gcj02), Fields(head, piece.body, whole)
        return Frame(piece.raw, "", head.phone, header, fields, tuple(readings), ask, fault)

    def _readings(self, head: Head, body: bytes, vehicle: Vehicle) -> tuple[list[Reading], str]:
        if head.id == _LOCATION and not head.encryption and not self._is_strict:
            return vehicle.readings(body)
        if head.encryption:
            return [], f"encrypted in way {head.encryption}, and no key is known"
        if head.id == 0x0102:
            vehicle.is_authentic = self._is_right(head, body)
            return [], "" if vehicle.is_authentic else "a wrong authentication code"
        if self._is_strict and not vehicle.is_authentic and head.id not in _FREE:
            return [], "the terminal has not authenticated itself"
        vehicle.is_authentic = vehicle.is_authentic and head.id != _SIGN_OFF
        if head.id == _LOCATION:
            return vehicle.readings(body)
        if head.id in _WITH_SERIAL:
            return vehicle.readings(body[2:])
        return _batch(body, vehicle) if head.id == _BATCH else ([], "")

    def _is_right(self, head: Head, body: bytes) -> bool:
        code = read_message(head.id, body, head.version).get("code", "")
        return self._answers.is_right(head.phone, code)

    def _vehicle(self, phone: str) -> Vehicle:
        vehicle = self._vehicles.get(phone)
        if vehicle is None:
            if len(self._vehicles) >= _MOST_VEHICLES:
                del self._vehicles[next(iter(self._vehicles))]
            vehicle = self._vehicles[phone] = Vehicle(phone, self._way)
        return vehicle


def _check(words: Mapping[str, Any]) -> None:
    for name, value in words.items():
        if type(value) is not _WORDS.get(name):
            kinds = ", ".join(f"{known}: {kind.__name__}" for known, kind in _WORDS.items())
            raise Malformed(f"{name} = {value!r} is no setting of JT/T 808 ({kinds})")


def _batch(body: bytes, vehicle: Vehicle) -> tuple[list[Reading], str]:
    """Locations that could not be sent when they were measured; one that is none costs no other."""
    found: list[Reading] = []
    faults: list[str] = []
    at = 3
    while at + 2 <= len(body):
        end = at + 2 + int.from_bytes(body[at : at + 2], "big")
        readings, fault = vehicle.readings(body[at + 2 : end])
        found += readings
        faults += [fault] if fault else []
        at = end
    return found, "; ".join(faults[:3])
