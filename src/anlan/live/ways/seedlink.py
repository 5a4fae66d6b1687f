"""A SeedLink server as a way in: called anew where the line ends, behind what is durable."""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard
from anlan.connectors.seedlink.map import Map, map_of
from anlan.connectors.seedlink.session import Session
from anlan.live.gateway.store import Store
from anlan.live.ways.way import Books
from anlan.terms.readings import Reading

TITLE = "SeedLink 3 (miniSEED)"
_WRITE_S = 5.0


class SeedLink:
    """One server. memory: the file with the numbers that a start goes on behind."""

    station = None

    def __init__(self, mapping: Map, name: str, store: Store, *, memory: Path) -> None:
        where = f"{mapping.host}:{mapping.port}"
        self.books = Books("seedlink", f"seedlink:{name}", store, title=TITLE, address=where)
        resumed = _read(memory, {one.device for one in mapping.stations})
        self.session = Session(mapping, self._keep, _now_ms, resumed=resumed)
        self._memory, self._written_s, self._unwritten = memory, 0.0, ""

    async def run(self) -> None:
        """Listens until the line ends; Unavailable says why."""
        self.books.trouble = self._unwritten
        try:
            await self.session.run()
        finally:
            self._remember()

    async def _keep(
        self, readings: Sequence[Reading], faults: Sequence[Fault], heard: Sequence[Heard]
    ) -> None:
        at = self.books.came(faults)
        refused = self.session.refused
        unknown = f"the server does not know {', '.join(refused)}" if refused else ""
        self.books.trouble = "; ".join(filter(None, (unknown, self._unwritten)))
        await self.books.keep(readings, faults)
        self.books.presence.hear(heard, at)
        if time.monotonic() - self._written_s >= _WRITE_S:
            await asyncio.to_thread(self._remember)

    def _remember(self) -> None:
        """An older number than the last costs packets that come twice, and change nothing; so a
        folder that cannot be written stops nothing, and is told."""
        self._written_s = time.monotonic()
        part = self._memory.with_name(f"{self._memory.name}.part")
        try:
            with part.open("w", encoding="utf-8") as file:
                file.write(json.dumps(self.session.numbers))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._memory)
            self._unwritten = ""
        except OSError as error:
            self._unwritten = f"{self._memory} cannot be written ({error.strerror})"


def _read(path: Path, devices: set[str]) -> dict[str, int]:
    """Numbers of stations that are still wanted; none where the file cannot be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    rows = told.items() if isinstance(told, dict) else ()
    return {name: n for name, n in rows if name in devices and type(n) is int and 0 <= n < 1 << 24}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def seedlink_of(tables: dict[str, Any], path: Path, store: Store) -> SeedLink:
    """The way that a file describes."""
    memory = path.with_suffix(".seedlink")
    return SeedLink(map_of(tables, str(path)), path.stem, store, memory=memory)
