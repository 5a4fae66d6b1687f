"""The outer form: 7E, escaped header and body, a byte that makes the XOR of all zero, 7E.

Between any two 7E stands one frame or garbage, each judged by itself: so garbage can cost no frame
that is whole, one 7E may end a frame and begin the next, and two may stand there as well.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from anlan.terms.errors import Malformed

EDGE = b"\x7e"
MOST_BODY = 1023
MOST = 2 * (21 + MOST_BODY + 1) + 2
"""The most bytes of one frame: the longest header and body, every byte escaped, two edges."""

_INNER = MOST - 2
_PART, _NEW, _LENGTH = 0x2000, 0x4000, 0x3FF
_U16 = struct.Struct(">H")
_PAIR = struct.Struct(">HH")
_OLD, _NEWER = struct.Struct(">HH6sH"), struct.Struct(">HHB10sH")
"""Headers of 2013 and 2019: message, marks, version of 2019, phone, serial."""
_new = tuple.__new__
_HALVES = tuple(8 << n for n in range(12))


class Head(NamedTuple):
    """What a header says.

    id: of the message · version: 2013 or 2019 · bcd: the phone as it came · phone: without the
    zeros before it · encryption: 0 none, 1 RSA · total, part: how many parts there are and which
    this is, None of a whole message.
    """

    id: int
    version: int
    protocol: int
    bcd: str
    phone: str
    serial: int
    encryption: int
    length: int
    total: int | None = None
    part: int = 0


class Piece(msgspec.Struct, frozen=True, gc=False):
    """What stood between two edges: raw with them, and why it is no frame, or its head and body."""

    raw: bytes
    reason: str = ""
    head: Head | None = None
    body: bytes = b""


@dataclass(slots=True)
class Cutter:
    """Cuts a stream into pieces; keeps less than MOST bytes of what has not ended.

    is_mixed: a header of 2013 is believed under the mark of 2019, where only it fits the length.
    """

    is_mixed: bool = False
    _kept: bytes = b""
    _is_open: bool = False
    _is_over: bool = False

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that have ended by now."""
        *ended, rest = (self._kept + data).split(EDGE)
        pieces = []
        for inner in ended:
            if inner:
                pieces.append(self._piece(inner))
            self._is_open, self._is_over = True, False
        if len(rest) > _INNER:
            rest, self._is_over = rest[:_INNER], True
        self._kept = rest
        return pieces

    def end(self) -> Iterator[Piece]:
        """The stream ends: what has begun is cut short."""
        if self._kept:
            edge = EDGE if self._is_open else b""
            begun = "cut short: no 7E at its end" if self._is_open else "no frame: no 7E in it"
            reason = _TOO_LONG if self._is_over else begun
            yield Piece(edge + self._kept, reason)
        self._kept, self._is_open, self._is_over = b"", False, False

    def _piece(self, inner: bytes) -> Piece:
        if self._is_over or len(inner) > _INNER:
            return Piece(inner[:_INNER], _TOO_LONG)
        if not self._is_open:
            return Piece(inner, "garbage before the 7E of a frame")
        return judged(EDGE + inner + EDGE, is_mixed=self.is_mixed)


_TOO_LONG = f"longer than the {MOST} bytes that a frame may have"


def judged(raw: bytes, *, is_mixed: bool = False) -> Piece:
    """One frame with its edges, judged."""
    inner = raw[1:-1]
    if 0x7D in inner:
        inner = inner.replace(b"\x7d\x02", EDGE).replace(b"\x7d\x01", b"\x7d")
    if len(inner) < 13:
        return Piece(raw, f"cut short: {len(inner)} bytes, a header and its check need 13")
    if left := folded(inner):
        wanted = inner[-1] ^ left
        return Piece(raw, f"wrong check: {inner[-1]:02X}, it should be {wanted:02X}")
    data = inner[:-1]
    try:
        head, start = _head(data)
        if is_mixed and head.version == 2019 and head.length != len(data) - start:
            head, start = _mixed(data, head, start)
    except _CutShort as error:
        return Piece(raw, str(error))
    if head.length != len(data) - start:
        return Piece(raw, _wrong_length(head, len(data) - start))
    return Piece(raw, "", head, data[start:])


class _CutShort(Exception):
    pass


def folded(data: bytes) -> int:
    """The XOR of all bytes."""
    value = int.from_bytes(data, "big")
    for half in _HALVES[: (len(data) - 1).bit_length()]:
        value ^= value >> half  # the lowest byte is of twice as many now
    return value & 0xFF


def _head(data: bytes, *, is_old: bool = False) -> tuple[Head, int]:
    marks = data[2] << 8 | data[3]
    is_new = bool(marks & _NEW) and not is_old
    version, start = (2019, 17) if is_new else (2013, 12)
    if len(data) < start + (4 if marks & _PART else 0):
        raise _CutShort(f"cut short: {len(data)} bytes hold no header of {version}")
    if is_new:
        number, _, protocol, phone, serial = _NEWER.unpack_from(data)
    else:
        number, _, phone, serial = _OLD.unpack_from(data)
        protocol = 0
    total, index, bcd = None, 0, phone.hex()
    if marks & _PART:
        total, index = _PAIR.unpack_from(data, start)
        start += 4
    values = (number, version, protocol, bcd, bcd.lstrip("0") or "0", serial, marks >> 10 & 7,
              marks & _LENGTH, total, index)  # fmt: skip
    return _new(Head, values), start


def _mixed(data: bytes, head: Head, start: int) -> tuple[Head, int]:
    old, at = _head(data, is_old=True)
    return (old, at) if old.length == len(data) - at else (head, start)


def _wrong_length(head: Head, found: int) -> str:
    reason = f"wrong length: the header says {head.length}, the body has {found}"
    if head.version == 2019 and head.length == found + 5:
        return reason + "; it would fit a header of 2013, which the setting `mixed` believes"
    return reason


def escaped(data: bytes) -> bytes:
    """Header and body with their check, between two edges."""
    data += bytes((folded(data),))
    if 0x7D in data or 0x7E in data:
        data = data.replace(b"\x7d", b"\x7d\x01").replace(EDGE, b"\x7d\x02")
    return EDGE + data + EDGE


def framed(head: Head, body: bytes) -> bytes:
    """A message as its frames: several where the body is longer than one can bear.

    Raises Malformed for a phone that is no BCD, or a body that needs more than 65,535 parts.
    """
    if len(body) <= MOST_BODY and head.total is None:
        return escaped(header(head, len(body)) + body)
    if head.total is not None:
        return escaped(header(head, len(body)) + _PAIR.pack(head.total, head.part) + body)
    parts = [body[at : at + MOST_BODY] for at in range(0, len(body), MOST_BODY)]
    if len(parts) > 0xFFFF:
        raise Malformed("a message of more than 65,535 parts")
    return b"".join(
        framed(head._replace(total=len(parts), part=n + 1, serial=(head.serial + n) & 0xFFFF), part)
        for n, part in enumerate(parts)
    )


def header(head: Head, length: int) -> bytes:
    """A header before a body of that length, without the counts of parts."""
    is_new = head.version >= 2019
    marks = (
        length
        | head.encryption << 10
        | (0 if head.total is None else _PART)
        | (_NEW if is_new else 0)
    )
    try:
        phone = bytes.fromhex(head.phone.rjust(20 if is_new else 12, "0"))
    except ValueError as error:
        raise Malformed(f"not a phone: {head.phone!r}") from error
    protocol = bytes((head.protocol or 1,)) if is_new else b""
    return _PAIR.pack(head.id, marks) + protocol + phone + _U16.pack(head.serial)


def told(head: Head, name: str) -> dict[str, Any]:
    """A header as it is shown."""
    shown: dict[str, Any] = {
        "msgId": f"0x{head.id:04X}", "name": name, "phone": head.phone, "phoneBCD": head.bcd,
        "sn": head.serial, "bodyLen": head.length, "encrypt": head.encryption,
        "v2019": head.version == 2019, "subpackage": head.total is not None,
    }  # fmt: skip
    if head.version == 2019:
        shown["protocolVersion"] = head.protocol
    if head.total is not None:
        shown |= {"total": head.total, "index": head.part}
    return shown
