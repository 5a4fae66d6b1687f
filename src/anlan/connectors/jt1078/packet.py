"""One packet: 30 31 63 64, what RTP would say, the phone, the channel, times, a length and data.

Nothing in it says whether the phone has 6 bytes, or 10 as terminals of 2019 send it: a phone of at
most 12 digits begins with four zero bytes where it has 10, and other readings fit nowhere.
"""

import struct
from typing import Any, NamedTuple

from anlan.connectors.cut import Judge

MARK = b"\x30\x31\x63\x64"
MOST_DATA = 950
MOST = 1_024
"""The longest head has 34 bytes; of what is no packet this many are told at once."""

_START, _PHONE_AT = struct.Struct(">4sBBH"), 8
_TIMES, _LENGTH = struct.Struct(">Q"), struct.Struct(">H")
_OLD, _NEW, _ZEROS = 6, 10, bytes(4)
_VIDEO, _AUDIO, _THROUGH = (0, 1, 2), 3, 4
_MOST_PLACE, _MOST_TIME = 3, 1 << 48
TYPES = {0: "I", 1: "P", 2: "B", 3: "audio", 4: "passed_through"}
PLACES = {0: "whole", 1: "first", 2: "last", 3: "middle"}
CODINGS = {
    1: "G.721", 2: "G.722", 3: "G.723", 4: "G.728", 5: "G.729", 6: "G.711A", 7: "G.711U",
    8: "G.726", 9: "G.729A", 10: "DVI4_3", 11: "DVI4_4", 12: "DVI4_8K", 13: "DVI4_16K", 14: "LPC",
    15: "S16BE_STEREO", 16: "S16BE_MONO", 17: "MPEGAUDIO", 18: "LPCM", 19: "AAC", 20: "WMA9STD",
    21: "HEAAC", 22: "PCM_VOICE", 23: "PCM_AUDIO", 24: "AACLC", 25: "MP3", 26: "ADPCMA",
    27: "MP4AUDIO", 28: "AMR", 91: "passed_through", 98: "H.264", 99: "H.265", 100: "AVS",
    101: "SVAC",
}  # fmt: skip


class Packet(NamedTuple):
    """What a packet says. kind: of the data · place: in a frame of several packets.

    time: in ms, of the terminal's own beginning · since_key, since_last: ms since the last I frame
    and the last frame, of video only.
    """

    flags: int
    is_last: bool
    coding: int
    sn: int
    phone: str
    channel: int
    kind: int
    place: int
    time: int | None
    since_key: int | None
    since_last: int | None
    data: bytes

    @property
    def device(self) -> str:
        return self.phone.lstrip("0") or "0"


class _Head(NamedTuple):
    """Where the fields of a packet are; size: of all of it, 0 where its head is unfinished."""

    phone_bytes: int
    times_at: int
    length_at: int
    length: int

    @property
    def size(self) -> int:
        return self.length_at + _LENGTH.size + self.length


def _judge(kept: bytes, start: int) -> tuple[int, str]:
    """As cut.Judge has it."""
    reason = ""
    for phone_bytes in _sizes(kept, start):
        found = _head(kept, start, phone_bytes)
        if found is None:
            return len(kept) + 1, "cut short: its head is not whole"
        if isinstance(found, _Head):
            return start + found.size, _short(kept, start, found)
        reason = reason or found
    return start, reason


def _sizes(kept: bytes, start: int) -> tuple[int, int]:
    """How many bytes its phone may have, the likelier first."""
    at = start + _PHONE_AT
    return (_NEW, _OLD) if kept[at : at + len(_ZEROS)] == _ZEROS else (_OLD, _NEW)


def _short(kept: bytes, start: int, head: _Head) -> str:
    there = len(kept) - start
    return f"cut short: {there} bytes of {head.size}" if there < head.size else ""


def _head(kept: bytes, start: int, phone_bytes: int) -> _Head | str | None:
    """The head with a phone of so many bytes; why it is none; None where more must come."""
    kind_at = _PHONE_AT + phone_bytes + 1
    if len(kept) <= start + kind_at:
        return None
    kind, place = divmod(kept[start + kind_at], 16)
    if kind not in TYPES or place > _MOST_PLACE:
        return f"not this protocol: no data of type {kind} and place {place}"
    if not kept[start + _PHONE_AT : start + kind_at - 1].hex().isdecimal():
        return "not this protocol: its phone is no number"
    times_at = kind_at + 1
    length_at = times_at + (0 if kind == _THROUGH else 8) + (4 if kind in _VIDEO else 0)
    if len(kept) < start + length_at + _LENGTH.size:
        return None
    if kind != _THROUGH and _TIMES.unpack_from(kept, start + times_at)[0] >= _MOST_TIME:
        return "not this protocol: its time is none"
    length = _LENGTH.unpack_from(kept, start + length_at)[0]
    if length > MOST_DATA:
        return f"wrong length: {length} bytes of data, a packet has at most {MOST_DATA}"
    return _Head(phone_bytes, times_at, length_at, length)


JUDGE = Judge(MARK, _judge)


def read_packet(raw: bytes) -> Packet:
    """A packet that was judged to be one."""
    found = (_head(raw, 0, size) for size in _sizes(raw, 0))
    head = next(one for one in found if isinstance(one, _Head))
    _, flags, coding, sn = _START.unpack_from(raw)
    kind, place = divmod(raw[head.times_at - 1], 16)
    times = None if kind == _THROUGH else _TIMES.unpack_from(raw, head.times_at)[0]
    spans = raw[head.times_at + 8 : head.length_at] if kind in _VIDEO else b""
    key, last = (_LENGTH.unpack_from(spans, at)[0] if spans else None for at in (0, 2))
    phone = raw[_PHONE_AT : _PHONE_AT + head.phone_bytes].hex()
    return Packet(
        flags, coding >= 0x80, coding & 0x7F, sn, phone, raw[head.times_at - 2], kind, place, times,
        key, last, raw[head.length_at + _LENGTH.size :],
    )  # fmt: skip


def write_packet(one: Packet) -> bytes:
    """A packet's bytes."""
    start = _START.pack(MARK, one.flags, one.is_last << 7 | one.coding, one.sn)
    where = bytes((one.channel, one.kind << 4 | one.place))
    times = b"" if one.time is None else _TIMES.pack(one.time)
    spans = b"".join(_LENGTH.pack(ms) for ms in (one.since_key, one.since_last) if ms is not None)
    length = _LENGTH.pack(len(one.data))
    return start + bytes.fromhex(one.phone) + where + times + spans + length + one.data


def told(one: Packet) -> dict[str, Any]:
    """A packet's head as it is shown."""
    shown: dict[str, Any] = {
        "V_P_X_CC": f"0x{one.flags:02X}", "M": int(one.is_last), "PT": one.coding,
        "coding": CODINGS.get(one.coding, ""), "sn": one.sn, "sim": one.phone,
        "channel": one.channel, "dataType": one.kind, "type": TYPES[one.kind],
        "subpackage": one.place, "place": PLACES[one.place], "bodyLen": len(one.data),
    }  # fmt: skip
    times = {
        "timestamp_ms": one.time,
        "lastIFrameInterval": one.since_key,
        "lastFrameInterval": one.since_last,
    }
    return shown | {name: value for name, value in times.items() if value is not None}
