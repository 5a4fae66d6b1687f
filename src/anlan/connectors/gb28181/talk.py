"""One conversation with a camera, a recorder or a platform below."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from msgspec.structs import replace

from anlan.connectors.frames import Ask, Due, Frame, Way
from anlan.connectors.gb28181.asks import (
    NAMES,
    QUESTIONS,
    Question,
    channel_of,
    text_of,
)
from anlan.connectors.gb28181.calls import Calls
from anlan.connectors.gb28181.manscdp.told import command_of
from anlan.connectors.gb28181.manscdp.xml import text_at, write_xml
from anlan.connectors.gb28181.reader import Heard, Reader, sender
from anlan.connectors.gb28181.registrar import (
    PASSWORD,
    STRANGER,
    Device,
    Registrar,
    expires_of,
)
from anlan.connectors.gb28181.settings import settings_of
from anlan.connectors.gb28181.sip.again import name_of
from anlan.connectors.gb28181.sip.cut import Cutter, Piece
from anlan.connectors.gb28181.sip.message import Message
from anlan.connectors.gb28181.subscriptions import Subscriptions
from anlan.connectors.gb28181.writer import XML, Writer
from anlan.terms.errors import Malformed

_MOST_ASKED, _MOST_ANSWERED, _MOST_NUMBER = 256, 32, 1_000_000
_HEARD = ("MESSAGE", "NOTIFY", "INFO", "OPTIONS", "BYE")
"""What is answered by 200 for a device."""


class _Asked(NamedTuple):
    device: str
    is_told: bool = False


class Talk:
    """Both directions. Without a far end it only reads."""

    def __init__(self, way: Way) -> None:
        """Raises Malformed for a setting that there is not, or of another type."""
        self._settings = settings_of(way.words)
        self._far, self._zone = way.far, way.zone
        self._cutter = Cutter()
        self._registrar = Registrar(self._settings, way.far)
        self._reader = Reader(way, self._who if way.far else sender, is_bare=not way.far)
        self._writer = Writer(self._settings, way.far, way.zone)
        self._calls = Calls(self._settings, self._writer)
        self._asked: dict[str, _Asked] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        self._subscriptions = Subscriptions(self._settings, self._writer)
        self._answered: dict[bytes, bytes | None] = {}
        self._number = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete by now, in order."""
        return [self._judged(piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        """What was begun, as it stands."""
        return [self._judged(piece) for piece in self._cutter.end()]

    # What devices say

    def _who(self, message: Message) -> str:
        """Who sent a message, as far as that is proved; empty for a stranger."""
        if not message.status:
            return self._registrar.device_of(message)
        asked = self._asked.get(name_of(message))
        return asked.device if asked else ""

    def _judged(self, piece: Piece) -> Frame:
        frame = self._reader.read(piece)
        if frame.message is not None and frame.message.status:
            self._writer.again.heard(frame.message)
        if not self._far or not frame.is_ok or frame.message is None:
            return frame
        try:
            asking = self._asking(frame, frame.message)
            return self._once(asking) if frame.message.method else asking
        except Malformed as error:
            return replace(frame, reason=str(error), device="", readings=(), dials=(), fault="")

    def _once(self, frame: Heard) -> Heard:
        """The frame; where it came before without its readings, since what nobody answered in time
        is said again, and those of signs of life and catalogues bear no time of their own."""
        name = sha256(frame.raw).digest()
        if name in self._answered:
            return replace(frame, readings=(), dials=(), fault="", is_again=True)
        _put(self._answered, name, None, _MOST_ANSWERED)
        return frame

    def _asking(self, frame: Heard, message: Message) -> Heard:
        """The frame with who sent it, as far as that is proved, and what it answers."""
        if message.status:
            return self._response(frame, message)
        if message.method == "REGISTER":
            device = self._registrar.registered(message)
            return replace(frame, device=device, leaves=bool(device) and not expires_of(message))
        if not frame.device:
            raise Malformed(f"{sender(message) or 'the device'} {STRANGER}")
        self._registrar.heard(frame.device, message)
        ask = ""
        if frame.document is not None and frame.document.root == "Response":
            number = text_at(frame.document.tree, "SN") or ""
            ask = self._numbers.get((frame.device, number), "")
        return replace(frame, ask=ask)

    def _response(self, frame: Heard, message: Message) -> Heard:
        """What a device answers to a request of ours; of a question only its refusal counts."""
        name = name_of(message)
        asked = self._asked.get(name)
        if asked is None:
            return frame
        is_final = message.status >= (300 if asked.is_told else 200)
        offer = self._calls.told(message.first("call-id"))
        fields = {**frame.fields, "offer": offer} if offer else frame.fields
        ask = name if is_final else ""
        return replace(frame, fields=fields, ask=ask)

    # What is said back

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        """200 to what is kept, and with it what is due; 401 to a device that has to prove itself;
        ACK to a stream that was agreed to."""
        if not isinstance(frame, Heard) or frame.message is None or not self._far:
            return b""
        self._spoke(frame.device, now_ms)
        if frame.message.method == "REGISTER":
            self._registrar.lasts(frame.device, frame.message, now_ms)
        name = sha256(frame.raw).digest()
        if frame.is_again:  # nothing while the first is on its way to the disk
            return self._answered.get(name) or b""
        said = self._answer(frame, frame.message, now_ms)
        if name in self._answered:
            self._answered[name] = said
        return said

    def _answer(self, frame: Heard, message: Message, now_ms: int) -> bytes:
        device = self._registrar.devices.get(frame.device, Device())
        if message.status:
            self._subscriptions.answered(message)
            is_invite = message.asked[1] == "INVITE"
            return self._calls.answered(message, device, now_ms) if is_invite else b""
        if message.method == "REGISTER":
            return self._registered(frame.device, message, now_ms)
        if message.method in ("ACK", "CANCEL", *_HEARD):
            return self._heard(frame, message, now_ms)
        return self._writer.respond(message, 405, ("Allow", ", ".join(("REGISTER", *_HEARD))))

    def _registered(self, device: str, message: Message, now_ms: int) -> bytes:
        if not device:
            asked = ("WWW-Authenticate", self._registrar.challenge(message, now_ms))
            return self._writer.respond(message, 401, asked)
        contact, expires_s = message.first("contact"), expires_of(message)
        is_new = bool(message.first("x-gb-ver"))
        said = self._writer.respond(
            message, 200, *([("Contact", contact)] if contact else []),
            *([("X-GB-Ver", "3.0")] if is_new else []),
            ("Expires", str(expires_s)), ("Date", self._writer.time(now_ms)),
        )  # fmt: skip
        if not expires_s:
            return said
        if self._settings.catalogue:
            said += self.ask(Ask("catalogue", {"device": device}), now_ms)[1]
        return said + self._due(device, now_ms)

    def _heard(self, frame: Frame, message: Message, now_ms: int) -> bytes:
        if message.method == "ACK":
            return b""
        call_id = message.first("call-id")
        if message.method == "CANCEL" or (message.method == "BYE" and call_id not in self._calls):
            return self._writer.respond(message, 481)
        said = self._writer.respond(message, 200)
        if message.method == "BYE":
            self._calls.drop(call_id)
        document = frame.document if isinstance(frame, Heard) else None
        if document is None or document.root != "Notify" or message.method != "MESSAGE":
            return said
        told, device = document.tree, self._registrar.devices.get(frame.device, Device())
        command, channel = command_of(document), text_at(document.tree, "DeviceID") or ""
        if command == "Keepalive":
            return said + self._due(frame.device, now_ms)
        if command == "MediaStatus" and text_at(told, "NotifyType") == "121":
            return said + self._calls.end_of(frame.device, channel, device, now_ms)
        return said + self._confirmed(frame.device, told, now_ms) if command == "Alarm" else said

    def _confirmed(self, device: str, told: Mapping[str, Any], now_ms: int) -> bytes:
        """The text that an alarm is answered with, beside 200."""
        names = ("SN", "DeviceID")
        same = [(name, said) for name in names if (said := text_at(told, name))]
        body = write_xml("Response", [("CmdType", "Alarm"), *same, ("Result", "OK")])
        found = self._registrar.devices.get(device)
        if found is None:
            return b""
        dialog = self._writer.dialog(device, found, device, now_ms)
        return self._writer.request(dialog, found, "MESSAGE", now_ms, content=(XML, body))

    def _due(self, device: str, now_ms: int) -> bytes:
        due = self._subscriptions.due(device, now_ms)
        return b"".join(self.ask(one, now_ms)[1] for one in due)

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """403 to a stranger or a wrong password, 400 to what cannot be read. What could not be
        stored is not answered: the device says it again, or it is answered when it is stored."""
        message = frame.message if isinstance(frame, Heard) else None
        if frame.is_ok:
            self._spoke(frame.device, now_ms)
        if frame.is_ok or message is None or not self._far or message.method in ("", "ACK"):
            return b""
        is_forbidden = frame.reason.startswith(PASSWORD) or frame.reason.endswith(STRANGER)
        return self._writer.respond(message, 403 if is_forbidden else 400)

    def _spoke(self, device: str, now_ms: int) -> None:
        if (found := self._registrar.devices.get(device)) is not None:
            found.heard_ms = now_ms

    def mind(self, now_ms: int) -> Due:
        """Who has gone, and what is asked again over UDP."""
        gone = self._registrar.gone(now_ms)
        said = self._writer.again.due(now_ms)
        return Due(said, gone, waits=len(self._writer.again) > 0)

    # What devices are asked

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        """A question to the device of that word, or to the last that spoke."""
        devices = self._registrar.devices
        device = str(ask.words.get("device") or next(reversed(devices), ""))
        if device not in devices:
            raise Malformed(f"{device or 'the device'} has not spoken yet on this line")
        if ask.name not in NAMES:
            raise Malformed(f"there is no question {ask.name!r} (there are {', '.join(NAMES)})")
        who = (device, devices[device])
        question = QUESTIONS.get(ask.name)
        if question is None:
            name, said = self._calls.ask(ask, who, now_ms)
        else:
            name, said = self._question(ask, question, who, now_ms)
        _put(self._asked, name, _Asked(device, question is not None and question.is_told))
        return name, said

    def _question(
        self, ask: Ask, question: Question, who: tuple[str, Device], now_ms: int
    ) -> tuple[str, bytes]:
        device, found = who
        channel = channel_of(ask.words, device)
        number = 1 + now_ms % 10_000 if not self._number else self._number % _MOST_NUMBER + 1
        body = text_of(question, channel, number, question.make(ask.words, self._zone))
        if question.event:
            asked = self._subscriptions.ask(ask, (device, found, channel), body, now_ms)
        else:
            dialog = self._writer.dialog(device, found, channel, now_ms)
            said = self._writer.request(dialog, found, "MESSAGE", now_ms, content=(XML, body))
            asked = dialog.name("MESSAGE"), said
        self._number = number
        _put(self._numbers, (device, str(number)), asked[0])
        return asked


def _put(kept: dict[Any, Any], name: Any, value: Any, most: int = _MOST_ASKED) -> None:
    """Puts it in; the oldest goes where there are too many."""
    kept.pop(name, None)
    kept[name] = value
    if len(kept) > most:
        del kept[next(iter(kept))]
