"""A chat group: whose robot it is, where, and by which name it is spoken of.

Its web address holds a key, and what follows # signs: neither is written down anywhere but in the
settings. Records, pages and logs know a group by its label.
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from anlan.channels.web.target import Target, target_of

KIND = "this channel writes to chat groups only"
UNKNOWN = "the settings know no such chat group"

REASONS = (KIND, UNKNOWN)
"""Every sentence that the check of an address can give."""


class Vendor(StrEnum):
    """Whose robot."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


@dataclass(frozen=True, slots=True)
class Room:
    """A group. url: with the robot's key · secret: what signs, empty where nothing does."""

    vendor: Vendor
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """The name that may be shown: vendor, host, and eight signs that tell two apart."""
        target = target_of(self.url, allows_private=True)
        host = target.authority if isinstance(target, Target) else ""
        return f"{self.vendor}:{host}#{hashlib.sha256(self.url.encode()).hexdigest()[:8]}"


def label_of(text: str) -> str:
    """The label of a group as the options write it; empty where it is none."""
    room = room_of(text)
    return room.label if room else ""


def room_of(text: str) -> Room | None:
    """The group of `dingtalk+https://host/path?key=…#secret`, or None where there is none."""
    scheme, _, rest = text.partition("+")
    url, _, secret = rest.partition("#")
    if scheme not in list(Vendor) or isinstance(target_of(url, allows_private=True), str):
        return None
    if not secret.isascii() or (secret and not secret.isprintable()):
        return None
    return Room(Vendor(scheme), url, secret)
