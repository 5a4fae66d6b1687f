"""Sending one message to very many: what a way that can is given, and what it tells.

Each recipient has a key of its own, the same at every try, so that the far end can tell a
repetition. A way that hangs, refuses or lies keeps nobody waiting but its own recipients.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from anlan.channels import Message, Receipt


class To(NamedTuple):
    """One recipient. place: in the caller's list · key: names message and recipient for ever ·
    language: one of those that the message is said in."""

    place: int
    key: str
    address: str
    language: str


Said = Mapping[str, Message]
"""One message by language; the keys of the messages are replaced by those of the recipients."""

Tell = Callable[[int, Receipt], None]
"""Hears what became of the recipient at a place, as soon as it is known."""


def now_ms() -> int:
    """The moment, ms UTC: what is sent to many takes longer than any one moment."""
    return time.time_ns() // 1_000_000  # noqa: TID251 - told while it goes on, not at a moment


class Bulk(Protocol):
    """A way out to many. Neither verb raises for what the world does: failure is a value."""

    @property
    def name(self) -> str:
        """The kind of address it serves."""

    async def send(self, said: Said, to: Sequence[To], tell: Tell) -> None:
        """Tries each once, within the time that the settings give, and tells of each once.

        Cancelled, it tries nobody more; of whom it has not told, it is not known.
        """

    async def close(self) -> None:
        """Lets go of what it keeps open."""
