"""What a message centre hears and says, whatever the protocol."""

from dataclasses import dataclass
from typing import Protocol

from anlan.channels.sms.text import Piece


@dataclass(frozen=True, slots=True)
class Hello:
    """A login; is_known: name and password are right."""

    sequence: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A part for some numbers."""

    sequence: int
    to: tuple[str, ...]
    sender: str
    piece: Piece
    is_flash: bool
    wants_report: bool


@dataclass(frozen=True, slots=True)
class Ping:
    sequence: int


@dataclass(frozen=True, slots=True)
class Bye:
    sequence: int


@dataclass(frozen=True, slots=True)
class Thanks:
    """What was told by that number is kept."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Other:
    """Nothing that needs an answer."""


Asked = Hello | Letter | Ping | Bye | Thanks | Other


class Speech(Protocol):
    """A protocol from the centre's side."""

    def asked(self, frame: bytes) -> Asked:
        """What a frame asks for. Raises Malformed."""

    def welcome(self, sequence: int, *, is_known: bool) -> bytes: ...

    def taken(self, sequence: int, name: int) -> bytes: ...

    def refused(self, sequence: int, *, is_busy: bool) -> bytes: ...

    def pong(self, sequence: int) -> bytes: ...

    def farewell(self, sequence: int) -> bytes: ...

    def report(self, sequence: int, name: int, to: str, *, state: str) -> bytes: ...

    def written(self, sequence: int, name: int, one: "Written") -> bytes: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A part that a phone writes; head: its header where there are several parts."""

    phone: str
    to: str
    body: bytes
    coding: int
    has_header: bool
