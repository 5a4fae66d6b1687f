"""The ways as a process: `python -m anlan.live.ways.process DATA`."""

import asyncio
import logging
import signal
import sys
from pathlib import Path

import uvloop

from anlan.live import journal
from anlan.live.gateway.asks import Asks
from anlan.live.gateway.devices.presence import Presence, Scribe
from anlan.live.gateway.station import Station
from anlan.live.gateway.store import Intake
from anlan.live.ways.mapped import Files, Mapped
from anlan.live.ways.settings import folder_of, has_ways, ways_in
from anlan.live.ways.told import Teller
from anlan.live.ways.way import Way
from anlan.terms.errors import AnlanError, Malformed

_TELL_S, _AGAIN_S = 2.0, 5.0
_log = logging.getLogger("anlan.ways")


def serve(data: Path) -> None:
    """Works until it is told to stop; Malformed where there is no mapping at all."""
    if not has_ways(data):
        raise Malformed("holds no mapping, NAME.toml", where=str(folder_of(data)))
    files = ways_in(data, lambda: Intake(data))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(data, files))


async def run(data: Path, files: Files) -> None:
    """Runs ways until this process hears INT or TERM."""
    ending, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    crew, teller = Crew(data, files), Teller(data, files)
    crew.scribe.start()
    asks = Asks(data, crew.stations)
    tasks = [asyncio.create_task(one) for one in (_tell(teller), asks.run(), crew.run())]
    stopped = asyncio.create_task(ending.wait())
    try:
        done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*tasks, stopped):
            task.cancel()
        await asyncio.gather(*tasks, stopped, return_exceptions=True)
        await asyncio.to_thread(crew.scribe.stop)
        teller.tell()
    for task in done - {stopped}:
        task.result()  # what broke is told


class Crew:
    """The ways at work. One whose file is wrong stands still and harms no other; it begins within
    seconds once the file is mended, as one does whose file is new. stations: those that have
    begun, for questions."""

    def __init__(self, data: Path, files: Files) -> None:
        self._files = files
        self._presences: list[Presence] = []
        self.scribe = Scribe(data, self._presences)
        self.stations = list[Station]()

    async def run(self) -> None:
        """Works until it is cancelled."""
        new = self._files.mapped
        async with asyncio.TaskGroup() as group:
            while True:
                for one in new:
                    group.create_task(self._work(one))
                await asyncio.sleep(_AGAIN_S)
                new = await asyncio.to_thread(self._files.look)

    async def _work(self, one: Mapped) -> None:
        told = ""
        while one.way is None:
            if one.why != told:
                told = one.why
                _log.warning("%s", told)
            await asyncio.sleep(_AGAIN_S)
            if one not in self._files.mapped:
                return
            await asyncio.to_thread(one.look)
        if told:
            _log.info("%s is right now, and begins", one.name)
        self._presences.append(one.way.books.presence)
        if one.way.station:
            self.stations.append(one.way.station)
        async with asyncio.TaskGroup() as group:
            group.create_task(one.way.books.keeping.run())
            group.create_task(_again(one.way))


async def _again(way: Way) -> None:
    """Runs a way; where it breaks, the others go on and it begins anew."""
    while True:
        try:
            await way.run()
        except AnlanError as error:  # such as a port that is taken
            way.books.trouble = str(error)
        except Exception:  # noqa: BLE001 - one way that breaks must not end the others
            _log.exception("%s broke", way.books.name)
            way.books.faults["way_broken"] += 1
        await asyncio.sleep(_AGAIN_S)
        way.books.trouble = ""


async def _tell(teller: Teller) -> None:
    while True:
        teller.tell()
        await asyncio.sleep(_TELL_S)


if __name__ == "__main__":
    journal.begin("ways")
    try:
        serve(Path(sys.argv[1]))
    except AnlanError as wrong:
        _log.error("%s", wrong)
        sys.exit(1)
