"""Where a frame may begin, how long it says it is, and what it says when it is whole."""

import re
from typing import NamedTuple

from anlan.connectors.sl651.packet import (
    DOWN,
    ENDS,
    ETB,
    ETX,
    HEX_START,
    SOH,
    STX,
    SYN,
    Packet,
)

_START = re.compile(rb"\x7e\x7e|\x01")
_HEX_HEAD, _TEXT_HEAD = 14, 24
_NO_DIGIT = re.compile(rb"[^0-9A-Fa-f]")


class Head(NamedTuple):
    """What may be a frame. bodies: where its body may end, the nearest first, counted from the
    beginning; none where more bytes must come to say so · flaw: why it is none."""

    is_text: bool
    bodies: tuple[int, ...] = ()
    flaw: str = ""

    @property
    def rest(self) -> int:
        """Bytes behind the body: its end and the check sum."""
        return 5 if self.is_text else 3


def start_from(data: bytearray, at: int) -> int:
    """Where the next frame may begin; the end of the data where none does.

    Half a beginning at the very end counts as one.
    """
    found = _START.search(data, at)
    if found is not None:
        return found.start()
    return max(at, len(data) - data.endswith(b"\x7e"))


def head_at(data: bytearray, at: int) -> Head:
    """What begins there."""
    return _text_head(data, at) if data[at] == 1 else _hex_head(data, at)


def _hex_head(data: bytearray, at: int) -> Head:
    head = data[at : at + _HEX_HEAD]
    if len(head) < _HEX_HEAD:
        return Head(False)
    return _sized(False, head[11] << 8 | head[12], head[13])


def _text_head(data: bytearray, at: int) -> Head:
    digits = data[at + 1 : at + _TEXT_HEAD - 1]
    if _NO_DIGIT.search(digits):
        return Head(True, flaw="a head in ASCII holds what is no hexadecimal digit")
    if at + _TEXT_HEAD > len(data):
        return Head(True)
    return _sized(True, int(digits[18:22], 16), data[at + _TEXT_HEAD - 1])


def _sized(is_text: bool, word: int, start: int) -> Head:
    """Packets of a hexadecimal frame use all bits for the length; some stations keep the top one
    for the direction all the same."""
    if start not in (STX, SYN):
        return Head(is_text, flaw=f"the text begins with {start:02x}, not with STX or SYN")
    size = _TEXT_HEAD if is_text else _HEX_HEAD
    short = size + (word & 0x0FFF)
    if start == SYN and not is_text:
        return Head(is_text, (short, size + word) if word >> 12 == 8 else (size + word,))
    if word >> 12 not in (0, 8) or not word & 0x0FFF:
        return Head(is_text, flaw=f"direction and length are {word:04x}")
    return Head(is_text, (short,))


def claimed(raw: bytes) -> bytes:
    """The frame that begins these bytes, right or not; empty where its end is not among them."""
    head = head_at(bytearray(raw), 0) if raw[:2] == HEX_START or raw[:1] == SOH else Head(False)
    ends = [body + head.rest for body in head.bodies if body < len(raw) and raw[body] in ENDS]
    return raw[: ends[-1]] if ends and ends[-1] <= len(raw) else b""


def packet_of(frame: bytes) -> Packet:
    """The frame, whose check sum is right. Raises ValueError where its head says nonsense."""
    if not frame:
        raise ValueError("nothing")
    is_text = frame[:1] == SOH
    if is_text:
        head, start, text = bytes.fromhex(frame[1:23].decode("ascii")), frame[23], frame[24:-5]
        end = frame[-5]
    else:
        head, start, text, end = frame[2:13], frame[13], frame[14:-3], frame[-3]
    word = head[9] << 8 | head[10]
    is_up = end in (ETX, ETB) if start == SYN and not is_text else not word & DOWN
    total = number = 0
    if start == SYN:
        count = 6 if is_text else 3
        both = int(text[:count], 16) if is_text else int.from_bytes(text[:count], "big")
        if len(text) < count:
            raise ValueError("a packet without its number")
        text, total, number = text[count:], both >> 12, both & 0x0FFF
        if not 1 <= number <= total:
            raise ValueError(f"packet {number} of {total}")
    centre, station = (head[0], head[1:6]) if is_up else (head[5], head[0:5])
    where = (centre, station.hex(), head[6:8].hex(), head[8])
    return Packet(is_text, is_up, *where, word, bytes(text), end, total, number)


def is_end(octet: int) -> bool:
    return octet in ENDS
