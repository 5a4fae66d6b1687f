"""The gateway as a process: `python -m anlan.live.gateway.process DATA [PROTOCOL …]`."""

import asyncio
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from anlan.live import journal
from anlan.live.gateway.asks import Asks
from anlan.live.gateway.bounds import OWN_FILES, Files, raise_files
from anlan.live.gateway.lines.caller import Caller
from anlan.live.gateway.lines.datagrams import Datagrams
from anlan.live.gateway.lines.follower import Follower, Stand
from anlan.live.gateway.lines.line import Line
from anlan.live.gateway.settings import Listener, listeners_in
from anlan.live.gateway.station import Station
from anlan.live.gateway.store import Intake
from anlan.live.gateway.told import Teller
from anlan.live.gateway.told.recorder import Recorder
from anlan.terms.errors import AnlanError, Unavailable

_BACKLOG, _LOOK_S, _TELL_S, _LAST_S = 4096, 1.0, 2.0, 3.0
_HANDSHAKE_S = 10.0
_SELDOM = (100_000, 50, 20)
"""Frames are no cycles: looking for them among all that wait costs a tenth of the time."""
_log = logging.getLogger("anlan.gateway")


def serve(data: Path, only: Collection[str] = ()) -> None:
    """Listens until it is told to stop; Malformed for wrong settings, Unavailable for a port."""
    listeners = listeners_in(data, only)
    sys.setswitchinterval(0.001)  # the thread that stores waits for this one
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Gateway(data, listeners).run())


class Gateway:
    """All stations of a process."""

    def __init__(self, data: Path, listeners: Sequence[Listener]) -> None:
        self._data = data
        self.stations = _stations(data, listeners)
        self._looked_at: set[Line | Datagrams] = set()

    async def run(self) -> None:
        """Serves until this process hears INT or TERM, or something in it breaks."""
        ending, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ending.set)
        async with AsyncExitStack() as stack:
            for station in self.stations:
                stack.callback((await self._opened(station)).close)
            gc.freeze()
            gc.set_threshold(*_SELDOM)
            teller, recorder = (
                Teller(self._data, self.stations),
                Recorder(self._data, self.stations),
            )
            works = [one.carrier.run() for one in self.stations]
            works += [self._look(), _tell(teller), Asks(self._data, self.stations).run()]
            works.append(recorder.run())
            tasks = [asyncio.create_task(one) for one in works]
            stopped = asyncio.create_task(ending.wait())
            done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
            if stopped in done:
                await self._finish()
            for task in (*tasks, stopped):
                task.cancel()
            await recorder.note()
            teller.tell()
            for task in done:
                task.result()  # what broke is told

    async def _opened(self, station: Station) -> Any:
        listener, loop = station.listener, asyncio.get_running_loop()
        at = (listener.bind, listener.port)
        if listener.connect:
            return Caller(station, self._looked_at, listener.secured(self._data))
        try:
            if listener.udp:
                heard = partial(Datagrams, station, self._looked_at)
                return (await loop.create_datagram_endpoint(heard, local_addr=at))[0]
            context = listener.secured(self._data)
            timeout_s = _HANDSHAKE_S if context else None
            made: Callable[[], Line] = partial(Line, station, self._looked_at)
            if station.speech.tells:
                made = partial(Follower, station, self._looked_at, Stand(self._data))
            return await loop.create_server(
                made, *at, ssl=context, backlog=_BACKLOG,
                ssl_handshake_timeout=timeout_s,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"{listener.name}: cannot listen on {at[0]} ({error})") from error

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            look_at(list(self._looked_at))

    async def _finish(self) -> None:
        """Reads no more, and lets what has come become durable and be answered."""
        for one in list(self._looked_at):
            one.hold()
        end_s = time.monotonic() + _LAST_S
        while time.monotonic() < end_s and not all(s.carrier.is_idle for s in self.stations):
            await asyncio.sleep(0.02)


def look_at(lines: Iterable[Line | Datagrams]) -> None:
    """Lets each line look after itself; the fault of one is not the others'."""
    now_s = time.monotonic()
    for one in lines:
        try:
            one.look(now_s)
        except Exception:  # noqa: BLE001 - one line that breaks must not end the others
            _log.exception("a line could not be looked at")


async def _tell(teller: Teller) -> None:
    while True:
        teller.tell()
        await asyncio.sleep(_TELL_S)


def _stations(data: Path, listeners: Sequence[Listener]) -> list[Station]:
    """One for each listener. Each connection of devices is a file, but datagrams have one for all
    and the lines that we begin are few."""
    many = [one for one in listeners if not (one.udp or one.connect)]
    files = Files(raise_files(sum(one.most_connections for one in many) + OWN_FILES))
    return [Station(one, Intake(data), files if one in many else None) for one in listeners]


if __name__ == "__main__":
    journal.begin("gateway")
    try:
        serve(Path(sys.argv[1]), sys.argv[2:])
    except AnlanError as wrong:
        _log.error("%s", wrong)
        sys.exit(1)
