"""What messages there are and what is in them: the standard's tables as data."""

from typing import Any

from anlan.connectors.jt808.tables import media, terminal
from anlan.connectors.jt808.tables.regions import REGIONS
from anlan.connectors.road.fields import Body
from anlan.connectors.road.shapes import Group, read_fields

MESSAGES: dict[int, tuple[str, Group]] = {
    **terminal.TERMINAL, **terminal.PLATFORM, **media.MEDIA, **media.VIDEO, **REGIONS,
}  # fmt: skip
"""Number → what it is called, and its fields."""

_OTHERS = terminal.OTHERS | media.OTHERS


def name_of(number: int) -> str:
    """What a message is called; empty for one that nobody wrote down here."""
    return MESSAGES[number][0] if number in MESSAGES else ""


def read_message(number: int, body: bytes, version: int) -> dict[str, Any]:
    """The fields of a message; of one unknown none. Where its form does not fit, older ones may."""
    if number not in MESSAGES:
        return {}
    values = read_fields(MESSAGES[number][1], Body(body, version))
    if "fault" in values or "rest" in values:
        for other in _OTHERS.get(number, ()):
            read = read_fields(other, Body(body, version))
            if "fault" not in read and "rest" not in read:
                return read
    return values


def write_message(number: int, values: dict[str, Any], version: int) -> bytes:
    """The body of a message from its fields."""
    return MESSAGES[number][1].write(values, version)
