"""One connection to a message centre with many parts on their way; for one loop."""

import asyncio
import itertools
from collections.abc import Callable
from typing import cast

from anlan.channels.sms.number import Number
from anlan.channels.sms.said import Answer, Bye, Ping, Tongue, Welcome, Word
from anlan.channels.sms.session.frames import Frames
from anlan.channels.sms.session.line import Unwelcome
from anlan.channels.sms.text import Part
from anlan.terms.errors import Malformed

Hear = Callable[[Word], bool]
"""Takes a word in; whether it may be acknowledged at once."""


class Link(asyncio.Protocol):
    """Answers find their parts by sequence; when it breaks, what waits is told so."""

    def __init__(self, tongue: Tongue, *, window: int, hear: Hear) -> None:
        self.slots = asyncio.Semaphore(window)
        self.heard_s = self.used_s = asyncio.get_running_loop().time()
        self._tongue, self._hear, self._frames = tongue, hear, Frames()
        self._sequence = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._welcome: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is let in and not broken."""
        return self._transport is not None and self._welcome.done()

    @property
    def load(self) -> int:
        """How many parts have no answer yet."""
        return len(self._waiting)

    async def enter(self, login: Callable[[int], bytes]) -> None:
        """Logs in. Raises Unwelcome, or OSError where it breaks."""
        self.write(login(self._number()))
        if status := await self._welcome:
            self.cut()
            raise Unwelcome(status)

    async def submit(self, to: Number, part: Part) -> Answer:
        """The answer to a part. Raises OSError where none can come any more."""
        number = self._number()
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            self.write(self._tongue.submit(number, to, part))
            self.used_s = asyncio.get_running_loop().time()
            return await waiting
        finally:
            self._waiting.pop(number, None)

    def ping(self) -> None:
        """Asks whether anybody is there."""
        self.write(self._tongue.ping(self._number()))

    def leave(self) -> None:
        """Says goodbye and does not wait for the answer."""
        if self._transport is not None:
            self.write(self._tongue.goodbye(self._number()))
            self._transport.close()

    def cut(self) -> None:
        """Ends it at once."""
        if self._transport is not None:
            self._transport.abort()

    def write(self, frame: bytes) -> None:
        """Raises ConnectionResetError where it is gone."""
        if self._transport is None:
            raise ConnectionResetError("the connection is gone")
        self._transport.write(frame)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        trouble = ConnectionResetError("the centre broke off")
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(trouble)
        if not self._welcome.done():
            self._welcome.set_exception(trouble)
            self._welcome.exception()  # nobody may be waiting for it

    def data_received(self, data: bytes) -> None:
        self.heard_s = asyncio.get_running_loop().time()
        try:
            for frame in self._frames.feed(data):
                self._take(frame)
        except Malformed:
            self.cut()

    def _take(self, frame: bytes) -> None:
        """Does what a frame asks for; one that cannot be read is passed over."""
        try:
            said = self._tongue.said(frame)
        except Malformed:
            return
        match said:
            case Answer() if (waiting := self._waiting.get(said.sequence)) is not None:
                if not waiting.done():
                    waiting.set_result(said)
            case Welcome() if not self._welcome.done():
                self._welcome.set_result(said.status)
            case Ping():
                self.write(self._tongue.pong(said.sequence))
            case Word() if self._hear(said):
                self.write(said.thanks)
            case Bye():
                self.write(self._tongue.farewell(said.sequence))
                self.cut()

    def _number(self) -> int:
        return next(self._sequence) & 0x7FFF_FFFF or next(self._sequence)
