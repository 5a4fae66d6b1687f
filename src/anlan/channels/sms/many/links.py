"""Some connections to one message centre, opened as they are wanted, no faster than agreed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from anlan.channels.bulk import now_ms
from anlan.channels.sms.many.link import Link
from anlan.channels.sms.said import Tongue, Word
from anlan.channels.sms.settings import Settings

_LOGIN_S, _IDLE_S, _LONGEST_PAUSE_S, _GRAIN_S = 10.0, 60.0, 15.0, 0.004
Hear = Callable[[Word, int], bool]


class Links:
    """Keeps at most so many; a part goes by the one with the fewest on their way.

    hear: is given a word and the number of its connection. While nobody can be reached whoever
    asks is told at once, and it is tried again a little later each time.
    """

    def __init__(self, settings: Settings, tongue: Tongue, *, most: int, hear: Hear) -> None:
        self._settings, self._tongue, self._most, self._hear = settings, tongue, most, hear
        self._links: dict[int, Link] = {}
        self._opening, self._turns = asyncio.Lock(), 0
        self._rests_until_s, self._pause_s, self._next_s = 0.0, 1.0, 0.0
        self._trouble: OSError = ConnectionRefusedError("it was not tried yet")

    async def turn(self) -> None:
        """Waits for as long as the rate asks."""
        now_s = asyncio.get_running_loop().time()
        at_s = max(now_s, self._next_s)
        self._next_s = at_s + 1 / self._settings.rate
        if at_s - now_s > _GRAIN_S:
            await asyncio.sleep(at_s - now_s)

    async def one(self) -> Link:
        """A connection. Raises OSError where there is none and none can be had."""
        if len(self._open()) < self._most and not (self._opening.locked() and self._open()):
            async with self._opening:
                if len(self._open()) < self._most:
                    await self._one_more()
        if not self._open():
            raise self._trouble
        return min(self._open(), key=lambda link: link.load)

    def thank(self, turn: int, frame: bytes) -> None:
        """Acknowledges what came by a connection; nothing where it is gone."""
        link = self._links.get(turn)
        if link is not None and link.is_open:
            link.write(frame)

    def look(self) -> None:
        """Asks the quiet ones whether they are there, and leaves those that are not used."""
        now_s, quiet_s = asyncio.get_running_loop().time(), self._settings.quiet_s
        for turn, link in list(self._links.items()):
            silent_s = now_s - link.heard_s
            if not link.is_open:
                del self._links[turn]
            elif silent_s > 2 * quiet_s:
                link.cut()
            elif not link.load and now_s - link.used_s > _IDLE_S:
                link.leave()
            elif silent_s > quiet_s:
                link.ping()

    def close(self) -> None:
        """Leaves all."""
        for link in self._links.values():
            link.leave()

    def _open(self) -> list[Link]:
        return [link for link in self._links.values() if link.is_open]

    async def _one_more(self) -> None:
        """Opens one more, unless it failed a moment ago."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._rests_until_s:
            return
        try:
            # Whoever opens it has half its time left for another connection.
            async with asyncio.timeout(min(_LOGIN_S, self._settings.timeout_s / 2)):
                await self._opened()
            self._pause_s = 1.0
        except OSError as error:  # TimeoutError too
            self._trouble = error
            self._rests_until_s = loop.time() + self._pause_s
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)

    async def _opened(self) -> None:
        self._turns += 1
        turn, where = self._turns, (self._settings.host, self._settings.port)
        _, link = await asyncio.get_running_loop().create_connection(
            lambda: Link(
                self._tongue, window=self._settings.window, hear=lambda word: self._hear(word, turn)
            ),
            *where,
        )
        try:
            await link.enter(lambda number: self._tongue.login(number, _now()))
        except BaseException:
            link.cut()
            raise
        self._links[turn] = link  # only now: what is not open yet would be taken for a broken one


def _now() -> datetime:
    return datetime.fromtimestamp(now_ms() / 1000, UTC)
