"""How the telephone exchange is reached, who we are there, and how long a call may take."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from anlan.channels.voice.sip.message import host_of
from anlan.channels.voice.sip.wire import Timers
from anlan.terms.errors import Malformed

_EXCHANGE = re.compile(r"sip:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?")
_USER = re.compile(r"[A-Za-z0-9._~*+-]{1,64}")
_DOMAIN = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\])?")
MOST_S = 165.0
"""From the text to the last word of a try. Whoever waits for us longer than three minutes begins
anew beside us; what is left of them is for hanging up, or for taking back what rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """exchange: `sip:host:port` of the proxy or trunk, by UDP · domain: in addresses, that of the
    exchange where empty · user, password: of our account; caller: the number that telephones see,
    the user where empty · registers: it wants us to register before we call · prefix: dialled in
    front of every number · lines: calls at a time · speech: a program that takes a text and gives
    a WAV, empty: espeak-ng where it is installed · recordings: folder with `actual.wav`,
    `exercise.wav` and `test.wav`, for where no program speaks · ring_s: how long it may ring ·
    times: how often the message is said · pause_s: after each time · timeout_s: of a whole call.

    Raises Malformed naming the field.
    """

    exchange: str
    user: str
    password: str = field(default="", repr=False)
    caller: str = ""
    domain: str = ""
    registers: bool = False
    prefix: str = ""
    lines: int = 4
    speech: str = ""
    recordings: Path | None = None
    ring_s: float = 40.0
    times: int = 3
    pause_s: float = 4.0
    timeout_s: float = 160.0
    timers: Timers = field(default_factory=Timers)

    def __post_init__(self) -> None:
        wrong = {
            "exchange": not is_exchange(self.exchange),
            "user": not _USER.fullmatch(self.user),
            "password": not (self.password.isprintable() and len(self.password) <= 128),
            "caller": not re.fullmatch(r"(\+?[0-9]{3,20})?", self.caller),
            "domain": not _DOMAIN.fullmatch(self.domain),
            "prefix": not re.fullmatch(r"[0-9*#]{0,8}", self.prefix),
            "lines": not 0 < self.lines <= 60,
            "ring_s": not 0 < self.ring_s <= 120,
            "times": not 0 < self.times <= 9,
            "pause_s": not 0 <= self.pause_s <= 30,
            "timeout_s": not 0 < self.timeout_s <= MOST_S,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed(
                "not fit for the telephone exchange", where=name
            )  # it may be a password

    @property
    def where(self) -> tuple[str, int]:
        """Host and port of the exchange."""
        return host_of(self.exchange)

    @property
    def realm(self) -> str:
        """The host in addresses."""
        host = self.where[0]
        return self.domain or (f"[{host}]" if ":" in host else host)

    def address(self, number: str) -> str:
        """The SIP address of a number."""
        return f"sip:{number}@{self.realm}"


def is_exchange(text: str) -> bool:
    """Whether this names an exchange that can be spoken to."""
    if not _EXCHANGE.fullmatch(text):
        return False
    try:
        return bool(host_of(text))
    except Malformed:
        return False
