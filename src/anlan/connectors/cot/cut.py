"""A stream → events: XML one after the other, messages behind `BF length`, or one datagram of them.

All is decided by the bytes alone, never by how they arrived. A message is looked for where the
stream begins with one, and once the far end has asked to speak so. Where a begin is wrong the
search goes on one byte later, so that what is broken never hides a good event; but a stream that
makes us read the same bytes in vain again and again is read no further than it is long.
"""

import re
from collections.abc import Generator, Iterator
from typing import Final, NamedTuple

from anlan.connectors.cot import event, proto
from anlan.connectors.cot.event import Event
from anlan.terms.errors import Malformed

MOST_BYTES: Final = 64 << 10
ASKS: Final = "t-x-takp-q"
"""The type of the event by which a far end asks to speak in messages."""
XML, STREAM, MESH = "XML", "stream: BF varint + protobuf", "mesh: BF 01 BF + protobuf"
_MARK, _PACKED, _MESH = b"<event", b"\xbf", b"\xbf\x01\xbf"
_XML_MARK, _ANY_MARK = re.compile(_MARK), re.compile(_MARK + b"|" + _PACKED)
_HEAD = re.compile(rb"""<event(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*')*+""")
_INNER = re.compile(rb"</event\s*>|<event[\s/>]")
_BETWEEN = re.compile(rb"(?:[\s\0]|<\?xml[^<>]*\?>)*")
_NOTHING, _SHORT = "not this protocol: nothing in it begins an event", "cut short"
_VAIN = "no message: too much before it was read in vain"
_LONG = f"longer than {MOST_BYTES} bytes"
_PIECE_BYTES, _MOST_VARINT = 1_024, 10
_MOST_VAIN, _VAIN_EACH = 4 * MOST_BYTES, 2
"""Bytes that are read in vain at most, and how many more with each byte of the stream."""


class Piece(NamedTuple):
    """Bytes of a stream. framing: how they are packed · reason: why they are no event · event:
    what they say, None where a message holds none."""

    raw: bytes
    framing: str = ""
    reason: str = ""
    event: Event | None = None


class _Verdict(NamedTuple):
    """What begins at a mark: where it ends, beyond what is kept while it is unfinished; and what it
    is, or why it is nothing. vain: so many bytes were read to learn that."""

    end: int
    framing: str = ""
    reason: str = ""
    event: Event | None = None
    vain: int = 0


class Cutter:
    """One stream. Keeps an unfinished event, and less than 1,024 bytes before it that are none."""

    def __init__(self) -> None:
        self._kept, self._at, self._reason = b"", 0, ""
        self._is_begun = self._is_mesh = self._packs = False
        self._taken_bytes = self._vain = self._vain_at = 0

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are complete by now."""
        self._kept += data
        return list(self._cut(is_end=False))

    def end(self) -> list[Piece]:
        """The same at the end of the stream, where what is unfinished is cut short."""
        return list(self._cut(is_end=True))

    def _cut(self, *, is_end: bool) -> Iterator[Piece]:
        if not self._is_begun:
            if not is_end and self._kept == _MESH[: len(self._kept)] and len(self._kept) < 3:
                return
            self._is_begun, self._packs = True, self._kept[:1] == _PACKED
            self._is_mesh = self._kept[:3] == _MESH
        if self._is_mesh:
            if not is_end and len(self._kept) <= MOST_BYTES:
                return
            yield self._datagram()
        yield from self._scan(is_end)

    def _datagram(self) -> Piece:
        """All that came is one message; what is too long for one is looked at as a stream."""
        self._is_mesh, is_long = False, len(self._kept) > MOST_BYTES
        raw = self._taken(min(len(self._kept), MOST_BYTES))
        one = _Verdict(0, "", _LONG) if is_long else _said(raw[3:], 0, MESH)
        return Piece(raw, *one[1:4])

    def _scan(self, is_end: bool) -> Iterator[Piece]:
        while (start := self._mark()) >= 0:
            start -= yield from self._garbage(start, is_whole=False)
            one = self._judged(start)
            if one.end > len(self._kept):
                if not is_end:
                    self._at = start
                    return
                one = _Verdict(start, "", _SHORT)
            if one.reason and not self._is_alone(start, one.end):
                self._reason, self._at = self._reason or one.reason, start + 1
                continue
            yield from self._garbage(start, is_whole=True)
            yield Piece(self._taken(one.end - start), *one[1:4])
            is_asked = one.event is not None and one.event.kind == ASKS
            self._packs = self._packs or is_asked
        edge = len(self._kept) - (0 if is_end else _overlap(self._kept))
        self._at = max(self._at, edge)
        yield from self._garbage(edge, is_whole=is_end)

    def _mark(self) -> int:
        """Where the next event may begin; -1 where none does."""
        found = self._marks.search(self._kept, self._at)
        return found.start() if found else -1

    @property
    def _marks(self) -> re.Pattern[bytes]:
        return _ANY_MARK if self._packs else _XML_MARK

    def _judged(self, start: int) -> _Verdict:
        if self._kept.startswith(_MARK, start):
            return _element(self._kept, start)
        at = self._taken_bytes + start
        self._vain = max(0, self._vain - _VAIN_EACH * (at - self._vain_at))
        self._vain_at = at
        if self._vain > _MOST_VAIN:
            return _Verdict(start, "", _VAIN)
        one = _message(self._kept, start)
        self._vain += one.vain
        return one

    def _is_alone(self, start: int, end: int) -> bool:
        """Whether what is broken has its end, and nothing in it could be an event."""
        return start < end and self._marks.search(self._kept, start + 1, end) is None

    def _garbage(self, size: int, *, is_whole: bool) -> Generator[Piece, None, int]:
        """The first bytes are no event: whole pieces of them, or all; gives how many are gone."""
        gone = 0
        while size - gone >= (1 if is_whole else _PIECE_BYTES):
            raw = self._taken(min(_PIECE_BYTES, size - gone))
            gone += len(raw)
            if self._reason or not _BETWEEN.fullmatch(raw):
                yield Piece(raw, "", self._reason or _NOTHING)
            self._reason = ""
        return gone

    def _taken(self, size: int) -> bytes:
        raw, self._kept = self._kept[:size], self._kept[size:]
        self._at = max(0, self._at - size)
        self._taken_bytes += size
        return raw


def _overlap(kept: bytes) -> int:
    """How many bytes at the end may be the begin of a mark."""
    return next((n for n in range(len(_MARK) - 1, 0, -1) if kept.endswith(_MARK[:n])), 0)


def _element(kept: bytes, start: int) -> _Verdict:
    """An event of XML at its mark."""
    end = _end_of(kept, start)
    if min(end, len(kept)) - start > MOST_BYTES:
        return _Verdict(start, "", _LONG)
    if end > len(kept):
        return _Verdict(end)
    if end == start:
        return _Verdict(start, "", _SHORT)
    try:
        return _Verdict(end, XML, "", event.event_in(kept[start:end]))
    except Malformed as error:
        return _Verdict(end, "", error.message)


def _end_of(kept: bytes, start: int) -> int:
    """Where an element ends: at its start where it does not, and beyond what is kept where that is
    not known yet."""
    beyond, head = len(kept) + 1, _HEAD.match(kept, start)
    if head is None:
        return beyond if len(kept) == start + len(_MARK) else start
    at = head.end()
    sign = kept[at : at + 1]
    if sign != b">":
        # An attribute without its end, or a tag that begins within this one.
        return start if kept.find(b"<", at) >= 0 else beyond
    if kept[at - 1 : at] == b"/":
        return at + 1
    inner = _INNER.search(kept, at + 1)
    if inner is None:
        return beyond
    return inner.end() if inner[0].startswith(b"</") else start


def _message(kept: bytes, start: int) -> _Verdict:
    """A message of a stream at its mark."""
    try:
        size, at = proto.varint(kept, start + 1)
    except Malformed as error:
        is_open = len(kept) - start <= _MOST_VARINT
        return _Verdict(len(kept) + 1 if is_open else start, "", "" if is_open else error.message)
    if at + size - start > MOST_BYTES:
        return _Verdict(start, "", _LONG)
    if at + size > len(kept):
        return _Verdict(at + size)
    return _said(kept[at : at + size], at + size, STREAM)


def _said(raw: bytes, end: int, framing: str) -> _Verdict:
    try:
        return _Verdict(end, framing, "", proto.event_in(raw))
    except Malformed as error:
        reason = f"no message: {error.message}"
        return _Verdict(end, "", reason, vain=proto.effort_of(raw))
