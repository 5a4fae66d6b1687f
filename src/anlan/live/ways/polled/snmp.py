"""Devices that speak SNMP: asked as their mapping says, or heard at a port."""

from pathlib import Path
from typing import Any

from anlan.connectors.mapping import Taken
from anlan.connectors.snmp.map import Map, Port, map_of, port_of
from anlan.connectors.snmp.receiver import Receiver
from anlan.connectors.snmp.session import Session
from anlan.live.gateway.protocols import title_of
from anlan.live.gateway.store import Store
from anlan.live.ways.polled import Polled
from anlan.live.ways.way import Books


class Snmp(Polled):
    """One device that is asked."""

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        where = f"{mapping.link.host}:{mapping.link.port}"
        super().__init__(
            Books("snmp", f"snmp:{name}", store, title=title_of("snmp"), address=where)
        )
        self.session: Session = Session(mapping, self.keep)


class Traps:
    """A port where devices tell."""

    station = None

    def __init__(self, port: Port, name: str, store: Store) -> None:
        where = f"{port.bind}:{port.port}"
        self.books = Books("snmp", f"snmp:{name}", store, title=title_of("snmp"), address=where)
        self.receiver = Receiver(port, self._keep)

    async def run(self) -> None:
        """Hears until it is cancelled."""
        self.books.trouble = ""
        await self.receiver.run()

    async def _keep(self, taken: Taken, at: int) -> None:
        """Returns once all is durable."""
        await self.books.keep(taken.readings, taken.faults)
        self.books.came(taken.faults)  # counted once, however often it was tried
        self.books.presence.hear(taken.heard, at)


def snmp_of(tables: dict[str, Any], path: Path, store: Store) -> Snmp:
    """The way that a file describes."""
    return Snmp(map_of(tables, str(path), path.parent), path.stem, store)


def traps_of(tables: dict[str, Any], path: Path, store: Store) -> Traps:
    """The same of a port."""
    return Traps(port_of(tables, str(path), path.parent), path.stem, store)
