"""Electricity meters by DL/T 645, read as their map says."""

from pathlib import Path
from typing import Any

from anlan.connectors.dlt645.map import Map, map_of
from anlan.connectors.dlt645.session import Session
from anlan.live.gateway.store import Store
from anlan.live.ways.polled import Polled
from anlan.live.ways.way import Books

TITLE = "DL/T 645"


class Meters(Polled):
    """The meters of one line."""

    def __init__(self, mapping: Map, name: str, store: Store) -> None:
        where = f"{mapping.link.host}:{mapping.link.port}"
        super().__init__(Books("dlt645", f"dlt645:{name}", store, title=TITLE, address=where))
        self.session = Session(mapping, self.keep)


def dlt645_of(tables: dict[str, Any], path: Path, store: Store) -> Meters:
    """The way that a file describes."""
    return Meters(map_of(tables, str(path)), path.stem, store)
