"""A talk with one TAK client: how both will pack events, who is alive, and what it is told."""

from anlan.connectors.cot.cut import ASKS, Cutter, Piece
from anlan.connectors.cot.event import Event, xml_of
from anlan.connectors.cot.news import Board
from anlan.connectors.cot.part import Part
from anlan.connectors.cot.proto import message_of, stream_of
from anlan.connectors.cot.readings import said_by
from anlan.connectors.cot.shown import fields_of, head_of
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.news import News
from anlan.terms.errors import Malformed

_PING, _PONG = "t-x-c-t", "t-x-c-t-r"
_OFFER, _ANSWER = "t-x-takp-v", "t-x-takp-r"
_SOON_MS, _UID = 60_000, "anlan"


class Talk:
    """Both sides begin in XML; where the client asks for it, both go on in messages."""

    def __init__(self, way: Way) -> None:
        self._cutter, self._board = Cutter(), Board()
        self._packs = False

    def feed(self, data: bytes) -> list[Frame]:
        return [_frame(one) for one in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [_frame(one) for one in self._cutter.end()]

    def begin(self, now_ms: int) -> bytes:
        """What the client is told first: that version 1 of the TAK protocol is spoken here."""
        return self._written(_control(_OFFER, Part("TakProtocolSupport", {"version": "1"}), now_ms))

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        """Pings and the question for messages are answered; events are not, by this protocol."""
        kind = frame.header.get("type")
        if kind == _PING:
            return self._written(_plain(_PONG, now_ms))
        if kind != ASKS:
            return b""
        is_known = frame.fields.get("wanted") == "1"
        status = Part("TakResponse", {"status": "true" if is_known else "false"})
        said = self._written(_control(_ANSWER, status, now_ms))
        self._packs = self._packs or is_known
        return said

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """Nothing: no client keeps what was not taken."""
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        raise Malformed("a team member is asked nothing")

    def tell(self, news: News, now_ms: int) -> bytes:
        """What is new, has changed, is over, or will soon be stale."""
        return b"".join(map(self._written, self._board.told(news, now_ms)))

    def _written(self, event: Event) -> bytes:
        return stream_of(message_of(event)) if self._packs else xml_of(event)


def _frame(piece: Piece) -> Frame:
    if piece.reason:
        return Frame(piece.raw, piece.reason)
    if piece.event is None:
        return Frame(piece.raw, header={"framing": piece.framing, "type": ""})
    said = said_by(piece.event)
    fields = fields_of(piece.event)
    if piece.event.kind == ASKS:
        inner = Part("detail", parts=piece.event.detail).every()
        fields["wanted"] = next((p.get("version") for p in inner if p.tag == "TakRequest"), "")
    return Frame(
        piece.raw, device=said.device, header=head_of(piece.event, piece.framing), fields=fields,
        readings=said.readings, fault=said.fault,
    )  # fmt: skip


def _control(kind: str, said: Part, now_ms: int) -> Event:
    return _plain(kind, now_ms, Part("TakControl", {}, "", (said,)))


def _plain(kind: str, now_ms: int, *detail: Part) -> Event:
    return Event(uid=_UID, kind=kind, how="m-g", at=now_ms, start=now_ms, stale=now_ms + _SOON_MS,
                 detail=detail)  # fmt: skip
