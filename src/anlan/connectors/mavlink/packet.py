"""Packets of MAVLink 1 (`FE`) and 2 (`FD`): check sum, signature, a stream → packets. Pure.

The check sum is X.25's over all behind the mark and one byte more, which each kind of message has
for itself. Of a kind that is not known here that byte is not known either: its packet is taken
where some byte would be right, and says so.
"""

import hashlib
from binascii import crc_hqx
from typing import NamedTuple

from anlan.connectors.cut import Cutter, Judge
from anlan.connectors.mavlink.messages import EXTRAS

V1, V2 = 0xFE, 0xFD
MOST_BYTES = 10 + 255 + 2 + 13
KEY_BYTES = 32
_SIGNED, _SIGNATURE = 0x01, 13
_SHORT, _OTHER = "cut short", "not this protocol: nothing in it begins a packet"
_TURNED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))
_LAST = {crc_hqx(bytes((n,)), 0) for n in range(256)}
"""What one byte more can make of a check sum."""


class Packet(NamedTuple):
    """version: 1 or 2 · kind: number of the message · is_known: its check sum was proved whole ·
    signature: link, time and proof of a packet that is signed, empty of others."""

    raw: bytes
    version: int
    sequence: int
    system: int
    component: int
    kind: int
    payload: bytes
    is_known: bool = True
    signature: bytes = b""


def cutter() -> Cutter:
    """A stream of packets. There are two marks: each byte is looked at."""
    return Cutter(Judge(b"", _judged))


def packet_in(raw: bytes) -> Packet:
    """The packet in bytes that the cutter gave for one."""
    head = 6 if raw[0] == V1 else 10
    end = head + raw[1]
    if raw[0] == V1:
        version, sequence, system, component, kind = 1, *raw[2:6]
    else:
        version, sequence, system, component = 2, *raw[4:7]
        kind = int.from_bytes(raw[7:10], "little")
    return Packet(
        raw, version, sequence, system, component, kind, raw[head:end], kind in EXTRAS,
        raw[end + 2 :],
    )  # fmt: skip


def written(packet: Packet, key: bytes = b"", *, link: int = 0, at: int = 0) -> bytes:
    """A packet's bytes; of version 2 without the zeros at its end, and signed where a key is given.
    at: time of the signature, in 10 µs since 2015."""
    who = bytes((packet.sequence, packet.system, packet.component))
    if packet.version == 1:
        body = bytes((len(packet.payload),)) + who + bytes((packet.kind,)) + packet.payload
        return bytes((V1,)) + body + _check(body, EXTRAS.get(packet.kind, 0))
    payload = packet.payload.rstrip(b"\0") or packet.payload[:1]
    body = bytes((len(payload), _SIGNED if key else 0, 0)) + who
    body += packet.kind.to_bytes(3, "little") + payload
    raw = bytes((V2,)) + body + _check(body, EXTRAS.get(packet.kind, 0))
    stamp = bytes((link,)) + at.to_bytes(6, "little")
    return raw + stamp + proof_of(raw + stamp, key) if key else raw


def proof_of(signed: bytes, key: bytes) -> bytes:
    """The last six bytes of a signed packet, of all before them."""
    return hashlib.sha256(key + signed).digest()[:6]


def _sum(data: bytes) -> int:
    """X.25 runs from the lowest bit, the library's from the highest: bytes and result turned."""
    found = crc_hqx(data.translate(_TURNED), 0xFFFF)
    return _TURNED[found & 0xFF] << 8 | _TURNED[found >> 8]


def _check(body: bytes, extra: int) -> bytes:
    return _sum(body + bytes((extra,))).to_bytes(2, "little")


def _judged(kept: bytes, start: int) -> tuple[int, str]:
    """Where a packet ends, and why it is none."""
    mark = kept[start] if start < len(kept) else None
    if mark is None:
        return start + 1, _SHORT
    if mark not in (V1, V2):
        return start, _OTHER
    head = 6 if mark == V1 else 10
    if len(kept) - start < head:
        return start + head, _SHORT
    end = start + head + kept[start + 1]
    flags = kept[start + 2] if mark == V2 else 0
    if flags & ~_SIGNED:
        return start, "it is packed in a way that is not known"
    whole = end + 2 + (_SIGNATURE if flags else 0)
    if whole > len(kept):
        return whole, _SHORT
    wide = 1 if mark == V1 else 3
    kind = int.from_bytes(kept[start + head - wide : start + head], "little")
    return whole, _wrong(kept[start + 1 : end], kept[end : end + 2], EXTRAS.get(kind))


def _wrong(body: bytes, told: bytes, extra: int | None) -> str:
    if extra is not None:
        right = _check(body, extra)
        return (
            "" if told == right else f"wrong check sum: {told.hex()} came, {right.hex()} is right"
        )
    state = crc_hqx(body.translate(_TURNED), 0xFFFF)
    found = int.from_bytes(told.translate(_TURNED), "big")
    if found ^ (state << 8 & 0xFFFF) in _LAST:
        return ""
    return "wrong check sum: no byte makes it right"
