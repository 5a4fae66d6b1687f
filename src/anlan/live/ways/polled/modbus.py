"""Far ends that speak Modbus, read as their map says."""

import logging
from pathlib import Path
from typing import Any

from anlan.connectors.modbus.map import Map, map_of
from anlan.connectors.modbus.session import Session
from anlan.live.gateway.store import Store
from anlan.live.ways.polled import Polled
from anlan.live.ways.polled.station import Station
from anlan.live.ways.way import Books

TITLE = "Modbus"
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what fails is told once, by us


class Modbus(Polled):
    """One far end; what its map allows may be written by an ask."""

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        where = f"{mapping.link.host}:{mapping.link.port}"
        super().__init__(Books("modbus", f"modbus:{name}", store, title=TITLE, address=where))
        self.session: Session = Session(mapping, self.keep)
        self.station = Station(self.session)


def modbus_of(tables: dict[str, Any], path: Path, store: Store) -> Modbus:
    """The way that a file describes."""
    return Modbus(map_of(tables, str(path)), path.stem, store)
