"""A packet of a stream: RTP (RFC 3550) with a program stream in it, or a piece of one.

Streams go to a media server, never to this port; this only tells what a captured packet is.
"""

from typing import Any

_HEAD = 12
_DYNAMIC = range(96, 128)
_KNOWN = frozenset((0, 4, 8, 9, 15, 18))
"""Payload types: G.711, G.723.1, G.722, G.729; those of PS, H.264, SVAC are dynamic."""

_CODE = b"\0\0\1"
_PACK, _MAP, _VIDEO, _AUDIO = range(0xBA, 0xBB), range(0xBC, 0xBD), range(0xE0, 0xF0), range(
    0xC0, 0xE0
)  # fmt: skip


def packet(data: bytes) -> dict[str, Any]:
    """RTP's head, None where there is none, and where the parts of a program stream begin first:
    -1 for one that does not."""
    return {
        "rtp": _rtp(data),
        "ps_pack_header_at": _first(data, _PACK),
        "psm_at": _first(data, _MAP),
        "video_pes_at": _first(data, _VIDEO),
        "audio_pes_at": _first(data, _AUDIO),
    }


def is_media(told: dict[str, Any]) -> bool:
    """Whether anything of a stream was found."""
    return told["rtp"] is not None or any(told[name] >= 0 for name in told if name != "rtp")


def _rtp(data: bytes) -> dict[str, Any] | None:
    if len(data) < _HEAD or data[0] >> 6 != 2:
        return None
    kind = data[1] & 0x7F
    if kind not in _DYNAMIC and kind not in _KNOWN:
        return None
    return {
        "v": 2,
        "pt": kind,
        "marker": data[1] >> 7,
        "seq": int.from_bytes(data[2:4], "big"),
        "ts": int.from_bytes(data[4:8], "big"),
        "ssrc": f"0x{int.from_bytes(data[8:12], 'big'):08X}",
    }


def _first(data: bytes, ids: range) -> int:
    at = data.find(_CODE)
    while at >= 0:
        if at + 3 < len(data) and data[at + 3] in ids:
            return at
        at = data.find(_CODE, at + 1)
    return -1
