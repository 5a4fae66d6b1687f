"""What messages there are and what is in them: the standard's tables as data."""

from typing import Any

from anlan.connectors.jt809.tables.links import LINKS
from anlan.connectors.jt809.tables.orders import ORDERS
from anlan.connectors.jt809.tables.vehicles import OTHERS, VEHICLES
from anlan.connectors.jt809.tables.video import VIDEO
from anlan.connectors.road.fields import Body
from anlan.connectors.road.shapes import Group, read_fields

SUBS: dict[int, tuple[str, Group]] = {**VEHICLES, **ORDERS, **VIDEO}
"""Number of what is inside an envelope → what it is called, and its fields."""

_ENVELOPES = {
    0x12: "vehicles", 0x13: "platforms", 0x14: "warnings", 0x15: "orders", 0x16: "facts",
    0x17: "video_codes", 0x18: "video_live", 0x19: "video_records", 0x1A: "video_playback",
    0x1B: "video_download",
}  # fmt: skip
_EDITIONS = (2011, 2019)


def is_envelope(number: int) -> bool:
    """Whether a message holds another one, such as 1200 holds 1202."""
    return not number & 0xFF and (number >> 8 & 0x7F) in _ENVELOPES


def name_of(number: int) -> str:
    """What a message is called; empty for one that nobody wrote down here."""
    if is_envelope(number):
        return _ENVELOPES[number >> 8 & 0x7F]
    found = LINKS.get(number) or SUBS.get(number)
    return found[0] if found else ""


def read_message(number: int, data: bytes, edition: int) -> dict[str, Any]:
    """The fields of a message or of what an envelope holds; of one unknown none.

    Where its form does not fit, that of the other edition may, or one that some platforms use.
    """
    found = LINKS.get(number) or SUBS.get(number)
    if found is None:
        return {}
    values = read_fields(found[1], Body(data, edition))
    if is_whole(values):
        return values
    for group in (found[1], *OTHERS.get(number, ())):
        for other in _EDITIONS:
            read = read_fields(group, Body(data, other))
            if is_whole(read):
                return read
    return values


def is_whole(values: dict[str, Any]) -> bool:
    """Whether a body was read to its last byte."""
    return "fault" not in values and "rest" not in values


def write_message(number: int, values: dict[str, Any], edition: int) -> bytes:
    """The body of a message from its fields."""
    return (LINKS.get(number) or SUBS[number])[1].write(values, edition)
