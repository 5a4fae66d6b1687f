"""A SeedLink server that is called, told what is wanted, and listened to until the line ends."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from anlan.connectors import Fault, Reading
from anlan.connectors.mapping import Heard
from anlan.connectors.seedlink import packet
from anlan.connectors.seedlink.map import Map, Wanted
from anlan.connectors.seedlink.record import Shaking, shakings_in
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.quality import Quality

UNREADABLE, UNWANTED = "unreadable", "not_wanted"
_REACH_S, _ANSWER_S = 15.0, 15.0
_MOST_LINE = 1_024
Keep = Callable[[Sequence[Reading], Sequence[Fault], Sequence[Heard]], Awaitable[None]]
"""Returns once all is durable; Unavailable where it cannot be now."""


class Session:
    """One server. numbers: of each station's last packet that is durable; the next call goes on
    behind it · refused: stations that the server does not know.

    resumed: such numbers of an earlier start; what came behind them before it comes again.
    """

    def __init__(
        self, mapping: Map, keep: Keep, now: Callable[[], int], *, resumed: Mapping[str, int]
    ) -> None:
        self._map, self._keep, self._now = mapping, keep, now
        self._wanted = {one.device: one for one in mapping.stations}
        self._ends: dict[tuple[str, str, str], int] = {}
        self.numbers = dict(resumed)
        self._resumed, self._began = frozenset(resumed), now()
        self.refused: list[str] = []

    async def run(self) -> None:
        """Listens until the line ends; Unavailable says why it did."""
        try:
            async with asyncio.timeout(_REACH_S):
                reader, writer = await asyncio.open_connection(
                    self._map.host, self._map.port, limit=_MOST_LINE
                )
        except (OSError, TimeoutError) as error:
            raise Unavailable(f"nothing answers at {self._map.host}:{self._map.port}") from error
        try:
            await self._ask(reader, writer)
            await self._listen(reader, writer)
        except TimeoutError as error:
            raise Unavailable("the server says nothing") from error
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise Unavailable(f"the line has ended ({type(error).__name__})") from error
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(packet.HELLO)
        for _ in range(2):  # what it is, and whose
            await _line(reader)
        self.refused = []
        for one in self._map.stations:
            asked = [packet.station(one.network, one.station), *map(packet.select, one.select)]
            for command in (*asked, packet.data(self.numbers.get(one.device))):
                writer.write(command)
                if await _line(reader) != packet.OK:
                    self.refused.append(one.device)
                    break
        if len(self.refused) == len(self._map.stations):
            raise Unavailable("the server knows none of the stations")
        writer.write(packet.END)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Asks whether the server is still there where it is silent for half of the time."""
        while True:
            try:
                data = await self._packet(reader)
            except TimeoutError:
                writer.write(packet.ALIVE)
                data = await self._packet(reader)
            try:
                came = packet.packet_of(data)
            except Malformed as error:
                raise Unavailable(str(error)) from error
            if came.number is not None:
                await self._take(came.number, came.record)

    async def _packet(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(self._map.idle_s / 2):
            return await reader.readexactly(packet.PACKET_BYTES)

    async def _take(self, number: int, record: bytes) -> None:
        """Once it is durable, its number is that of its station."""
        try:
            found = next(shakings_in(record), None)
        except Malformed as error:
            await self._keep((), [Fault(UNREADABLE, str(error), record)], ())
            return
        if found is None or found.device not in self._wanted:
            name = "an empty packet" if found is None else found.device
            await self._keep((), [Fault(UNWANTED, f"{name} was not asked for", record)], ())
            return
        wanted = self._wanted[found.device]
        readings, heard = self._told(found, wanted)
        await self._keep(readings, (), [heard])
        self.numbers[found.device] = number
        self._ends[_place(found)] = max(found.end, self._ends.get(_place(found), 0))

    def _told(self, found: Shaking, wanted: Wanted) -> tuple[list[Reading], Heard]:
        """What a record becomes, at the time of its last sample."""
        before, now = self._ends.get(_place(found)), self._now()
        is_again = found.device in self._resumed and found.end <= self._began
        told = told_of(found, wanted, delay_ms=None if is_again else now - found.end, before=before)
        keys = {name: f"{found.device}.{name}" for name in told}
        quality = Quality.UNCERTAIN if found.clock is not None and found.clock < 1 else Quality.GOOD
        readings = [
            Reading(keys[name], found.end, value, int(quality), now) for name, value in told.items()
        ]
        return readings, Heard(found.device, None, keys)


def told_of(
    found: Shaking, wanted: Wanted, *, delay_ms: int | None, before: int | None
) -> dict[str, float]:
    """Values by the name of their quantity: `00BHZ_peak` and `_rms` in m/s or m/s² where the map
    says what counts are, else in counts; `_delay` and, behind a hole, `_gap` in seconds.

    delay_ms: None where it may have come before, and then with another · before: when the samples
    ended that came before.
    """
    worth = wanted.of(found.channel)
    scale, what = (1 / worth.counts, "") if worth else (1.0, "_counts")
    name = found.location + found.channel
    told = {f"{name}_peak{what}": found.peak * scale, f"{name}_rms{what}": found.rms * scale}
    if delay_ms is not None:
        told[f"{name}_delay"] = delay_ms / 1000
    if before is not None and found.start >= before:
        hole_ms = found.start - before - 1000 / found.rate
        told[f"{name}_gap"] = max(0.0, hole_ms / 1000) if hole_ms > 1000 / found.rate else 0.0
    return told


def _place(found: Shaking) -> tuple[str, str, str]:
    return found.device, found.location, found.channel


async def _line(reader: asyncio.StreamReader) -> bytes:
    """A line of an answer, without its end."""
    async with asyncio.timeout(_ANSWER_S):
        found = await reader.readuntil(b"\n")
    return found.strip()
