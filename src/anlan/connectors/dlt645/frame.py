"""Frames: `FE…` 68 address 68 control length data check 16; a stream → frames, and back. Pure.

The address is six bytes of BCD, the last digits first; each byte of the data is sent plus 33H.
"""

from typing import NamedTuple

from anlan.connectors.cut import Cutter, Judge
from anlan.terms.errors import Malformed

ANY, ALL = "aa" * 6, "99" * 6
"""Whoever hears it, where one meter is alone on the line; and all of them, which nobody answers."""
_MARK, _END, _WAKE, _SHIFT = 0x68, 0x16, b"\xfe", 0x33
_HEAD, _MOST_DATA = 10, 255
_SHORT, _OTHER = "cut short", "not this protocol"
MOST_BYTES = _HEAD + _MOST_DATA + 2


class Frame(NamedTuple):
    """address: twelve digits, the first ones first; in what is asked also `a` · control: what it
    is · data: without the 33H."""

    address: str
    control: int
    data: bytes


def written(frame: Frame, wakes: int = 4) -> bytes:
    """A frame's bytes, behind so many `FE` that wake the far end."""
    body = bytes([_MARK]) + bytes.fromhex(frame.address)[::-1] + bytes([_MARK])
    body += bytes([frame.control, len(frame.data)])
    body += bytes((one + _SHIFT) & 0xFF for one in frame.data)
    return _WAKE * wakes + body + bytes([sum(body) & 0xFF, _END])


def read(raw: bytes) -> Frame:
    """The frame in its bytes, with or without `FE` before it; Malformed for what is none."""
    raw = raw.lstrip(_WAKE)
    end, reason = _judged(raw, 0) if raw[:1] == bytes([_MARK]) else (0, _OTHER)
    if reason or end != len(raw):
        raise Malformed(reason or "wrong length")
    data = bytes((one - _SHIFT) & 0xFF for one in raw[_HEAD:-2])
    return Frame(raw[6:0:-1].hex(), raw[8], data)


def cutter() -> Cutter:
    """A stream of frames; what is woken with, or is noise, is pieces with a reason."""
    return Cutter(Judge(bytes([_MARK]), _judged))


def _judged(kept: bytes, start: int) -> tuple[int, str]:
    if len(kept) - start < _HEAD:
        is_none = len(kept) - start > 7 and kept[start + 7] != _MARK
        return (start, _OTHER) if is_none else (start + _HEAD, _SHORT)
    if kept[start + 7] != _MARK:
        return start, _OTHER
    end = start + _HEAD + kept[start + 9] + 2
    if end > len(kept):
        return end, _SHORT
    wanted = sum(kept[start : end - 2]) & 0xFF
    if kept[end - 1] != _END:
        return start, "wrong length"
    if kept[end - 2] != wanted:
        return end, f"wrong check sum: {kept[end - 2]:02X} came, {wanted:02X} is right"
    return end, ""
