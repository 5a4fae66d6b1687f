"""The ways as a process: `python -m anlan.live.ways.process DATA`."""

import asyncio
import logging
import signal
import sys
from pathlib import Path

import uvloop

from anlan.live import journal
from anlan.live.gateway.asks import Asks
from anlan.live.gateway.devices.presence import Scribe
from anlan.live.gateway.store import Intake
from anlan.live.ways.settings import ways_in
from anlan.live.ways.told import Teller
from anlan.live.ways.way import Way
from anlan.terms.errors import AnlanError

_TELL_S, _AGAIN_S = 2.0, 5.0
_log = logging.getLogger("anlan.ways")


def serve(data: Path) -> None:
    """Works until it is told to stop; Malformed for a wrong mapping."""
    ways = ways_in(data, lambda: Intake(data))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(data, ways))


async def run(data: Path, ways: list[Way]) -> None:
    """Runs ways until this process hears INT or TERM."""
    ending, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    scribe = Scribe(data, [one.books.presence for one in ways])
    scribe.start()
    teller = Teller(data, [one.books for one in ways])
    asks = Asks(data, [one.station for one in ways if one.station])
    works = [_tell(teller), asks.run(), *(one.books.keeping.run() for one in ways)]
    works += [_again(one) for one in ways]
    tasks = [asyncio.create_task(one) for one in works]
    stopped = asyncio.create_task(ending.wait())
    try:
        done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*tasks, stopped):
            task.cancel()
        await asyncio.gather(*tasks, stopped, return_exceptions=True)
        await asyncio.to_thread(scribe.stop)
        teller.tell()
    for task in done - {stopped}:
        task.result()  # what broke is told


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
