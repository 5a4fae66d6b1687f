"""What a way in is to the process that runs it, and how it says how it does."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

from anlan.connectors import Fault
from anlan.live.gateway.devices.presence import Presence
from anlan.live.gateway.store import Store
from anlan.live.view import GATEWAY
from anlan.live.ways.keeping import Keeping
from anlan.terms.readings import Reading


class Books:
    """What a way has done since the start, for those on duty; and the way to durability.

    name: as people see it, such as `modbus:pumps` · address: where its devices are.
    """

    def __init__(self, protocol: str, name: str, store: Store, *, title: str, address: str) -> None:
        self.name, self.protocol, self.title, self.address = name, protocol, title, address
        self.keeping = Keeping(GATEWAY + protocol, store)
        self.presence = Presence(protocol, name, address)
        self.faults: Counter[str] = Counter()
        self.frames = self.last_at = 0
        self.trouble = ""

    def came(self, faults: Sequence[Fault]) -> int:
        """Counts a message; the time, ms UTC."""
        self.frames += 1
        self.last_at = time.time_ns() // 1_000_000
        self.count(faults)
        return self.last_at

    def count(self, faults: Sequence[Fault]) -> None:
        """Counts faults."""
        for one in faults:
            self.faults[one.code] += one.rows

    async def keep(self, readings: Sequence[Reading], faults: Sequence[Fault]) -> None:
        """Returns once all is durable; Unavailable where it cannot be now."""
        await self.keeping.keep(readings, faults)

    def told(self) -> dict[str, Any]:
        """A row like those of the gateway's listeners."""
        online, known = self.presence.counts
        return blank(self.name) | {
            "protocol": self.protocol, "title": self.title, "bind": self.address,
            "devices_online": online, "devices": known, "frames": self.frames,
            "readings": self.keeping.stored, "last_at": self.last_at or None,
            "trouble": self.keeping.trouble or self.trouble, "faults": dict(self.faults),
        }  # fmt: skip


def blank(name: str) -> dict[str, Any]:
    """The row of a way that has done nothing yet."""
    return {
        "name": name, "protocol": "", "title": "", "bind": "", "port": 0, "is_encrypted": False,
        "connections": 0, "devices_online": 0, "devices": 0, "frames": 0, "readings": 0,
        "last_at": None, "trouble": "", "lag_s": 0.0, "faults": {}, "last_fault": {}, "heard": [],
    }  # fmt: skip


class Way(Protocol):
    """A way in. books: what it tells of itself · station: its devices that can be asked, None for
    none."""

    books: Books
    station: Any

    async def run(self) -> None:
        """Works until it is cancelled."""
        ...
