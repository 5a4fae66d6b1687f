"""The topics of a screen at a broker, and the address by which a screen there is written."""

import re

SHAPE = "this is not a screen at the broker: write mqtt:name, of letters, digits, - and _"
NO_BROKER = "no broker of the screens is set up"
SCHEME = "mqtt:"
PREFIX = "anlan/screens/"
ORDERS, RECEIPTS, PRESENCE = "orders", "receipts", "presence"
ONLINE, OFFLINE = b"online", b"offline"
"""What stands retained at a screen's presence; offline is its last will."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def screen_of(address: str) -> str | None:
    """The name of the screen at the broker, None where the address is none of those."""
    name = address.removeprefix(SCHEME)
    return name if name != address and _NAME.fullmatch(name) else None


def topic(screen: str, what: str) -> str:
    """The topic of a screen, or with `+` of all."""
    return f"{PREFIX}{screen}/{what}"


def read(topic: str) -> tuple[str, str]:
    """The screen and what it is, of a topic of ours; empty for any other."""
    screen, _, what = topic.removeprefix(PREFIX).partition("/")
    return (screen, what) if topic.startswith(PREFIX) and _NAME.fullmatch(screen) else ("", "")
