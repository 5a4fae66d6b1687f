"""What commands set and stations tell: pumps, valves, gates, quotas, versions, events."""

from typing import Any

from anlan.connectors.sl651.tables.functions import EVENTS
from anlan.terms.errors import Malformed

_NO_OPENING = "ffff"


def switches(data: bytes) -> dict[str, Any]:
    """Of pumps or valves: the count of bytes, then a bit each, 1 for running or open."""
    count = data[0] if data else 0
    bits = data[1 : 1 + count]
    if not data or len(bits) < count:
        raise Malformed(f"{len(bits)} of {count} bytes of states")
    return {"on": [bool(one >> place & 1) for one in bits for place in range(8)]}


def gates(data: bytes) -> dict[str, Any]:
    """Of gates: their count, a bit each, then openings in centimetres, where they are told."""
    count = data[0] if data else 0
    octets = (count + 7) // 8
    bits, rest = data[1 : 1 + octets], data[1 + octets :]
    if not data or len(bits) < octets:
        raise Malformed(f"{len(bits)} of {octets} bytes of states")
    words = [rest[at : at + 2].hex() for at in range(0, len(rest) - 1, 2)]
    openings = [int(one) if one.isdecimal() else None for one in words[:count]]
    states = [bool(bits[place // 8] >> place % 8 & 1) for place in range(count)]
    return {"gates": count, "on": states, "openings_cm": openings}


def quota(data: bytes) -> dict[str, Any]:
    """Whether the control of a fixed quantity of water is on."""
    known = {b"\xff": True, b"\x00": False}
    if data not in known:
        raise Malformed(f"{data[:8].hex()} is neither on nor off")
    return {"on": known[data]}


def version(data: bytes) -> dict[str, Any]:
    """Of a station's programs: the length, then the text."""
    text = data[1:] if data and data[0] == len(data) - 1 else data
    return {"version": text.decode("gb18030", "replace")}


def events(data: bytes) -> dict[str, Any]:
    """How often each kind of event came: two bytes each."""
    if len(data) < 2 * len(EVENTS):
        raise Malformed(f"{len(data)} bytes of events")
    counts = [data[at] << 8 | data[at + 1] for at in range(0, len(data) - 1, 2)]
    return {"events": dict(zip(EVENTS, counts, strict=False)), "counts": counts}
