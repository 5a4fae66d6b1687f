"""RTP (RFC 3550): a packet, and the key presses in some of them (RFC 4733)."""

import struct
from dataclasses import dataclass

from anlan.terms.errors import Malformed

SIGNS = "0123456789*#ABCD"
"""The keys by their event codes."""
_HEAD = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_LAPSE_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """kind: the payload type · sequence: of the packet · stamp: time in samples."""

    kind: int
    sequence: int
    stamp: int
    source: int
    payload: bytes
    is_first: bool = False

    def __bytes__(self) -> bytes:
        mark = 0x80 if self.is_first else 0
        head = _HEAD.pack(0x80, mark | self.kind, self.sequence & 0xFFFF,
                          self.stamp & 0xFFFFFFFF, self.source)  # fmt: skip
        return head + self.payload


def unpacked(octets: bytes) -> Packet:
    """The packet of a datagram. Raises Malformed."""
    if len(octets) < _HEAD.size or octets[0] >> 6 != 2:
        raise Malformed("no RTP")
    first, kind, sequence, stamp, source = _HEAD.unpack_from(octets)
    start = _HEAD.size + 4 * (first & 0x0F)
    if first & 0x10 and len(octets) >= start + 4:
        start += 4 + 4 * int.from_bytes(octets[start + 2 : start + 4])
    end = len(octets) - (octets[-1] if first & 0x20 else 0)
    if not start <= end:
        raise Malformed("RTP that is shorter than it says")
    return Packet(kind=kind & 0x7F, sequence=sequence, stamp=stamp, source=source,
                  payload=octets[start:end], is_first=bool(kind & 0x80))  # fmt: skip


def event(sign: str, *, is_over: bool, duration: int) -> bytes:
    """The payload of a key press; duration: so far, in samples."""
    return _EVENT.pack(SIGNS.index(sign), (0x80 if is_over else 0) | 10, duration)


class Presses:
    """Key presses of one far end. A press is many packets of one stamp, the last of them sent
    three times; it counts once: at its end, or when nothing more of it comes."""

    def __init__(self) -> None:
        self._now: tuple[int, str] | None = None
        self._last_at = 0.0
        self._counted: list[int] = []

    def hear(self, packet: Packet, now_s: float) -> str:
        """The keys that are over with this packet; mostly none."""
        if len(packet.payload) < _EVENT.size:
            return ""
        code, marks, _ = _EVENT.unpack_from(packet.payload)
        if code >= len(SIGNS) or packet.stamp in self._counted:
            return ""
        before = self._end() if self._now and self._now[0] != packet.stamp else ""
        self._now, self._last_at = (packet.stamp, SIGNS[code]), now_s
        return before + (self._end() if marks & 0x80 else "")

    def lapse(self, now_s: float) -> str:
        """The key whose end was lost on the way."""
        is_over = self._now is not None and now_s - self._last_at > _LAPSE_S
        return self._end() if is_over else ""

    def _end(self) -> str:
        if self._now is None:
            return ""
        (stamp, sign), self._now = self._now, None
        self._counted = [*self._counted[-31:], stamp]
        return sign
