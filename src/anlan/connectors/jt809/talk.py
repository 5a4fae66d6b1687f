"""A conversation with a lower platform, which speaks for its vehicles over one connection.

It signs in to us on its main link. Its sub link, where it listens, is called by us and proved with
the verify code that it got when it signed in. Everything may be said on either.
"""

from anlan.connectors.frames import Ask, Frame, Later, Way
from anlan.connectors.jt809.answers import LOGIN, LOGOUT, Answers
from anlan.connectors.jt809.cipher import PUBLISHED
from anlan.connectors.jt809.frame import Cutter, Piece, heads, told
from anlan.connectors.jt809.opened import Opened, fields_of, opened
from anlan.connectors.jt809.settings import GOOD, settings_of
from anlan.connectors.jt809.tables import name_of as message_name
from anlan.connectors.jt809.vehicles import Taken, Vehicles, name_of

_SUB_LINKED, _ALIVE_MS = 0x9002, 60_000


class Conversation:
    """One far end."""

    def __init__(self, way: Way) -> None:
        """Raises Malformed for a setting that there is not, or that is not right."""
        self._settings = settings_of(way.words)
        self._cutter = Cutter()
        self._answers = Answers(self._settings)
        self._vehicles = Vehicles(way.zone, is_gcj02=self._settings.is_gcj02)
        self._is_signed_in = not self._settings.accounts
        self._calls = self._is_linked = False
        self._alive_ms = 0

    def begin(self, now_ms: int) -> bytes:
        """The first word on a sub link; nothing where no platform is named."""
        self._calls, self._alive_ms = bool(self._settings.centre), now_ms
        return self._answers.begin(now_ms) if self._calls else b""

    def look(self, now_ms: int) -> bytes | None:
        """Keeps a sub link alive."""
        if not self._is_linked or now_ms - self._alive_ms < _ALIVE_MS:
            return b""
        self._alive_ms = now_ms
        return self._answers.alive(now_ms)

    def feed(self, data: bytes) -> list[Frame]:
        return [self._frame(piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [self._frame(piece) for piece in self._cutter.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        if not frame.is_ok:
            return b""
        return self._answers.to(frame, now_ms)

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """Silence; positions are not answered anyway, and are read no further until all is well."""
        self._vehicles.forget(frame.device)
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        """`device` among the words is the vehicle; what is for the platform may go without."""
        words = dict(ask.words)
        device = str(words.pop("device", ""))
        return self._answers.ask(Ask(ask.name, words), device, now_ms)

    def _frame(self, piece: Piece) -> Frame:
        if piece.reason:
            return Frame(piece.raw, piece.reason)
        centre = heads(piece.data)[0][0].centre
        agreed = self._settings.keys.get(centre)
        one = opened(piece.data, (agreed,) if agreed else (), () if agreed else PUBLISHED)
        self._answers.head = one.head
        device, ask = self._device(one), ""
        if self._answers.asked and not one.is_closed:
            device, ask = self._answers.asked.answered(device, one.number, fields_of(one))
        readings, fault = self._taken(device, one)
        header = told(one.head, piece.crc, message_name(one.head.id))
        if one.envelope is not None:
            header |= {"sub": f"0x{one.number:04X}", "sub_name": message_name(one.number)}
        fields = Later(lambda: fields_of(one))
        return Frame(piece.raw, "", device, header, fields, tuple(readings), ask, fault)

    def _device(self, one: Opened) -> str:
        """The vehicle that a message is about, or else the code of the platform."""
        own = str(one.head.centre)
        if one.envelope is None:
            return own
        if one.envelope.plate:
            return name_of(one.envelope.plate, one.envelope.colour)
        inside = fields_of(one).get("warning")
        if isinstance(inside, dict):
            return name_of(inside.get("plate", ""), inside.get("colour")) or own
        return own

    def _taken(self, device: str, one: Opened) -> Taken:
        if one.is_closed:
            way = f"encrypted in way {one.head.encryption}"
            return [], f"{way}, and the numbers of platform {one.head.centre} are not known"
        if one.head.id == LOGIN:
            result = self._settings.result(fields_of(one))
            self._is_signed_in = result == GOOD
            return [], "" if self._is_signed_in else f"may not sign in (result {result})"
        if one.head.id == LOGOUT:
            self._is_signed_in = not self._settings.accounts
        if one.head.id == _SUB_LINKED and self._calls:
            said = fields_of(one).get("result")
            self._is_linked = said == GOOD
            self._is_signed_in = self._is_signed_in or self._is_linked
            return [], "" if self._is_linked else f"does not take our sub link (result {said})"
        if one.envelope is None:
            return [], ""
        if not self._is_signed_in:
            return [], "the platform has not signed in"
        return self._vehicles.taken(device, one)
