"""Far ends that speak Modbus, read as their map says."""

import asyncio
import logging
from pathlib import Path
from typing import Any

from anlan.connectors import Fault
from anlan.connectors.mapping import Taken
from anlan.connectors.modbus.map import Map, map_of
from anlan.connectors.modbus.session import Session
from anlan.live.gateway.store import Store
from anlan.live.ways.station import Station
from anlan.live.ways.way import Books
from anlan.terms.errors import Unavailable
from anlan.terms.readings import Reading

_MOST, _AGAIN_S = 50_000, 1.0
TITLE = "Modbus"
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what fails is told once, by us


class Modbus:
    """One far end; what cannot be stored at once waits here, the newest of it."""

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        where = f"{mapping.link.host}:{mapping.link.port}"
        self.books = Books("modbus", f"modbus:{name}", store, title=TITLE, address=where)
        self.session = Session(mapping, self._keep)
        self.station = Station(self.session)
        self._readings: list[Reading] = []
        self._faults: list[Fault] = []
        self._come = asyncio.Event()

    async def run(self) -> None:
        """Reads, and stores beside it, so that a slow store delays no question."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.session.run())
            group.create_task(self._carry())

    async def _keep(self, taken: Taken, at: int) -> None:
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


def modbus_of(tables: dict[str, Any], path: Path, store: Store) -> Modbus:
    """The way that a file describes."""
    return Modbus(map_of(tables, str(path)), path.stem, store)
