"""Devices of buildings that speak BACnet/IP, asked and heard as their mapping says."""

import logging
from pathlib import Path
from typing import Any

from anlan.connectors.bacnet.map import Map, map_of
from anlan.connectors.bacnet.session import Session
from anlan.live.gateway.protocols import title_of
from anlan.live.gateway.store import Store
from anlan.live.ways.polled import Polled
from anlan.live.ways.way import Books

logging.getLogger("bacpypes3").setLevel(logging.CRITICAL)  # what fails is told once, by us


class Bacnet(Polled):
    """One device."""

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        where = f"{mapping.link.host}:{mapping.link.port}"
        super().__init__(
            Books("bacnet", f"bacnet:{name}", store, title=title_of("bacnet"), address=where)
        )
        self.session: Session = Session(mapping, self.keep)


def bacnet_of(tables: dict[str, Any], path: Path, store: Store) -> Bacnet:
    """The way that a file describes."""
    return Bacnet(map_of(tables, str(path)), path.stem, store)
