"""OPC UA servers, subscribed to as their mapping says."""

import logging
from pathlib import Path
from typing import Any

from anlan.connectors.opcua.map import Map, map_of
from anlan.connectors.opcua.session import Session
from anlan.live.gateway.protocols import title_of
from anlan.live.gateway.store import Store
from anlan.live.ways.polled import Polled
from anlan.live.ways.way import Books

logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # what fails is told once, by us


class OpcUa(Polled):
    """One server."""

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        where = mapping.link.url.removeprefix("opc.tcp://")
        super().__init__(
            Books("opcua", f"opcua:{name}", store, title=title_of("opcua"), address=where)
        )
        self.session: Session = Session(mapping, self.keep)


def opcua_of(tables: dict[str, Any], path: Path, store: Store) -> OpcUa:
    """The way that a file describes."""
    return OpcUa(map_of(tables, str(path), path.parent), path.stem, store)
