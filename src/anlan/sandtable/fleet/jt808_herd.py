"""Thousands of vehicles in one process that do nothing but tell where they are: load.

Each has its own connection and proves itself as a terminal does; after that its frames are made of
bytes alone, and of the answers only the number of frames is looked at.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from anlan.connectors.frames import BEIJING
from anlan.connectors.jt808.frame import EDGE, Head, escaped, header
from anlan.connectors.road.position import LAYOUT
from anlan.sandtable.fleet.jt808 import FIX, Terminal

_TICK_S = 0.02
_BEHIND_S = 3_600
"""Their clocks begin an hour ago: told several times a second, they run faster than ours."""

_MILEAGE = b"\x01\x04"
_CROWD = 200
"""So many connect at the same time."""


class Rider(asyncio.Protocol):
    """One vehicle. acknowledged: how many of its locations were."""

    def __init__(self, phone: str, version: int) -> None:
        self._terminal = Terminal(phone, version=version)
        self._head = Head(0x0200, version, 1, "", phone, 0, 0, 0)
        self._prefix = header(self._head, LAYOUT.size + 6)[:-2]
        self._edges = self._serial = self.acknowledged = 0
        self.proved = asyncio.get_running_loop().create_future()
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._terminal.say = transport.write
        self._terminal.begin(_now_ms())

    def data_received(self, data: bytes) -> None:
        if self.proved.done():
            self._edges += data.count(EDGE)
            self.acknowledged = self._edges // 2
            return
        self._terminal.hear(data, _now_ms())
        if self._terminal.is_proved:
            self.proved.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.proved.done():
            self.proved.set_exception(ConnectionError("cut before it had proved itself"))

    def tell(self, bcd: bytes, step: int) -> None:
        """Is somewhere, at a time in BCD."""
        lat, lon = 30_600_000 + step % 10_000, 104_100_000 + self._serial
        body = LAYOUT.pack(0, FIX, lat, lon, 400, 365, step % 360, bcd)
        self._serial = self._serial + 1 & 0xFFFF
        mileage = _MILEAGE + step.to_bytes(4, "big")
        self.transport.write(
            escaped(self._prefix + self._serial.to_bytes(2, "big") + body + mileage)
        )


class Herd:
    """Vehicles by the phones of their terminals, each on a connection of its own."""

    def __init__(self, phones: Sequence[str], version: int = 2013, zone: tzinfo = BEIJING) -> None:
        self._phones, self._version, self._zone = phones, version, zone
        self._riders: list[Rider] = []
        self._turn, self._bcd, self._second = 0, b"", 0
        self.sent = 0

    @property
    def acknowledged(self) -> int:
        return sum(rider.acknowledged for rider in self._riders)

    async def gather(self, host: str, port: int) -> None:
        """Connects all until each has proved itself; ConnectionError where one cannot."""
        loop = asyncio.get_running_loop()
        for at in range(0, len(self._phones), _CROWD):
            phones = self._phones[at : at + _CROWD]
            make = [partial(Rider, phone, self._version) for phone in phones]
            ways = [loop.create_connection(one, host, port) for one in make]
            riders = [rider for _, rider in await asyncio.gather(*ways)]
            await asyncio.gather(*(rider.proved for rider in riders))
            self._riders += riders
        self._second = int(time.time()) - _BEHIND_S

    async def drive(self, *, per_s: float, lasts_s: float) -> None:
        """Tells per_s locations a second in all, evenly, each vehicle in turn."""
        begun, wanted = time.monotonic(), round(per_s * lasts_s)
        done = 0
        while done < wanted:
            due = min(wanted, int((time.monotonic() - begun) * per_s))
            for _ in range(done, due):
                self._tell()
            done = due
            await asyncio.sleep(_TICK_S)

    def _tell(self) -> None:
        """The next in turn; a round takes a second of the vehicles' time, so no two are alike."""
        if not self._turn or not self._bcd:
            now = datetime.fromtimestamp(self._second, self._zone)
            self._bcd, self._second = bytes.fromhex(f"{now:%y%m%d%H%M%S}"), self._second + 1
        self._riders[self._turn].tell(self._bcd, self.sent)
        self._turn = (self._turn + 1) % len(self._riders)
        self.sent += 1

    def scatter(self) -> None:
        """Ends all connections."""
        for rider in self._riders:
            rider.transport.abort()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
