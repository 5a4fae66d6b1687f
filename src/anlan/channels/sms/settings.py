"""How the message centre of the site is reached."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from anlan.terms.errors import Malformed

_PORTS = {"cmpp": 7890, "cmpp2": 7890, "smpp": 2775}
_LINE = re.compile(r"(cmpp2?|smpp)://[^/?#@]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The message centre, who we are there, and how fast we may be.

    gateway: `cmpp://host:port` (3.0), `cmpp2://` or `smpp://` · sender: the number or code that
    phones see · service: the code of the business (CMPP's Service_Id, SMPP's system_type) · flash:
    what is urgent is shown at once and not stored · rate: parts a second · window: parts without
    an answer at a time · timeout_s: for one message from first to last · quiet_s: after so long a
    silence the other end is asked whether it is there · patience_s: a part that has no answer for
    so long is sent again.

    Raises Malformed naming the field.
    """

    gateway: str
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    service: str = ""
    flash: bool = False
    wants_reports: bool = True
    rate: int = 50
    window: int = 16
    timeout_s: float = 20.0
    quiet_s: float = 30.0
    patience_s: float = 60.0

    def __post_init__(self) -> None:
        most_user, most_password = (6, 64) if self.scheme.startswith("cmpp") else (15, 8)
        wrong = {
            "gateway": not is_gateway(self.gateway),
            "user": not (self.user.isascii() and 0 < len(self.user) <= most_user),
            "password": not (self.password.isascii() and len(self.password) <= most_password),
            "sender": not (self.sender.isascii() and len(self.sender) <= 20),
            "service": not (self.service.isascii() and len(self.service) <= 10),
            "rate": not 0 < self.rate <= 10_000,
            "window": not 0 < self.window <= 1_000,
            "timeout_s": not 0 < self.timeout_s <= 120,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed("not fit for the message centre", where=name)  # a password is not told

    @property
    def scheme(self) -> str:
        return self.gateway.partition(":")[0].lower()

    @property
    def host(self) -> str:
        return urlsplit(self.gateway).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.gateway).port or _PORTS[self.scheme]


def is_gateway(text: str) -> bool:
    """Whether this names a message centre that can be spoken to."""
    if not _LINE.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
