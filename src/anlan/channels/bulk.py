"""Sending one message to very many: what a way that can is given, and what it tells.

Each recipient has a key of its own, the same at every try, so that the far end can tell a
repetition. A way that hangs, refuses or lies keeps nobody waiting but its own recipients.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple, Protocol

from anlan.channels import Address, Channel, Message, Receipt


class To(NamedTuple):
    """One recipient. place: in the caller's list · key: names message and recipient for ever ·
    language: one of those that the message is said in · stop: as in `Message`."""

    place: int
    key: str
    address: str
    language: str
    stop: str = ""


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


class Singly:
    """A way that sends one by one, with so many hands at once, as a way to many."""

    def __init__(self, channel: Channel, hands: int = 8) -> None:
        self._channel, self._hands = channel, hands
        self._threads = ThreadPoolExecutor(hands, thread_name_prefix=channel.name)

    @property
    def name(self) -> str:
        """The kind of address it serves."""
        return self._channel.name

    async def send(self, said: Said, to: Sequence[To], tell: Tell) -> None:
        """Tells of each once."""
        left, loop = iter(to), asyncio.get_running_loop()

        async def work() -> None:
            for one in left:
                tell(one.place, await loop.run_in_executor(self._threads, self._sent, said, one))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(self._hands):
                tasks.create_task(work())

    async def close(self) -> None:
        """Waits for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _sent(self, said: Said, one: To) -> Receipt:
        message = replace(said[one.language], key=one.key, stop=one.stop)
        return self._channel.send(message, Address(self.name, one.address), now_ms=now_ms())
