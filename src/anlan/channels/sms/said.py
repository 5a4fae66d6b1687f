"""What a message centre says, whatever the protocol; and the verbs that each protocol has."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from anlan.channels import Fault
from anlan.channels.sms.number import Number
from anlan.channels.sms.text import Part, Piece


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to the login; status 0: come in."""

    status: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one part; status 0: it has it, and calls it by the reference."""

    sequence: int
    status: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there?"""

    sequence: int


@dataclass(frozen=True, slots=True)
class Pong:
    """I am."""


@dataclass(frozen=True, slots=True)
class Bye:
    """It goes away."""

    sequence: int


class Fate(Enum):
    """What became of a part."""

    DELIVERED = "delivered"
    ON_ITS_WAY = "on its way"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Report:
    """A status report: what became of the part of that reference, in the centre's word."""

    reference: str
    fate: Fate
    word: str


@dataclass(frozen=True, slots=True)
class Word:
    """Something delivered to us: a status report, or what a phone has written.

    name: the centre's own name of it, empty where it gives none · thanks: what acknowledges it.
    """

    sender: str
    thanks: bytes
    name: str = ""
    report: Report | None = None
    piece: Piece | None = None


@dataclass(frozen=True, slots=True)
class Strange:
    """Anything else that is a frame."""


Said = Welcome | Answer | Ping | Pong | Bye | Word | Strange


class Tongue(Protocol):
    """A protocol: the octets of each verb, and what the other end's octets say. No network."""

    def login(self, sequence: int, now: datetime) -> bytes: ...

    def submit(self, sequence: int, to: Number, part: Part) -> bytes: ...

    def ping(self, sequence: int) -> bytes: ...

    def pong(self, sequence: int) -> bytes: ...

    def goodbye(self, sequence: int) -> bytes: ...

    def farewell(self, sequence: int) -> bytes:
        """The answer to a goodbye."""

    def said(self, frame: bytes) -> Said:
        """What a frame says. Raises Malformed."""

    def fault_of(self, status: int) -> tuple[Fault, bool]:
        """The word for a status that is not 0, and whether another try is in vain."""
