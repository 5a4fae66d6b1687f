"""What the platform says: answers to messages, and questions of its own."""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2s
from hmac import compare_digest
from typing import Any

from anlan.connectors.frames import Ask, Frame
from anlan.connectors.jt808.asks import ANSWERS, ASKS, BY_SERIAL, question
from anlan.connectors.jt808.frame import EDGE, MOST_BODY, Head, escaped, framed, header
from anlan.connectors.jt808.parts import Parts
from anlan.connectors.jt808.tables import write_message
from anlan.connectors.jt808.vehicle import Vehicle

_DONE, _FAILED, _UNKNOWN_WAY = 0, 1, 3
_SILENT = {0x0001, 0x0005, 0x0104, 0x0107, 0x0201, 0x0302, 0x0500, 0x0608, 0x0700, 0x0802, 0x0805,
           0x1003, 0x1205}  # fmt: skip
"""Answers themselves: nothing is said to them."""
_MOST_ASKED = 64
_ANSWER, _ANSWERED = struct.Struct(">HHHB"), struct.Struct(">HHB")
"""A serial of ours, and what follows it in a general answer."""


class Asked:
    """Questions that are not answered yet; the oldest are forgotten beyond _MOST_ASKED."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], tuple[str, int, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, phone: str, serial: int, name: str, ids: tuple[int, int]) -> None:
        """ids: of the question and of its answer, 0 for the general one."""
        self._open.pop((phone, serial), None)
        self._open[phone, serial] = (name, *ids)
        if len(self._open) > _MOST_ASKED:
            del self._open[next(iter(self._open))]

    def answered(self, head: Head, body: bytes) -> str:
        """The name of the question that this message answers; empty for none.

        Where another message brings what was asked for, the general answer ends it only by a no.
        """
        if head.id == 0x0001:
            if len(body) < 5:
                return ""
            key = (head.phone, int.from_bytes(body[:2], "big"))
            found = self._open.get(key)
            is_last = found is not None and (body[4] != _DONE or not found[2])
            return self._open.pop(key)[0] if is_last else ""
        if head.id in BY_SERIAL:
            found = self._open.pop((head.phone, int.from_bytes(body[:2], "big")), None)
            return found[0] if found else ""
        wanted = ANSWERS.get(head.id)
        keys = [key for key, one in self._open.items() if one[1] == wanted and key[0] == head.phone]
        return self._open.pop(keys[-1])[0] if wanted and keys else ""


class Answers:
    """How we speak."""

    def __init__(self, words: Mapping[str, Any], parts: Parts) -> None:
        self._secret = str(words.get("secret", "")).encode()
        self._is_any_code = bool(words.get("any_code"))
        self._is_strict = bool(words.get("authenticate"))
        self._is_gcj02 = bool(words.get("gcj02"))
        self._parts = parts
        self._sent: list[bytes] = []
        self._sent_first = 0

    def code(self, phone: str) -> str:
        """The authentication code of a terminal: always the same for the same secret."""
        return blake2s(phone.encode(), key=blake2s(self._secret).digest()).hexdigest()[:16]

    def is_right(self, phone: str, code: str) -> bool:
        return self._is_any_code or compare_digest(code.encode(), self.code(phone).encode())

    def to(self, frame: Frame, head: Head, vehicle: Vehicle, *, now_ms: int) -> bytes:
        """What is said to a frame that is right."""
        number, serial = head.id, head.serial
        if number == 0x0200 and head.total is None and not (head.encryption or frame.fault):
            return self._general(vehicle, serial, number, _DONE)
        if number in _SILENT or number >= 0x8000:
            return self._again(frame, vehicle) if number == 0x0005 else b""
        if head.total is not None and (more := self._wanted(head, vehicle)) is not None:
            return more
        match number:
            case 0x0100:
                said = {"answers_serial": serial, "result": _DONE, "code": self.code(frame.device)}
                return self._say(vehicle, 0x8100, said)
            case 0x0004:
                moment = datetime.fromtimestamp(now_ms / 1000, UTC)
                return self._say(vehicle, 0x8004, {"time": f"{moment:%Y-%m-%d %H:%M:%S}"})
            case 0x0801 if "id" in frame.fields:
                return self._say(vehicle, 0x8800, {"id": frame.fields["id"], "indices": None})
            case 0x1212 if "name" in frame.fields:
                said = {"name": frame.fields["name"], "type": frame.fields["type"]}
                return self._say(vehicle, 0x9212, {**said, "result": 0, "missing": []})
        return self._general(vehicle, serial, number, self._result(frame, head, vehicle))

    def ask(self, ask: Ask, vehicle: Vehicle, asked: Asked, now_ms: int) -> tuple[str, bytes]:
        """A question's name and its frames."""
        if ask.name == "time":
            moment = datetime.fromtimestamp(now_ms / 1000, UTC)
            ask = Ask(ask.name, {"time": f"{moment:%Y-%m-%d %H:%M:%S}", **ask.words})
        number, body = question(ask, vehicle.version, is_gcj02=self._is_gcj02)
        head = _head(vehicle, number, max(1, -(-len(body) // MOST_BODY)))
        name = f"{number:04X}-{head.serial}"
        asked.add(vehicle.phone, head.serial, name, (number, ASKS[ask.name].answered))
        data = framed(head, body)
        self._sent = [EDGE + one + EDGE for one in data.split(EDGE) if one]
        self._sent_first = head.serial
        return name, data

    def _result(self, frame: Frame, head: Head, vehicle: Vehicle) -> int:
        if head.encryption or head.id == 0x0A00:
            return _UNKNOWN_WAY
        is_refused = head.id == 0x0102 or (self._is_strict and frame.fault)
        return _FAILED if is_refused and not vehicle.is_authentic else _DONE

    def _wanted(self, head: Head, vehicle: Vehicle) -> bytes | None:
        """What is said to a part of a message that is not whole; None where it is."""
        first, gaps = self._parts.missing(head)
        if gaps:
            return self._say(vehicle, 0x8003, {"first_serial": first, "indices": gaps})
        if not self._parts.has(head):
            return None
        return self._general(vehicle, head.serial, head.id, _DONE)

    def _again(self, frame: Frame, vehicle: Vehicle) -> bytes:
        """Parts of our last message that the terminal misses."""
        if frame.fields.get("first_serial") != self._sent_first:
            return b""
        wanted = [n for n in frame.fields.get("indices", []) if 1 <= n <= len(self._sent)]
        return b"".join(self._sent[n - 1] for n in dict.fromkeys(wanted))

    def _say(self, vehicle: Vehicle, number: int, fields: dict[str, Any]) -> bytes:
        body = write_message(number, fields, vehicle.version)
        return framed(_head(vehicle, number), body)

    def _general(self, vehicle: Vehicle, serial: int, number: int, result: int) -> bytes:
        """8001, made of bytes: it is said to every location."""
        if not vehicle.prefix:
            vehicle.prefix = header(_head(vehicle, 0x8001, 0), _ANSWERED.size)[:-2]
        said = _ANSWER.pack(vehicle.next_serial(), serial, number, result)
        return escaped(vehicle.prefix + said)


def _head(vehicle: Vehicle, number: int, count: int = 1) -> Head:
    serial = vehicle.next_serial(count)
    return Head(
        number, vehicle.version, vehicle.protocol, vehicle.bcd, vehicle.bcd, serial, 0, 0,
    )  # fmt: skip
