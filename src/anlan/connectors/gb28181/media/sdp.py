"""SDP (RFC 4566) with what GB/T 28181 adds: y= the SSRC, f= what the stream is like."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from anlan.terms.errors import Malformed

_LINE = re.compile(r"([a-z])=(.*)")
_SSRC = re.compile(r"[0-9]{10}")
_VIDEO = ("codec", "resolution", "frames_per_s", "rate_kind", "kbit_per_s")
_AUDIO = ("codec", "kbit_per_s", "sampling")
_CODECS = {"1": "MPEG-4", "2": "H.264", "3": "SVAC", "4": "3GP", "5": "H.265"}
_VOICES = {"1": "G.711", "2": "G.723.1", "3": "G.729", "4": "G.722.1"}
LIVE, HISTORY = "0", "1"
"""First digits of an SSRC."""

_MOST_LINES = 500


def read_sdp(text: str) -> dict[str, Any]:
    """What is offered or answered. Malformed where a line is none."""
    lines = [line for line in re.split(r"\r?\n", text) if line.strip()]
    if not lines or len(lines) > _MOST_LINES:
        raise Malformed("no SDP: no line, or too many")
    told: dict[str, Any] = {}
    inside = told
    for line in lines:
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise Malformed(f"no line of SDP: {line[:60]!r}")
        name, value = found[1], found[2].strip()
        if name == "m":
            inside = _media(value)
            told.setdefault("media", []).append(inside)
        elif name in "yf":  # they belong to the whole, wherever they stand
            told |= {"y": value} if name == "y" else {"f": value} | _format(value)
        elif name == "a":
            _attribute(inside, value)
        else:
            inside[name] = value
    return told | _whence(told)


def _media(value: str) -> dict[str, Any]:
    kind, port, protocol, *formats = [*value.split(), "", "", ""]
    number = port.partition("/")[0]
    is_port = number.isascii() and number.isdigit() and len(number) < 6
    formats = [one for one in formats if one]
    return {"kind": kind, "port": int(number) if is_port else port, "protocol": protocol,
            "formats": formats}  # fmt: skip


def _attribute(inside: dict[str, Any], value: str) -> None:
    name, colon, rest = value.partition(":")
    told = inside.setdefault("attributes", {})
    before = told.get(name)
    said = rest if colon else True
    told[name] = said if before is None else [*(before if type(before) is list else [before]), said]


def _whence(told: dict[str, Any]) -> dict[str, Any]:
    """The address and the port of the first stream, and its SSRC as a number."""
    media = told.get("media") or [{}]
    connection = media[0].get("c") or told.get("c") or ""
    found: dict[str, Any] = {"address": connection.split()[-1]} if connection else {}
    if "port" in media[0]:
        found["port"] = media[0]["port"]
    if _SSRC.fullmatch(told.get("y", "")):
        found["ssrc"] = int(told["y"])
        found["is_live"] = told["y"][0] == LIVE
    return found


def _format(value: str) -> dict[str, Any]:
    """`v/2/5/25/1/4096a/1/8/1` in words; nothing where it says nothing."""
    found = re.fullmatch(r"v/([^a]*)a/(.*)", value)
    if found is None:
        return {}
    video = dict(zip(_VIDEO, found[1].split("/"), strict=False))
    audio = dict(zip(_AUDIO, found[2].split("/"), strict=False))
    told = {}
    for name, one, codecs in (("video", video, _CODECS), ("audio", audio, _VOICES)):
        said = {key: text for key, text in one.items() if text}
        if "codec" in said:
            said["codec_name"] = codecs.get(said["codec"], "")
        if said:
            told[name] = said
    return told


class Offer(NamedTuple):
    """What a camera is asked for: a stream to a media server.

    host, port: of the media server · ssrc: 10 digits · channel: whose · transport: `udp`,
    `tcp-passive` (the camera connects) or `tcp-active` (the media server connects) · begin_s,
    end_s: of a recording in Unix time, 0 for live · speed: of a download, 0 for none.
    """

    host: str
    port: int
    ssrc: str
    channel: str
    transport: str = "udp"
    begin_s: int = 0
    end_s: int = 0
    speed: int = 0


TRANSPORTS = {"udp": (), "tcp-passive": ("passive",), "tcp-active": ("active",)}
"""Names → the `setup` of the media server's side."""


def write_sdp(offer: Offer, own: str) -> str:
    """The SDP of an offer. own: our identifier."""
    kind = "IP6" if ":" in offer.host else "IP4"
    is_history = bool(offer.begin_s)
    what = ("Download" if offer.speed else "Playback") if is_history else "Play"
    setup = TRANSPORTS[offer.transport]
    over = "TCP/RTP/AVP" if setup else "RTP/AVP"
    lines = [
        "v=0",
        f"o={own} 0 0 IN {kind} {offer.host}",
        f"s={what}",
        *([f"u={offer.channel}:{3 if offer.speed else 0}"] if is_history else []),
        f"c=IN {kind} {offer.host}",
        f"t={offer.begin_s} {offer.end_s}",
        f"m=video {offer.port} {over} 96 97 98 99",
        "a=recvonly",
        "a=rtpmap:96 PS/90000",
        "a=rtpmap:97 MPEG4/90000",
        "a=rtpmap:98 H264/90000",
        "a=rtpmap:99 H265/90000",
        *(line for one in setup for line in (f"a=setup:{one}", "a=connection:new")),
        *([f"a=downloadspeed:{offer.speed}"] if offer.speed else []),
        f"y={offer.ssrc}",
        "f=v/////a///",
    ]
    return "\r\n".join([*lines, ""])


def ssrc_of(kind: str, own: str, number: int) -> str:
    """Ten digits: live or history, the 4th to 8th digit of our identifier, and a serial of four.

    source: GB/T 28181-2016 5.4 (y=), the same in 2022.
    """
    domain = own[3:8] if own[:8].isdigit() and len(own) >= 8 else "00000"
    return f"{kind}{domain}{number % 10_000:04d}"


def ssrcs(kind: str, own: str, taken: Sequence[str], number: int) -> str:
    """The next that is not taken, from a serial on."""
    for step in range(10_000):
        found = ssrc_of(kind, own, number + step)
        if found not in taken:
            return found
    raise Malformed("all 10,000 SSRC are taken")
