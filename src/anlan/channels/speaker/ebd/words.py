"""What the platform and we tell each other, as values; codes as docs/reference/loudspeakers.md."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

unverified = "codes and field names are not checked against GY/T 384-2023 and GY/T 385-2023"


class Kind(StrEnum):
    """What a document is."""

    BROADCAST = "EBM"
    ASKS_STATE = "EBMStateRequest"
    STATE = "EBMStateResponse"
    ASKS_TERMINALS = "OMDRequest"
    TERMINALS = "EBRDTState"
    ANSWER = "EBDResponse"


class Played(IntEnum):
    """How far a broadcast is at a terminal (BrdStateCode)."""

    UNTOUCHED = 0
    WAITING = 1
    PLAYING = 2
    PLAYED = 3
    FAILED = 4
    STOPPED = 5


TAKEN = 1
"""The ResultCode of a document that was received, understood and verified."""
WORKING = 1
"""The StateCode of a terminal that works."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound to be played: its file's name within the package, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Of every document: its number, from whom, to whom, when, and which one it answers."""

    id: str
    source: str
    target: str
    at: datetime
    related: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What is to be played, or no longer.

    id: EBMID · replaces: EBMIDs of earlier ones that it ends · level: 1 red to 4 blue · areas:
    region or resource codes · start, end: when it holds · is_drill: of an exercise or a test.
    """

    id: str
    is_cancel: bool
    replaces: tuple[str, ...]
    sender: str
    sender_code: str
    sent: datetime
    event: str
    level: int
    start: datetime
    end: datetime | None
    language: str
    title: str
    text: str
    areas: tuple[str, ...]
    is_drill: bool = False
    audio: Audio | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a document was taken, and the platform's words."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Fate:
    """How far a broadcast is at one terminal."""

    terminal: str
    state: Played
    said: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How far a broadcast is: of the whole, and terminal by terminal."""

    id: str
    state: Played
    said: str
    fates: tuple[Fate, ...]


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal as the platform knows it."""

    id: str
    is_working: bool
    said: str = ""


def number_of(source: str, *parts: str) -> str:
    """A number of 18 + 16 digits of a source, the same for the same parts."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return f"{source}{int.from_bytes(digest[:8]) % 10**16:016d}"
