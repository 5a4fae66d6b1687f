"""SDP (RFC 4566): what we can hear and say, and what the other end chose of it (RFC 3264)."""

import ipaddress
from dataclasses import dataclass

from anlan.channels.voice.media.g711 import ALAW, ULAW
from anlan.terms.errors import Malformed

TYPE = "application/sdp"
EVENTS = 101
"""Our payload type of key presses (RFC 4733)."""
_LAWS = {"pcma/8000": ALAW, "pcmu/8000": ULAW}
_MOST_LINES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Where sound goes to, by which law; events: payload type of key presses, None: it has none.

    is_held: the other end does not want to hear anything for now.
    """

    host: str
    port: int
    law: int
    law_type: int
    events: int | None
    is_held: bool = False


def offer(host: str, port: int, *, session: int) -> bytes:
    """Our offer; session: a number that names it for ever."""
    family = "IP6" if ":" in host else "IP4"
    lines = [
        "v=0", f"o=- {session} 1 IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0",
        f"m=audio {port} RTP/AVP {ALAW} {ULAW} {EVENTS}",
        f"a=rtpmap:{ALAW} PCMA/8000", f"a=rtpmap:{ULAW} PCMU/8000",
        f"a=rtpmap:{EVENTS} telephone-event/8000", f"a=fmtp:{EVENTS} 0-15",
        "a=ptime:20", "a=sendrecv", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def media_of(body: bytes) -> Media:
    """What a session description says of its first sound. Raises Malformed."""
    lines = body.decode("utf-8", "replace").splitlines()[:_MOST_LINES]
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    starts = [n for n, (name, _) in enumerate(pairs) if name == "m"]
    audio = next((n for n in starts if pairs[n][1].startswith("audio ")), None)
    if audio is None:
        raise Malformed("the other end offers no sound")
    common = pairs[: starts[0]]
    own = pairs[audio : next((n for n in starts if n > audio), len(pairs))]
    return _media(common, own)


def _media(common: list[list[str]], own: list[list[str]]) -> Media:
    words = own[0][1].split()
    if len(words) < 4 or not words[1].isdigit() or words[2].upper() not in ("RTP/AVP", "RTP/AVPF"):
        raise Malformed("sound by a way that we do not know")
    port = int(words[1])
    if not 0 < port < 65_536:
        raise Malformed("the other end refuses sound")
    names = _names(own) | {}
    laws = [(kind, _LAWS[names[kind]]) for kind in words[3:] if names.get(kind) in _LAWS]
    if not laws:
        raise Malformed("no sound that both know")
    events = [kind for kind in words[3:] if names.get(kind) == "telephone-event/8000"]
    host = _host([*common, *own])
    marks = {value for name, value in [*common, *own] if name == "a"}
    return Media(
        host=host, port=port, law_type=int(laws[0][0]), law=laws[0][1],
        events=int(events[0]) if events else None,
        is_held=bool(marks & {"sendonly", "inactive"}) or host in ("0.0.0.0", "::"),  # noqa: S104 - the sign of a held call
    )  # fmt: skip


def _names(own: list[list[str]]) -> dict[str, str]:
    """By payload type what it is; two need not be said."""
    found = {str(ALAW): "pcma/8000", str(ULAW): "pcmu/8000"}
    for name, value in own:
        if name == "a" and value.startswith("rtpmap:"):
            kind, _, told = value.removeprefix("rtpmap:").partition(" ")
            if kind.isdigit() and int(kind) < 128:
                found[kind] = told.strip().lower().removesuffix("/1")
    return found


def _host(pairs: list[list[str]]) -> str:
    """The last address that is said: that of the sound itself goes before the common one."""
    told = [value.split() for name, value in pairs if name == "c"]
    words = told[-1] if told else []
    try:
        return str(ipaddress.ip_address(words[2].partition("/")[0]))
    except (IndexError, ValueError):
        raise Malformed("sound for no address") from None
