"""What the upper platform says: answers to messages, and questions of its own."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from anlan.connectors.frames import Ask, Frame
from anlan.connectors.jt809.asks import ALSO, body_of
from anlan.connectors.jt809.frame import Head, framed
from anlan.connectors.jt809.settings import GOOD, Settings
from anlan.connectors.jt809.tables import write_message
from anlan.terms.errors import Malformed

LOGIN, LOGOUT = 0x1001, 0x1003
_SUB_LINK_LOST, _OTHER_REASON = 0x9007, 2
_COUNT_MS = 60_000
_MOST_ASKED = 256
_NEW = 2019


class Asked:
    """Questions that are not answered yet; the oldest are forgotten."""

    def __init__(self) -> None:
        self._open: deque[tuple[str, int, int, str]] = deque(maxlen=_MOST_ASKED)

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, device: str, answered: int, sn: int, name: str) -> None:
        self._open.append((device, answered, sn, name))

    def answered(self, device: str, number: int, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Whose question this answers and its name: by the serial it names, or the oldest."""
        number = ALSO.get(number, number)
        alike = [one for one in self._open if one[1] == number]
        named = [one for one in alike if one[2] == fields.get("source_sn")]
        found = named or [one for one in alike if one[0] == device]
        if not found:
            return device, ""
        self._open.remove(found[0])
        return found[0][0], found[0][3]


class Answers:
    """How we speak to one platform. head: of its last message, after which ours are made."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.head: Head | None = None
        self.asked = Asked()
        self._sn = 0
        self._counted = self._since_ms = 0

    def begin(self, now_ms: int) -> bytes:
        """Signs in on the sub link of the platform that the settings name."""
        settings, time = self._settings, now_ms // 1000
        self.head = Head(0, 0, 0, settings.centre, b"\1\0\0", 0, 0)
        if settings.edition == _NEW:
            self.head = self.head._replace(time=time)
        code = {"verifyCode": settings.verify_code(settings.centre)}
        return self._say(0x9001, write_message(0x9001, code, settings.edition), now_ms)

    def alive(self, now_ms: int) -> bytes:
        return self._say(0x9005, b"", now_ms)

    def to(self, frame: Frame, now_ms: int) -> bytes:
        """What is said to a frame that is right."""
        number, fields = int(frame.header["msgId"], 16), frame.fields
        match number:
            case 0x1001:
                return self._signed_in(fields, now_ms)
            case 0x1003:
                return self._say(0x1004, b"", now_ms)
            case 0x1005:
                return self._say(0x1006, b"", now_ms) + self._count(now_ms)
            case 0x1200:
                return self._of_vehicle(frame, now_ms)
            case 0x1900 if frame.header.get("sub") == "0x1901":
                said = {"result": GOOD, "count": min(len(fields.get("records", ())), 255)}
                return self._enveloped(0x9901, said, fields, now_ms)
            case 0x1B00 if frame.header.get("sub") == "0x1B02":
                said = {"result": GOOD, "session": fields.get("session", 0)}
                return self._enveloped(0x9B02, said, fields, now_ms)
        return b""

    def ask(self, ask: Ask, device: str, now_ms: int) -> tuple[str, bytes]:
        """A question's name and its frame; device: the vehicle, or the platform's own code."""
        if self.head is None:
            raise Malformed("the platform has said nothing yet, so that its code is not known")
        sn = self._sn
        question, data = body_of(ask, sn, self.head.edition)
        own = str(self.head.centre)
        if question.is_platform and device not in ("", own):
            raise Malformed(f"{ask.name} is for the platform, {own}")
        about = {} if question.is_platform else _vehicle(ask.name, device)
        name, device = f"{question.id:04X}-{sn}", device or own
        if question.answered:
            self.asked.add(device, question.answered, sn, name)
        return name, self._enveloped_data(question.id, data, about, now_ms)

    def _signed_in(self, fields: Mapping[str, Any], now_ms: int) -> bytes:
        """Where we do not call its sub link, the platform is told so by its main one."""
        result, centre = self._settings.result(fields), self.head.centre if self.head else 0
        code = self._settings.verify_code(centre) if result == GOOD else 0
        said = write_message(0x1002, {"result": result, "verifyCode": code}, 2019)
        lost = bytes((_OTHER_REASON,))
        is_told = result == GOOD and not self._settings.has_sub_link
        first = self._say(0x1002, said, now_ms)
        return first + (self._say(_SUB_LINK_LOST, lost, now_ms) if is_told else b"")

    def _of_vehicle(self, frame: Frame, now_ms: int) -> bytes:
        """Only since 2019 is a registration answered; positions are counted."""
        self._counted += sum(one.sensor.endswith(".lon") for one in frame.readings)
        self._since_ms = self._since_ms or now_ms
        header = frame.header
        if header.get("sub") != "0x1201" or header["edition"] < _NEW:
            return b""
        said = {"source": "0x1201", "source_sn": header["msgSN"], "result": GOOD}
        return self._enveloped(0x9201, said, {}, now_ms)

    def _count(self, now_ms: int) -> bytes:
        """How many positions came in, once a minute with the answer to a sign of life."""
        if not self._counted or now_ms - self._since_ms < _COUNT_MS:
            return b""
        span = {"start": self._since_ms // 1000, "end": now_ms // 1000}
        said = write_message(0x9101, {"count": self._counted, **span}, 2019)
        self._counted, self._since_ms = 0, now_ms
        return self._say(0x9101, said, now_ms)

    def _enveloped(
        self, number: int, said: dict[str, Any], about: Mapping[str, Any], now_ms: int
    ) -> bytes:
        edition = self.head.edition if self.head else 2011
        return self._enveloped_data(number, write_message(number, said, edition), about, now_ms)

    def _enveloped_data(
        self, number: int, data: bytes, about: Mapping[str, Any], now_ms: int
    ) -> bytes:
        """A message in its envelope; about: the vehicle, if it is about one.

        Since 2019 warnings name their vehicle inside, if at all.
        """
        is_bare = number >> 8 == 0x94 and self.head is not None and self.head.edition == _NEW
        whose = b""
        if "plate" in about and not is_bare:
            whose = about["plate"].encode("gb18030", "replace")[:21].ljust(21, b"\0")
            whose += bytes((about["colour"],))
        inner = number.to_bytes(2, "big") + len(data).to_bytes(4, "big") + data
        return self._say(number & 0xFF00, whose + inner, now_ms)

    def _say(self, number: int, body: bytes, now_ms: int) -> bytes:
        heard = self.head or Head(0, 0, 0, 0, b"\1\0\0", 0, 0)
        time = None if heard.time is None else now_ms // 1000
        head = Head(0, self._sn, number, heard.centre, heard.version, 0, 0, time)
        self._sn = (self._sn + 1) & 0xFFFFFFFF
        return framed(head, body)


def _vehicle(name: str, device: str) -> dict[str, Any]:
    """The plate and the colour of a vehicle that something is asked about."""
    plate, _, colour = device.rpartition("_")
    if not (plate and colour.isdecimal() and int(colour) < 256):
        raise Malformed(f"{name} is for a vehicle: PLATE_COLOUR, such as 川A12345_2")
    return {"plate": plate, "colour": int(colour)}
