"""A simulated device's end of a line: TCP or UDP, and back again where it is lost."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from ssl import SSLContext
from typing import Any, Protocol


class Speaker(Protocol):
    """A device without its socket; what it says goes to its attribute `say`."""

    def begin(self, now_ms: int) -> None:
        """There is a line, new or again."""
        ...

    def hear(self, data: bytes, now_ms: int) -> None:
        """Takes what the far end said."""
        ...

    def look(self, now_ms: int) -> None:
        """Says what is due: heartbeats, and again what was not acknowledged."""
        ...


class _End(asyncio.Protocol, asyncio.DatagramProtocol):
    def __init__(self, speaker: Speaker) -> None:
        self._speaker, self.lost = speaker, asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self._speaker.hear(data, _now_ms())

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


async def speak(
    speaker: Speaker, host: str, port: int, *, udp: bool = False, look_s: float = 1.0
) -> None:
    """Keeps a device on its line until it is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        with suppress(OSError):
            if udp:
                end, its = await loop.create_datagram_endpoint(
                    lambda: _End(speaker), remote_addr=(host, port)
                )
                await _live(speaker, its, end.sendto, end.close, look_s)
            else:
                way, its = await loop.create_connection(lambda: _End(speaker), host, port)
                await _live(speaker, its, way.write, way.close, look_s)
        await asyncio.sleep(look_s)


async def stand(
    speaker: Speaker,
    host: str,
    port: int,
    *,
    look_s: float = 1.0,
    stood: Callable[[int], None] = lambda _: None,
    context: SSLContext | None = None,
) -> None:
    """Waits to be called until it is cancelled, and speaks on the newest call. stood: is told the
    port, once there is one · context: of TLS, where that is spoken."""
    loop = asyncio.get_running_loop()
    calls: set[_Called] = set()
    server = await loop.create_server(lambda: _Called(speaker, calls), host, port, ssl=context)
    stood(server.sockets[0].getsockname()[1])
    try:
        while True:
            speaker.look(_now_ms())
            await asyncio.sleep(look_s)
    finally:
        server.close()
        for call in list(calls):
            call.end()


class _Called(_End):
    """One call."""

    def __init__(self, speaker: Speaker, calls: "set[_Called]") -> None:
        super().__init__(speaker)
        self._calls = calls
        self._way: Any = None

    def connection_made(self, transport: Any) -> None:
        for earlier in list(self._calls):
            earlier.end()
        self._calls.add(self)
        self._way = transport
        _give(self._speaker, transport.write)
        self._speaker.begin(_now_ms())

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._calls.discard(self)
        if not self._calls:
            _give(self._speaker, nowhere)

    def end(self) -> None:
        """Hangs up."""
        self._way.abort()


async def _live(
    speaker: Speaker,
    end: _End,
    write: Callable[[bytes], None],
    close: Callable[[], None],
    look_s: float,
) -> None:
    _give(speaker, write)
    speaker.begin(_now_ms())
    try:
        while not end.lost.is_set():
            speaker.look(_now_ms())
            with suppress(TimeoutError):
                await asyncio.wait_for(end.lost.wait(), look_s)
    finally:
        _give(speaker, nowhere)
        close()


def _give(speaker: Speaker, say: Callable[[bytes], None]) -> None:
    setattr(speaker, "say", say)  # noqa: B010 - to mypy a dataclass's callable is read-only


def nowhere(_: bytes) -> None:
    """Where what is said goes without a line."""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
