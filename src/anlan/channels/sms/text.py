"""A text as the parts of a short message, and back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from anlan.terms.errors import Malformed

MOST_PARTS = 20
"""More than this is no short message; nothing is sent."""

FLASH = 0x10
"""Added to a coding: class 0, shown at once and not stored (GSM 03.38, 4)."""

_BOTH = re.compile(r"[A-Za-z0-9 \n\r!\"#%&'()*+,./:;<=>?-]*")
"""What ASCII and the GSM alphabet write alike: right whichever of the two it is taken for."""
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_MORE = {0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]",
             0x40: "|", 0x65: "€"}  # fmt: skip
_HEADER, _LONG_HEADER = b"\x05\x00\x03", b"\x06\x08\x04"


class Coding(IntEnum):
    """How the octets of a part are signs; the numbers are those of CMPP's Msg_Fmt."""

    PLAIN = 0
    BINARY = 4
    UCS2 = 8
    GBK = 15


_WIDTH = {Coding.PLAIN: (160, 153), Coding.UCS2: (140, 134)}
"""Octets of a text in one part, and of each of several: 70 and 67 signs of Chinese."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it is sent. body: with its header where there are several; coding: with FLASH."""

    body: bytes
    coding: int
    number: int = 1
    total: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as it came. mark: which text it is of, where there are several parts."""

    text: str
    mark: int = 0
    number: int = 1
    total: int = 1


def parts(text: str, *, mark: int, is_flash: bool = False) -> list[Part]:
    """The text as parts, each headed by 05 00 03 mark total number where there are several.

    mark: 0 to 255, the same for every try, so that a phone puts a part that comes twice in the same
    place. Raises Malformed for a text that is too long.
    """
    coding = Coding.PLAIN if _BOTH.fullmatch(text) else Coding.UCS2
    octets = text.encode("ascii" if coding is Coding.PLAIN else "utf-16-be", "replace")
    alone, each = _WIDTH[coding]
    shown = coding | (FLASH if is_flash else 0)
    if len(octets) <= alone:
        return [Part(octets, shown)]
    bodies = list(_cut(octets, each, is_wide=coding is Coding.UCS2))
    if len(bodies) > MOST_PARTS:
        raise Malformed("the text is too long for a short message")
    heads = (bytes((*_HEADER, mark & 0xFF, len(bodies), n)) for n in range(1, len(bodies) + 1))
    return [
        Part(head + body, shown, n, len(bodies))
        for n, (head, body) in enumerate(zip(heads, bodies, strict=True), 1)
    ]


def _cut(octets: bytes, each: int, *, is_wide: bool) -> Iterable[bytes]:
    """Pieces of so many octets; a sign of two halves is not torn apart."""
    start = 0
    while start < len(octets):
        end = start + each
        if is_wide and end < len(octets) and octets[end - 2] & 0xFC == 0xD8:
            end -= 2
        yield octets[start:end]
        start = end


def piece_of(body: bytes, coding: int, *, has_header: bool) -> Piece:
    """What a part says that came; what cannot be read is replaced, never refused."""
    mark, total, number = 0, 1, 1
    if has_header and body:
        header, body = body[: 1 + body[0]], body[1 + body[0] :]
        mark, total, number = _header(header)
    return Piece(_signs(body, coding), mark, number, total)


def joined(pieces: Sequence[Piece]) -> str:
    """The whole text, in order, with … where a piece is missing."""
    by_number = {one.number: one.text for one in pieces}
    total = max((one.total for one in pieces), default=0)
    return "".join(by_number.get(n, "…") for n in range(1, total + 1))


def _header(header: bytes) -> tuple[int, int, int]:
    """Mark, total and number; one of one where the header says none or nonsense."""
    if header.startswith(_HEADER) and len(header) >= 6:
        mark, total, number = header[3:6]
    elif header.startswith(_LONG_HEADER) and len(header) >= 7:
        mark, total, number = int.from_bytes(header[3:5]), header[5], header[6]
    else:
        return 0, 1, 1
    return (mark, total, number) if 1 <= number <= total else (0, 1, 1)


def _signs(body: bytes, coding: int) -> str:
    match coding & ~FLASH if coding < 0x20 and coding != Coding.GBK else coding:
        case Coding.UCS2:
            return body.decode("utf-16-be", "replace")
        case Coding.GBK:
            return body.decode("gb18030", "replace")
        case 1 | 3:
            return body.decode("latin-1")
        case Coding.PLAIN:
            return _from_gsm(body)
    return body.decode("ascii", "replace")


def _from_gsm(body: bytes) -> str:
    """Signs of the GSM alphabet, an octet each (GSM 03.38, 6.2.1)."""
    found, is_more = "", False
    for octet in body:
        if is_more:
            found += _GSM_MORE.get(octet, " ")
        elif octet != 0x1B:
            found += _GSM[octet] if octet < 128 else "\ufffd"
        is_more = octet == 0x1B and not is_more
    return found
