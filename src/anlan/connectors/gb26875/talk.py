"""One conversation with the transmission devices of one line."""

from typing import Any

from anlan.connectors.cut import Cutter
from anlan.connectors.frames import Ask, Frame, Later, Way
from anlan.connectors.gb26875.asks import DUTY_CHECK, When, unit_for
from anlan.connectors.gb26875.cut import JUDGE
from anlan.connectors.gb26875.heads import (
    CONFIRM,
    CONTROL,
    DENY,
    HEAD_BYTES,
    MARK,
    REPLY,
    REQUEST,
    SEND,
    Head,
    read_head,
    stamp,
    write_frame,
)
from anlan.connectors.gb26875.readings import Sense, Taken, readings_of
from anlan.connectors.gb26875.units import Unit, read_unit, write_unit
from anlan.connectors.gb26875.words import COMMANDS, DUTY_ANSWER
from anlan.terms.errors import Malformed

_OF_THE_STANDARD = (CONTROL, SEND, REQUEST, REPLY)
"""Commands whose data unit has the standard's form, if any."""
_OWN_COMMANDS = 128
_DEVICE_OPERATIONS = 24
_NOTHING = Taken()
_MOST_DEVICES = 4096
_MOST_ASKED = 256


class Talk:
    """Both directions; who is at the far end is known from what it sends."""

    def __init__(self, way: Way) -> None:
        self._zone, self._sense = way.zone, Sense(way)
        self._cutter = Cutter(JUDGE)
        self._known: dict[str, Head] = {}
        self._asked: dict[int, str] = {}
        self._duty: dict[str, str] = {}
        self._serial = 0

    def feed(self, data: bytes) -> list[Frame]:
        return [self._judged(*piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [self._judged(*piece) for piece in self._cutter.end()]

    def _judged(self, raw: bytes, reason: str) -> Frame:
        head = read_head(raw) if raw.startswith(MARK) and len(raw) >= HEAD_BYTES else None
        if reason or head is None:
            return Frame(raw, reason, header=Later(head.told) if head else {})
        try:
            unit = _unit(head, raw[HEAD_BYTES:-3])
        except Malformed as error:
            return Frame(raw, str(error), header=Later(head.told))
        taken = _NOTHING
        if unit and head.command in (SEND, REPLY):
            taken = readings_of(head, unit, self._sense)
        self._know(head)
        return Frame(
            raw,
            device=head.device,
            header=Later(head.told),
            fields=Later(unit.told) if unit else _raw(raw[HEAD_BYTES:-3]),
            readings=taken.readings,
            ask=self._question(head, unit),
            fault=taken.fault,
        )

    def _know(self, head: Head) -> None:
        """Remembers whom questions can be put to: the last of many."""
        if head.command in (SEND, CONFIRM, REPLY, DENY):
            self._known.pop(head.device, None)
            self._known[head.device] = head
            _bound(self._known, _MOST_DEVICES)

    def _question(self, head: Head, unit: Unit | None) -> str:
        """Which question of ours a frame answers: by its serial, or as somebody on duty."""
        if head.command in (CONFIRM, REPLY, DENY):
            device = self._asked.get(head.serial)
            if device == head.device:
                del self._asked[head.serial]
                return str(head.serial)
        if head.command == SEND and unit and unit.type == _DEVICE_OPERATIONS:
            answered = any(row[0] & DUTY_ANSWER for row in unit.rows)
            return self._duty.pop(head.device, "") if answered else ""
        return ""

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        """Confirms what was sent, and denies a command that the standard only reserves."""
        head = read_head(frame.raw)
        if head.command in (SEND, CONTROL):
            return self._said(head, CONFIRM, now_ms)
        known = head.command in COMMANDS or head.command >= _OWN_COMMANDS
        return b"" if known else self._said(head, DENY, now_ms)

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """Denies what was sent, where it can be told what that was."""
        if not frame.raw.startswith(MARK) or len(frame.raw) < HEAD_BYTES:
            return b""
        head = read_head(frame.raw)
        answers = head.command in (CONFIRM, REQUEST, REPLY, DENY)
        return b"" if answers or head.command >= _OWN_COMMANDS else self._said(head, DENY, now_ms)

    def _said(self, head: Head, command: int, now_ms: int) -> bytes:
        """An empty frame back, under the serial of what it answers."""
        return write_frame(self._turned(head, now_ms)._replace(command=command))

    def _turned(self, head: Head, now_ms: int) -> Head:
        sent = stamp(now_ms, self._zone)
        return head._replace(sent=sent, source=head.target, target=head.source)

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        head = self._far_end(ask)
        command, unit = unit_for(ask.name, ask.words, When(now_ms, self._zone))
        serial, self._serial = self._serial, self._serial + 1 & 0xFFFF
        self._asked[serial] = head.device
        _bound(self._asked, _MOST_ASKED)
        if ask.name == DUTY_CHECK:
            self._duty[head.device] = str(serial)
            _bound(self._duty, _MOST_ASKED)
        turned = self._turned(head, now_ms)._replace(serial=serial, command=command)
        return str(serial), write_frame(turned, write_unit(unit))

    def _far_end(self, ask: Ask) -> Head:
        """The last frame of the device that a question is for."""
        if "device" in ask.words:
            head = self._known.get(str(ask.words["device"]))
        else:
            head = next(reversed(self._known.values()), None)
        if head is None:
            raise Malformed("the device has sent nothing yet, so that its address is not known")
        return head


def _unit(head: Head, raw: bytes) -> Unit | None:
    """The data unit; None where there is none, or none of the standard's form."""
    return read_unit(raw) if raw and head.command in _OF_THE_STANDARD else None


def _raw(inside: bytes) -> dict[str, Any]:
    return {"raw": inside.hex()} if inside else {}


def _bound(kept: dict[Any, Any], most: int) -> None:
    """Forgets the oldest where there are too many."""
    if len(kept) > most:
        del kept[next(iter(kept))]
