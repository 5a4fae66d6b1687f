"""One conversation with a vehicle, or with a platform that speaks for many."""

from collections import deque

from anlan.connectors.cut import Cutter
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.gb32960.heads import (
    ASKED,
    DONE,
    HEAD_BYTES,
    JUDGE,
    MARK,
    PLAIN,
    TIME_BYTES,
    WRONG,
    Head,
    read_head,
    stamp,
    write_frame,
)
from anlan.connectors.gb32960.parameters import command_for
from anlan.connectors.gb32960.parts import fields_of
from anlan.connectors.gb32960.readings import readings_of
from anlan.connectors.gb32960.tables import BEAT, CLOCK
from anlan.terms.errors import Malformed

_ANSWERED = range(1, 9)
_MOST_KNOWN, _MOST_ASKED = 4096, 256


class Talk:
    """Both directions. Questions bear no serial: the oldest of its command is answered first."""

    def __init__(self, way: Way) -> None:
        self._zone = way.zone
        self._cutter = Cutter(JUDGE)
        self._known: dict[str, bytes] = {}
        self._asked: deque[tuple[str, int, str]] = deque(maxlen=_MOST_ASKED)
        self._count = 0

    def feed(self, data: bytes) -> list[Frame]:
        return [self._judged(*piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [self._judged(*piece) for piece in self._cutter.end()]

    def _judged(self, raw: bytes, reason: str) -> Frame:
        head = _head(raw)
        if reason or head is None:
            return Frame(raw, reason, header=head.told() if head else {})
        data = raw[HEAD_BYTES:-1]
        try:
            fields = fields_of(head, data)
        except Malformed as error:
            return Frame(raw, str(error), header=head.told())
        taken = readings_of(head, data, fields, self._zone)
        self._know(head)
        return Frame(
            raw,
            device=head.device,
            header=head.told() | {"len_ok": True, "bcc_ok": True},
            fields=fields,
            readings=taken.readings,
            ask=self._question(head),
            fault=taken.fault,
        )

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        return self._said(read_head(frame.raw), frame.raw, DONE, now_ms)

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        head = _head(frame.raw)
        return self._said(head, frame.raw, WRONG, now_ms) if head else b""

    def _said(self, head: Head, raw: bytes, response: int, now_ms: int) -> bytes:
        """The same command with the response, and of the data the time alone."""
        if head.response != ASKED or head.command not in _ANSWERED:
            return b""
        back = head._replace(response=response, encryption=PLAIN)
        if head.command == BEAT:
            return write_frame(back)
        time = raw[HEAD_BYTES : HEAD_BYTES + TIME_BYTES]
        is_told = head.encryption == PLAIN and head.size >= TIME_BYTES == len(time)
        if head.command == CLOCK or not is_told:
            time = stamp(now_ms, self._zone)
        return write_frame(back, time)

    def _know(self, head: Head) -> None:
        """Remembers whom questions can be put to: the last of many."""
        if head.device:
            self._known.pop(head.device, None)
            self._known[head.device] = head.vin
            if len(self._known) > _MOST_KNOWN:
                del self._known[next(iter(self._known))]

    def _question(self, head: Head) -> str:
        """Which question of ours a frame answers."""
        if head.response == ASKED:
            return ""
        for one in self._asked:
            if one[:2] == (head.device, head.command):
                self._asked.remove(one)
                return one[2]
        return ""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        device = str(ask.words.get("device", next(reversed(self._known), "")))
        if device not in self._known:
            raise Malformed("the vehicle has sent nothing yet, so that its number is not known")
        command, data = command_for(ask.name, ask.words, stamp(now_ms, self._zone))
        self._count += 1
        name = str(self._count)
        self._asked.append((device, command, name))
        return name, write_frame(Head(command, ASKED, self._known[device], PLAIN, 0), data)


def _head(raw: bytes) -> Head | None:
    return read_head(raw) if raw.startswith(MARK) and len(raw) >= HEAD_BYTES else None
