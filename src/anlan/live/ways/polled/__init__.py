"""Far ends that speak only when asked: read in rounds, as their map says."""

import asyncio
from typing import Any, Protocol

from anlan.connectors import Fault
from anlan.connectors.mapping import Taken
from anlan.live.ways.way import Books
from anlan.terms.errors import Unavailable
from anlan.terms.readings import Reading

_MOST, _AGAIN_S = 50_000, 1.0


class Session(Protocol):
    """One far end. trouble: by device, why it cannot be read at present."""

    @property
    def trouble(self) -> dict[str, str]: ...

    async def run(self) -> None:
        """Reads until it is cancelled, and hands over to `Polled.keep`."""
        ...


class Polled:
    """One far end; what cannot be stored at once waits here, the newest of it."""

    session: Session
    station: Any = None

    def __init__(self, books: Books) -> None:
        self.books = books
        self._readings: list[Reading] = []
        self._faults: list[Fault] = []
        self._come = asyncio.Event()

    async def run(self) -> None:
        """Reads, and stores beside it, so that a slow store delays no question."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.session.run())
                group.create_task(self._carry())
        except ExceptionGroup as broke:  # told as what it is, such as a port that is taken
            raise broke.exceptions[0] from None

    async def keep(self, taken: Taken, at: int) -> None:
        """Takes what was read at a time, ms UTC."""
        self.books.came(taken.faults)
        self.books.presence.hear(taken.heard, at)
        self.books.trouble = "; ".join(
            f"{device}: {why}" for device, why in self.session.trouble.items()
        )
        self._readings = (self._readings + taken.readings)[-_MOST:]
        self._faults = (self._faults + taken.faults)[-_MOST:]
        self._come.set()

    async def _carry(self) -> None:
        while True:
            await self._come.wait()
            self._come.clear()
            readings, self._readings = self._readings, []
            faults, self._faults = self._faults, []
            try:
                await self.books.keep(readings, faults)
            except Unavailable:
                self._readings = (readings + self._readings)[-_MOST:]
                self._faults = (faults + self._faults)[-_MOST:]
                self._come.set()
                await asyncio.sleep(_AGAIN_S)
