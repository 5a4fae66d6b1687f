"""Rings when changes have become durable, and keeps the last of them for those who follow.

Only a wake-up: whoever has missed something reads it from the log by cursor.
"""

import asyncio
from collections import deque

from anlan.history.cursor import Cursor
from anlan.live.loop.heart import Told

_KEPT = 20_000


class Bell:
    """Used in the event loop only. since: everything after this cursor is rung here."""

    def __init__(self, since: Cursor) -> None:
        self._recent: deque[Told] = deque()
        self._since = since
        self._rung = asyncio.Event()
        self._is_over = False

    def ring(self, told: list[Told]) -> None:
        """Tells new durable changes, in order."""
        self._recent.extend(told)
        while len(self._recent) > _KEPT:
            self._since = self._recent.popleft().cursor
        self._wake()

    def _wake(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    @property
    def end_cursor(self) -> Cursor:
        """Behind the newest change that was rung."""
        return self._recent[-1].cursor if self._recent else self._since

    def after(self, cursor: Cursor) -> list[Told] | None:
        """The changes after a cursor; None where they reach back further than is kept."""
        if cursor < self._since:
            return None
        found: list[Told] = []
        for told in reversed(self._recent):
            if told.cursor <= cursor:
                break
            found.append(told)
        found.reverse()
        return found

    async def wait(self, most_s: float) -> bool:
        """Waits for the next ring or so long; whether to go on."""
        rung = self._rung
        if not self._is_over:
            try:
                async with asyncio.timeout(most_s):
                    await rung.wait()
            except TimeoutError:
                pass
        return not self._is_over

    def end(self) -> None:
        """Lets everybody go."""
        self._is_over = True
        self._wake()
