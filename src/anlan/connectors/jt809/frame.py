"""The outer form: 5B, escaped head, body and check, 5D.

Neither 5B nor 5D stands inside a frame as it travels, so each pair of them is judged by itself and
garbage can cost no frame that is whole. The check is CRC-16/CCITT-FALSE; the length in the head
counts all bytes of the frame before they are escaped.
"""

import struct
from binascii import crc_hqx
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

BEGIN, END = b"\x5b", b"\x5d"
_REACH, _MOST_LOGGED = 1 << 18, 2_048
MOST = _REACH + _MOST_LOGGED
"""The most bytes that are kept; a frame has at most the first of them, a photograph is in one."""

_HEAD, _TIME, _CHECK = struct.Struct(">IIHI3sBI"), struct.Struct(">Q"), struct.Struct(">H")
_LEAST = _HEAD.size + _CHECK.size
_EDGES = 2
_ESCAPES = (
    (b"\x5a\x01", BEGIN), (b"\x5e\x01", END), (b"\x5a\x02", b"\x5a"), (b"\x5e\x02", b"\x5e"),
)  # fmt: skip
_ID_AT = 9
_FIRST_OF_IDS = frozenset((*range(0x10, 0x1C), *range(0x90, 0x9C)))
"""The first byte of every number that a message of the standard has."""
_FIRST_S, _LAST_S = 946_684_800, 1 << 32
"""2000 to 2106: what stands behind the head is a time only within these, or 0."""

_LONG = f"longer than the {_REACH} bytes that a frame may have"
_NOTHING = "not this protocol: no 5B before it"


class Head(NamedTuple):
    """What a head says.

    centre: the code of the lower platform 接入码 · version: three bytes of the protocol ·
    encryption: 0 none · key: what the body is encrypted with · time: of sending in s, since 2019.
    """

    length: int
    sn: int
    id: int
    centre: int
    version: bytes
    encryption: int
    key: int
    time: int | None = None

    @property
    def edition(self) -> int:
        """Of the standard: only since 2019 a head bears a time."""
        return 2011 if self.time is None else 2019


class Piece(NamedTuple):
    """Bytes of a stream, and why they are no frame, or what is between edges and check."""

    raw: bytes
    reason: str = ""
    data: bytes = b""
    crc: int = 0


@dataclass(slots=True)
class Cutter:
    """Cuts a stream into pieces; keeps less than MOST bytes of what has not ended."""

    _kept: bytearray = field(default_factory=bytearray)
    _seen: int = 0

    def feed(self, data: bytes) -> Iterator[Piece]:
        """The pieces that have ended by now."""
        self._kept += data
        yield from self._cut(is_end=False)

    def end(self) -> Iterator[Piece]:
        """The stream ends: what has begun is cut short."""
        yield from self._cut(is_end=True)
        kept, self._kept, self._seen = bytes(self._kept), bytearray(), 0
        start = kept.rfind(BEGIN)
        start = len(kept) if start < 0 else start
        if kept[:start]:
            yield Piece(kept[:start], _why(kept))
        if kept[start:]:
            yield Piece(kept[start:], "cut short: no 5D at its end")

    def _cut(self, *, is_end: bool) -> Iterator[Piece]:
        kept, at, seen = self._kept, 0, self._seen
        while True:
            end = kept.find(END, seen, at + _REACH)
            if end >= 0:
                seen = end
                found = _found(kept, at, end, is_end=is_end)
                if found is None:
                    break
                start, end, piece = found
                if start > at:
                    yield Piece(bytes(kept[at:start]), _why(kept[at : at + 1]))
                yield piece
                at = seen = end
            elif len(kept) - at < _REACH:
                seen = len(kept)
                break
            else:  # an end is not in sight: what could still be a frame begins at a later 5B
                start = kept.rfind(BEGIN, at + 1, at + _REACH)
                seen = at + _REACH
                cut = start if start > 0 else seen
                yield Piece(bytes(kept[at:cut]), _LONG if kept[at] == BEGIN[0] else _NOTHING)
                at = cut
        del kept[:at]
        self._seen = seen - at


def _found(kept: bytearray, at: int, end: int, *, is_end: bool) -> tuple[int, int, Piece] | None:
    """Where the piece that a 5D ends begins and ends, and the piece; None where more must come.

    A frame begins at the last 5B before its 5D. Where that is none, a frame of which the escapes
    were taken away already, as programs log them, has the length that its head says.
    """
    start = kept.rfind(BEGIN, at, end)
    if start < 0:
        return at, end + 1, Piece(bytes(kept[at : end + 1]), _NOTHING)
    piece = judged(bytes(kept[start : end + 1]))
    if not piece.reason:
        return start, end + 1, piece
    begin = kept.find(BEGIN, max(at, end + 1 - _MOST_LOGGED), end)
    while begin >= 0:
        length = _logged(kept, begin)
        if begin + length > end and (begin, length) != (start, end + 1 - start):
            if begin + length > len(kept):
                if not is_end:
                    return None
            elif kept[begin + length - 1] == END[0]:
                logged = judged(bytes(kept[begin : begin + length]))
                if not logged.reason:
                    return begin, begin + length, logged
        begin = kept.find(BEGIN, begin + 1, end)
    return start, end + 1, piece


def _logged(kept: bytearray, start: int) -> int:
    """How long the head at a 5B says that its frame is; 0 where that is no head, or too long."""
    if len(kept) < start + _ID_AT + 2:
        return 0
    length = int.from_bytes(kept[start + 1 : start + 5], "big")
    is_head = kept[start + _ID_AT] in _FIRST_OF_IDS
    return length if is_head and _LEAST + _EDGES <= length <= _MOST_LOGGED else 0


def _why(data: bytes | bytearray) -> str:
    return "cut short: another 5B before its 5D" if data[:1] == BEGIN else _NOTHING


def judged(raw: bytes) -> Piece:
    """One frame with its edges, judged."""
    inner = bare(raw)
    if len(inner) < _LEAST:
        return Piece(raw, f"cut short: {len(inner)} bytes, a head and its check need {_LEAST}")
    data, crc = inner[:-2], _CHECK.unpack(inner[-2:])[0]
    if (wanted := crc_hqx(data, 0xFFFF)) != crc:
        return Piece(raw, f"wrong check: {crc:04X}, it should be {wanted:04X}")
    said, found = _HEAD.unpack_from(data)[0], len(inner) + _EDGES
    if said != found:
        return Piece(raw, f"wrong length: the head says {said}, there are {found}")
    return Piece(raw, "", data, crc)


def heads(data: bytes) -> list[tuple[Head, bytes]]:
    """How a frame's data may be read as head and body: as in 2019, where it may be, and in 2011.

    Nothing in a head names the edition; only the body tells which of them it is.
    """
    old = Head(*_HEAD.unpack_from(data))
    found = [(old, data[_HEAD.size :])]
    if len(data) >= _HEAD.size + _TIME.size:
        time = _TIME.unpack_from(data, _HEAD.size)[0]
        if not time or _FIRST_S <= time < _LAST_S or _FIRST_S <= time // 1000 < _LAST_S:
            found.insert(0, (old._replace(time=time), data[_HEAD.size + _TIME.size :]))
    return found


def framed(head: Head, body: bytes) -> bytes:
    """A message as its frame; the length in the head is made here."""
    time = b"" if head.time is None else _TIME.pack(head.time)
    length = _LEAST + len(time) + len(body) + _EDGES
    data = _HEAD.pack(*head._replace(length=length)[:7]) + time + body
    return edged(data + _CHECK.pack(crc_hqx(data, 0xFFFF)))


def edged(data: bytes) -> bytes:
    """Head, body and check, escaped and between edges."""
    for escaped, plain in reversed(_ESCAPES):
        data = data.replace(plain, escaped)
    return BEGIN + data + END


def bare(raw: bytes) -> bytes:
    """The inverse. An escape that is none stands for itself."""
    inner = raw[1:-1]
    for escaped, plain in _ESCAPES:
        inner = inner.replace(escaped, plain)
    return inner


def told(head: Head, crc: int, name: str) -> dict[str, Any]:
    """A head as it is shown."""
    shown: dict[str, Any] = {
        "msgId": f"0x{head.id:04X}", "name": name, "length": head.length, "msgSN": head.sn,
        "gnssCenterId": head.centre, "version": ".".join(map(str, head.version)),
        "edition": head.edition, "encrypt": head.encryption, "key": head.key,
        "crc": f"0x{crc:04X}",
    }  # fmt: skip
    return shown if head.time is None else shown | {"time": head.time}
