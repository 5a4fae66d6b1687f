"""A stream → pieces: SIP messages whose length is right, texts by themselves, and what is neither.

A message is a start line, headers, an empty line and as many bytes as Content-Length says. A start
line within that place means that it was cut short: it ends where the next one begins, and costs no
other. So does one across its last bytes; a message whose end might be the beginning of a start
line waits for what follows. All is decided by the bytes alone, never by how they arrived.
"""

import re
from typing import NamedTuple

METHODS = (
    "REGISTER", "MESSAGE", "NOTIFY", "SUBSCRIBE", "INVITE", "ACK", "BYE", "INFO", "CANCEL",
    "OPTIONS", "UPDATE", "REFER", "PUBLISH",
)  # fmt: skip
MOST_HEAD, MOST_BODY = 16_384, 131_072
_LIMIT = MOST_HEAD + MOST_BODY
MOST_BYTES = _LIMIT + 64
"""Of what is kept of an unfinished message."""

SIP, XML, SDP, NONE = "sip", "xml", "sdp", ""

_MARKS = tuple(f"{method} sip".encode() for method in METHODS)
_START = re.compile(rb"(?:%s)|SIP/2\.0 [1-6]" % b"|".join(_MARKS))
_REACH = max(map(len, _MARKS))
_PREFIXES = frozenset(
    mark[:size] for mark in (*_MARKS, b"SIP/2.0 1") for size in range(1, len(mark))
)
_OWN_START = re.compile(rb"[A-Z]{2,20} [a-z]{2,5}:")
_ROOTS = rb"(?:Query|Response|Notify|Control)\b"
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?<(?:\?xml\b|%s)|v=0\r?\n" % _ROOTS)
_BEGIN = re.compile(rb"%s|%s" % (_START.pattern, _TEXT.pattern))
_CLOSE = re.compile(rb"</%s[ \t\r\n]*>" % _ROOTS)
_LOOK = 48
"""So many bytes are looked at before it is said what begins there."""

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"\n(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,9})[ \t]*(?=\r|\n|$)", re.I)
_TYPE = re.compile(rb"\n(?:content-type|c)[ \t]*:", re.I)
_LINE_ENDS = re.compile(rb"[\r\n]*")


class Piece(NamedTuple):
    """raw: the bytes · kind: SIP, XML, SDP or NONE · reason: why it is no whole one, if it is not.

    body: where the body of a SIP message begins.
    """

    raw: bytes
    kind: str
    reason: str = ""
    body: int = 0


class Cutter:
    """One stream."""

    def __init__(self) -> None:
        self._kept = b""
        self._sought = 0  # in the piece at the front nothing begins before this

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are complete by now."""
        self._kept += data
        return self._cut(is_end=False)

    def end(self) -> list[Piece]:
        """What was begun, as it stands."""
        return self._cut(is_end=True)

    def _cut(self, *, is_end: bool) -> list[Piece]:
        pieces = []
        kept = self._kept
        at = _past_line_ends(kept, 0)
        while at < len(kept) and (is_end or len(kept) - at >= _LOOK):
            piece = self._piece(kept[at:] if at else kept, is_end=is_end)
            if piece is None:
                break
            pieces.append(piece)
            at = _past_line_ends(kept, at + len(piece.raw))
            self._sought = 0
        self._kept = kept[at:]
        return pieces

    def _piece(self, kept: bytes, *, is_end: bool) -> Piece | None:
        """The piece at the front; None where more must come to tell."""
        kind = _kind_of(kept)
        if kind == SIP:
            return self._message(kept, is_end=is_end)
        if kind == XML:
            return self._text(kept, is_end=is_end)
        begin = _START if kind == SDP else _BEGIN
        return self._until(begin, kept, kind, is_end=is_end)

    def _message(self, kept: bytes, *, is_end: bool) -> Piece | None:
        head = _HEAD_END.search(kept, 0, MOST_HEAD)
        if head is None or _START.search(kept, 1, head.end()):
            if is_end and head is None and (whole := _without_its_end(kept)):
                return whole
            reason = "cut short: its headers have no end"
            return self._until(_START, kept, SIP, reason, is_end=is_end)
        size = _size(kept[: head.start()])
        if size is None:
            return self._until(_START, kept, SIP, is_end=is_end, body=head.end())
        end = head.end() + size
        if size > MOST_BODY:
            reason = f"too long: {size:,} bytes of content, {MOST_BODY:,} are the most"
            return self._until(_START, kept, SIP, reason, is_end=is_end)
        begun = _START.search(kept, max(1, head.end() - _REACH), end + _REACH - 1)
        if begun is not None and begun.start() < end:
            raw = kept[: begun.start()]
            return Piece(raw, SIP, _short(size, len(raw) - head.end()))
        if len(kept) >= end:
            is_open = not is_end and _may_begin(kept, end)
            return None if is_open else Piece(kept[:end], SIP, "", head.end())
        if not is_end:
            return None
        is_whole = end - len(kept) <= 2 and not kept.endswith(b"\n")
        reason = "" if is_whole else _short(size, len(kept) - head.end())
        return Piece(kept, SIP, reason, head.end())

    def _text(self, kept: bytes, *, is_end: bool) -> Piece | None:
        """XML by itself: to the end of its root."""
        close = _CLOSE.search(kept, 0, _LIMIT)
        begun = _START.search(kept, 1, close.start() if close else _LIMIT)
        if close is not None and begun is None:
            return Piece(kept[: close.end()], XML)
        return self._until(_START, kept, XML, "cut short: its root has no end", is_end=is_end)

    def _until(
        self, begin: re.Pattern[bytes], kept: bytes, kind: str, reason: str = "", *,
        is_end: bool, body: int = 0,
    ) -> Piece | None:  # fmt: skip
        """All before the next beginning, or as much as may be kept."""
        found = begin.search(kept, max(1, self._sought), _LIMIT + _REACH)
        end = found.start() if found and found.start() < _LIMIT else _LIMIT
        if not found and len(kept) < _LIMIT + _REACH:
            if not is_end:
                self._sought = max(1, len(kept) - _REACH)
                return None
            end = min(len(kept), _LIMIT)
        return Piece(kept[:end], kind, reason, body)


def _kind_of(kept: bytes) -> str:
    """What begins here."""
    if _START.match(kept):
        return SIP
    own = _OWN_START.match(kept)
    if own is not None and not _START.search(kept, 1, own.end()):
        return SIP
    text = _TEXT.match(kept)
    if text is None:
        return NONE
    return SDP if text[0].startswith(b"v") else XML


def _size(head: bytes) -> int | None:
    """Of the content; None where it lasts as long as there is no other beginning."""
    said = _LENGTH.search(head)
    if said is not None:
        return int(said[1])
    return None if _TYPE.search(head) else 0


def _without_its_end(kept: bytes) -> Piece | None:
    """Headers without content that only lack their empty line."""
    head = kept.rstrip(b"\r\n")
    said = _LENGTH.search(head)
    is_whole = said is not None and not int(said[1]) and not _START.search(head, 1)
    return Piece(kept, SIP, "", len(kept)) if is_whole else None


def _may_begin(kept: bytes, end: int) -> bool:
    """Whether a start line may begin before end and go on behind what is kept."""
    return any(kept[end - n :] in _PREFIXES for n in range(1, min(_REACH, end)))


def _short(size: int, there: int) -> str:
    return f"cut short: Content-Length says {size}, there are {max(0, there)} bytes"


def _past_line_ends(kept: bytes, at: int) -> int:
    ends = _LINE_ENDS.match(kept, at)
    return ends.end() if ends else at


def apart(said: bytes) -> list[bytes]:
    """Messages that were said together, each by itself."""
    cutter = Cutter()
    return [piece.raw for piece in (*cutter.feed(said), *cutter.end())]
