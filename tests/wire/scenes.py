"""A simulated device before the real gateway, on real sockets, and a store in memory."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from ssl import SSLContext
from typing import Any

from anlan.connectors import Fault
from anlan.connectors.frames import Ask, Frame, Media
from anlan.live.gateway.lines.caller import Caller
from anlan.live.gateway.lines.datagrams import Datagrams
from anlan.live.gateway.lines.line import Line
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.station import Station
from anlan.sandtable.fleet.line import Speaker, speak, stand
from anlan.terms.errors import Unavailable
from anlan.terms.readings import Reading


class Store:
    """In memory. is_away: it can keep nothing at present."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.faults: list[Fault] = []
        self.media: list[Media] = []
        self.is_away = False

    def put(self, source: str, readings: Sequence[Reading]) -> list[Fault]:
        if self.is_away:
            raise Unavailable("the disk is full", retry_after_s=0.05)
        self.readings += readings
        return []

    def set_aside(self, source: str, faults: Sequence[Fault]) -> None:
        self.faults += faults

    def shelve(self, source: str, device: str, media: Sequence[Media]) -> None:
        if self.is_away:
            raise Unavailable("the disk is full", retry_after_s=0.05)
        self.media += media


class Scene:
    """A listener of a protocol, and what it has stored."""

    def __init__(self, protocol: str, **more: Any) -> None:
        self.store = Store()
        self.station = Station(Listener(protocol=protocol, port=1, **more), self.store)

    async def until(self, happened: Callable[[], Any]) -> None:
        while not happened():
            await asyncio.sleep(0.01)

    async def asked(self, device: str, name: str, **words: Any) -> Frame:
        """What a device says to a question."""
        await self.until(lambda: device in self.station.devices)
        question = self.station.devices[device].back.ask(Ask(name, {"device": device, **words}))
        answers: asyncio.Queue[Frame] = asyncio.Queue()
        self.station.asked[device, question] = answers
        return await answers.get()

    def last(self, sensor: str) -> float | None:
        values = [one.value for one in self.store.readings if one.sensor == sensor]
        return values[-1] if values else None


Play = Callable[[Scene], Awaitable[None]]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def played(protocol: str, speaker: Speaker, play: Play, *, udp: bool = False, **more: Any) -> None:
    """Plays a scene while a device is on its line; at most a minute. more: settings."""

    async def run() -> None:
        scene, looked_at = Scene(protocol, **more), set[Any]()
        loop, closing = asyncio.get_running_loop(), list[Any]()
        if udp:
            make = partial(Datagrams, scene.station, looked_at)
            transport, _ = await loop.create_datagram_endpoint(make, ("127.0.0.1", 0))
            port, closing = transport.get_extra_info("sockname")[1], [transport]
        else:
            connected = partial(Line, scene.station, looked_at)
            server = await loop.create_server(connected, "127.0.0.1", 0)
            port, closing = server.sockets[0].getsockname()[1], [server]
        speaking = speak(speaker, "127.0.0.1", port, udp=udp, look_s=0.05)
        tasks = [asyncio.create_task(one) for one in (speaking, scene.station.carrier.run())]
        try:
            await asyncio.wait_for(play(scene), 60)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for one in closing:
                one.close()
            await _over(looked_at)

    asyncio.run(run())


def called(
    protocol: str, speaker: Speaker, play: Play, *, tls: SSLContext | None = None, **more: Any
) -> None:
    """Plays a scene while a device waits to be called, and is; at most a minute. more: settings."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        stood = loop.create_future()
        standing = stand(speaker, "127.0.0.1", 0, look_s=0.05, stood=stood.set_result, context=tls)
        tasks = [asyncio.create_task(standing)]
        scene = Scene(protocol, connect=f"127.0.0.1:{await stood}", **more)
        looked_at = set[Any]()
        caller = Caller(scene.station, looked_at, scene.station.listener.secured(Path("/")))
        tasks += [
            asyncio.create_task(one) for one in (scene.station.carrier.run(), _look(looked_at))
        ]
        try:
            await asyncio.wait_for(play(scene), 60)
        finally:
            caller.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _over(looked_at)

    asyncio.run(run())


async def _over(looked_at: set[Any]) -> None:
    """Ends the lines that still owe an answer, which nobody gives any more."""
    for one in list(looked_at):
        if isinstance(one, Line):
            one._transport.abort()
    await asyncio.sleep(0.05)


async def _look(looked_at: set[Any]) -> None:
    while True:
        for one in list(looked_at):
            one.look(time.monotonic())
        await asyncio.sleep(0.05)
