"""A piece of a stream → the frame that it is: what a message says, and what is wrong with it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from anlan.connectors.frames import Frame, Later, Way
from anlan.connectors.gb28181.manscdp.readings import Sense, Taken, readings_of
from anlan.connectors.gb28181.manscdp.told import fields_of
from anlan.connectors.gb28181.manscdp.xml import Document, read_xml, text_at
from anlan.connectors.gb28181.media.packets import is_media, packet
from anlan.connectors.gb28181.media.sdp import read_sdp
from anlan.connectors.gb28181.sip.cut import NONE, SDP, SIP, Piece
from anlan.connectors.gb28181.sip.digest import credentials
from anlan.connectors.gb28181.sip.message import (
    Message,
    address,
    parameters,
    parts,
    read,
    text_of,
    told_lines,
)
from anlan.terms.errors import Malformed

_NOT_OURS = "not this protocol: neither SIP nor MANSCDP"
_MOST_SHOWN = 4_096
_NUMBERS = ("expires", "content-length", "max-forwards")
_TEXTS = ("user-agent", "server", "subject", "event", "subscription-state", "x-gb-ver", "date",
          "reason", "warning")  # fmt: skip


class Heard(Frame, frozen=True, gc=False):
    """A frame with the message and the text of MANSCDP that it was read from, if any. is_again: it
    came before, and is answered as it was then."""

    message: Message | None = None
    document: Document | None = None
    is_again: bool = False


DeviceOf = Callable[[Message], str]


def sender(message: Message) -> str:
    """Who sent a message, as it names itself; of a response whoever was asked."""
    return address(message.first("from" if message.method else "to")).user


class Reader:
    """Reads pieces. device_of: who sent a message · is_bare: also reads texts of MANSCDP by
    themselves, SDP and packets of streams, which nobody says to a platform."""

    def __init__(self, way: Way, device_of: DeviceOf = sender, *, is_bare: bool) -> None:
        self._sense = Sense(way.zone, bool(way.words.get("gcj02")))
        self._device_of, self._is_bare = device_of, is_bare

    def read(self, piece: Piece) -> Heard:
        """The frame of a piece; a refused one bears what could be read of it."""
        if piece.reason:
            return Heard(piece.raw, piece.reason)
        if piece.kind == SIP:
            return self._message(piece)
        return self._bare(piece) if self._is_bare else Heard(piece.raw, _NOT_OURS)

    def _message(self, piece: Piece) -> Heard:
        try:
            message = read(piece)
        except Malformed as error:
            return Heard(piece.raw, str(error))
        header, device = Later(partial(header_of, message)), self._device_of(message)
        try:
            is_read = device or self._is_bare  # what a stranger sends is not looked into
            document, fields = content_of(message) if is_read else (None, {})
        except Malformed as error:
            return Heard(piece.raw, str(error), device, header, message=message)
        taken = readings_of(device, document, self._sense) if document else Taken()
        return Heard(
            piece.raw, "", device, header, fields, taken.readings, fault=taken.fault,
            dials=taken.dials, message=message, document=document,
        )  # fmt: skip

    def _bare(self, piece: Piece) -> Heard:
        if piece.kind == NONE:
            told = packet(piece.raw)
            reason = "" if is_media(told) else _NOT_OURS
            return Heard(piece.raw, reason, fields={"kind": "media", **told})
        try:
            if piece.kind == SDP:
                return Heard(piece.raw, fields={"sdp": read_sdp(text_of(piece.raw))})
            document = read_xml(piece.raw)
            fields = fields_of(document)
        except Malformed as error:
            return Heard(piece.raw, str(error))
        device = text_at(document.tree, "DeviceID") or ""
        taken = readings_of(device, document, self._sense)
        return Heard(
            piece.raw, "", device, {}, fields, taken.readings, fault=taken.fault, dials=taken.dials
        )


def header_of(message: Message) -> dict[str, Any]:
    """What the headers say; `lines` has each as it stands up to its line feed."""
    number, method = message.asked
    told: dict[str, Any] = {"start_line": message.start}
    if message.method:
        told |= {"method": message.method, "uri": message.uri}
    else:
        told |= {"status": message.status, "phrase": message.start.partition(" ")[2][4:]}
    told |= {"call_id": message.first("call-id"), "cseq": message.first("cseq")}
    told |= {"cseq_number": number, "cseq_method": method}
    for name in ("from", "to", "contact"):
        if value := message.first(name):
            told[name] = address(value).told()
    told["via"] = [_via(one) for line in message.every("via") for one in parts(line)]
    told["content_type"] = message.first("content-type") or None
    for name in _NUMBERS:
        value = message.first(name)
        if value.isascii() and value.isdigit() and len(value) < 10:
            told[name.replace("-", "_")] = int(value)
    told |= {name.replace("-", "_"): message.first(name) for name in _TEXTS if message.every(name)}
    for name in ("authorization", "www-authenticate"):
        if message.every(name):
            told[name.replace("-", "_")] = credentials(message.first(name))
    return told | {"lines": told_lines(message.lines)}


def _via(value: str) -> dict[str, Any]:
    sent, _, rest = value.partition(";")
    protocol, _, by = sent.strip().rpartition(" ")
    return {"protocol": protocol.strip(), "sent_by": by, **parameters(";" + rest)}


def content_of(message: Message) -> tuple[Document | None, dict[str, Any]]:
    """The text of MANSCDP in it, if any, and its fields. Malformed where it should hold one and
    does not."""
    kind, body = message.kind, message.body
    if not body:
        return None, {}
    if kind.endswith("xml") or (not kind and body.lstrip().startswith(b"<")):
        document = read_xml(body)
        return document, fields_of(document)
    text = text_of(body)
    if kind == "application/sdp":
        try:
            return None, {"sdp": read_sdp(text)}
        except Malformed:
            return None, {"raw": body[:_MOST_SHOWN].hex()}
    if kind == "application/mansrtsp":
        return None, {"rtsp": _rtsp(text)}
    return None, {"raw": body[:_MOST_SHOWN].hex()}


def _rtsp(text: str) -> dict[str, Any]:
    """How a recording is played: PLAY, PAUSE, TEARDOWN with its headers."""
    start, _, rest = text.strip().partition("\n")
    lines = (line.partition(":") for line in rest.splitlines())
    return {"start_line": start.strip()} | {n.strip(): v.strip() for n, colon, v in lines if colon}
