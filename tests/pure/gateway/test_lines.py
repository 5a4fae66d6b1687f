"""Devices on real sockets before a store in memory: whoever harms is cut, the others are not."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from anlan.live.gateway import carrier
from anlan.live.gateway.lines.datagrams import Datagrams
from anlan.live.gateway.lines.line import Line
from anlan.live.gateway.protocols import MODULES
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.station import Station
from tests.pure.gateway.tiny import Talk
from tests.wire.channels.certificates import Authority
from tests.wire.scenes import Store


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "tiny", "tests.pure.gateway.tiny")


class Port:
    """A listener at work."""

    def __init__(self, store: Store, **more: Any) -> None:
        self.store, self.looked_at = store, set[Any]()
        self.station = Station(Listener(protocol="tiny", port=1, **more), store)
        self.at: tuple[str, int] = ("", 0)
        self._writers: list[asyncio.StreamWriter] = []

    async def connected(self, **how: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*self.at, **how)
        self._writers.append(writer)
        return reader, writer

    async def close(self) -> None:
        for one in self._writers:
            one.close()
            with suppress(OSError):
                await one.wait_closed()

    async def is_well(self) -> bool:
        """Whether another device is answered."""
        reader, writer = await self.connected()
        writer.write(b"well level 1 %d\n" % _now())
        return await asyncio.wait_for(reader.readline(), 5) == b"ok well\n"


def _now() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def opened(**more: Any) -> AsyncIterator[Port]:
    port, loop = Port(Store(), **more), asyncio.get_running_loop()
    made = partial(Line, port.station, port.looked_at)
    server = await loop.create_server(made, "127.0.0.1", 0)
    port.at = server.sockets[0].getsockname()
    carrying = asyncio.create_task(port.station.carrier.run())
    try:
        yield port
    finally:
        await port.close()
        server.close()
        carrying.cancel()
        while port.looked_at:
            for one in port.looked_at:
                one.cut()
            await asyncio.sleep(0.01)


def played(play: Callable[[Port], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        async with opened(**more) as port:
            await asyncio.wait_for(play(port), 20)

    asyncio.run(run())


async def _is_cut(reader: asyncio.StreamReader) -> bool:
    with suppress(ConnectionResetError):
        return await asyncio.wait_for(reader.read(), 5) == b""
    return True


def test_garbage_ends_its_own_connection_alone() -> None:
    async def play(port: Port) -> None:
        reader, writer = await port.connected()
        writer.write(b"x\n" * 1000)
        assert await _is_cut(reader)
        assert port.station.faults["garbage"] == 1
        assert len(port.store.faults) + len(port.station.carrier._waiting) >= 20
        assert sum(bool(one.text) for one in port.store.faults) <= 20

    played(play)


def test_a_reader_that_breaks_ends_its_own_connection_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = Talk.feed

    def feed(self: Talk, data: bytes) -> Any:
        if data.startswith(b"break"):
            raise KeyError("broken")
        return whole(self, data)

    async def play(port: Port) -> None:
        reader, writer = await port.connected()
        writer.write(b"break\n")
        assert await _is_cut(reader)
        assert port.station.faults == {"reader_broken": 1}
        assert await port.is_well()

    monkeypatch.setattr(Talk, "feed", feed)
    played(play)


def test_who_brings_no_whole_frame_in_time_is_cut() -> None:
    async def play(port: Port) -> None:
        reader, writer = await port.connected()
        good, other = await port.connected()
        other.write(b"a level 1 %d\n" % _now())
        await good.readline()
        writer.write(b"a lev")
        for one in list(port.looked_at):
            one.look(time.monotonic() + 40)  # more than a new one has, less than one that spoke
        assert await _is_cut(reader)
        other.write(b"a level 1 %d\n" % _now())
        assert await good.readline() == b"ok a\n"
        assert port.station.faults == {"silent": 1}

    played(play)


def test_connections_are_bounded_by_address_and_network() -> None:
    async def crowd(port: Port) -> None:
        _, _writer = await port.connected()
        await asyncio.sleep(0.05)
        reader, _ = await port.connected()
        assert await _is_cut(reader)
        assert port.station.faults == {"too_many_of_address": 1}

    async def foreign(port: Port) -> None:
        reader, _ = await port.connected()
        assert await _is_cut(reader)
        assert port.station.faults == {"foreign_address": 1}

    played(crowd, most_per_address=1)
    played(foreign, addresses=("10.0.0.0/8",))


def test_devices_that_are_not_allowed_are_cut_and_nothing_of_them_is_stored() -> None:
    async def play(port: Port) -> None:
        reader, writer = await port.connected()
        writer.write(b"bad level 1 %d\n" % _now())
        assert await _is_cut(reader)
        assert await port.is_well()
        assert [row.sensor for row in port.store.readings] == ["well.level"]
        assert [fault.code for fault in port.store.faults] == ["foreign_device"]

    played(play, devices=("well",))


def test_who_says_too_much_is_read_slower_and_loses_nothing() -> None:
    async def play(port: Port) -> None:
        reader, writer = await port.connected()
        for n in range(60):
            writer.write(b"a level 1 %d\n" % (_now() + n))
            await writer.drain()
            if n == 45:
                assert await port.is_well()
        for _ in range(60):
            assert await reader.readline() == b"ok a\n"

    played(play, device_frames_per_s=20)


def test_what_cannot_be_kept_is_refused_not_read_further_and_kept_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def play(port: Port) -> None:
        port.store.is_away = True
        reader, writer = await port.connected()
        for n in range(50):
            writer.write(b"a level 1 %d\n" % (_now() + n))
            await writer.drain()
            await asyncio.sleep(0)
        assert await reader.readline() == b"later a\n"
        (line,) = port.looked_at
        assert port.station.carrier.trouble == "the disk is full"
        assert port.store.readings == []
        port.store.is_away = False
        while len(port.store.readings) < 50:
            await asyncio.sleep(0.01)
        while port.station.carrier.trouble or line._holds:  # at most the 20 s of the scene
            await asyncio.sleep(0.01)

    monkeypatch.setattr(carrier, "_FULL", 20)
    monkeypatch.setattr(carrier, "_EASY", 5)
    monkeypatch.setattr(carrier, "_PATIENCE_S", 0.1)
    played(play, device_frames_per_s=10_000)


def test_datagrams_are_judged_and_answered_each() -> None:
    class Far(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.heard: asyncio.Queue[bytes] = asyncio.Queue()

        def datagram_received(self, data: bytes, addr: Any) -> None:
            self.heard.put_nowait(data)

    async def play(port: Port) -> None:
        loop = asyncio.get_running_loop()
        made = partial(Datagrams, port.station, port.looked_at)
        door, ours = await loop.create_datagram_endpoint(made, local_addr=("127.0.0.1", 0))
        at = door.get_extra_info("sockname")
        out, far = await loop.create_datagram_endpoint(Far, remote_addr=at)
        out.sendto(b"a level 1 %d" % _now())
        assert await far.heard.get() == b"ok a\n"
        out.sendto(b"half a frame")
        out.sendto(b"a level 2 %d" % (_now() + 1))
        assert await far.heard.get() == b"ok a\n"
        ours.look(time.monotonic() + 1000)
        assert port.station.crowd.size == 0
        port.looked_at.discard(ours)
        door.close()
        out.close()

    played(play)


def test_a_port_with_a_certificate_is_spoken_to_by_tls_alone(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.server("localhost")
    listener = Listener(
        protocol="tiny", port=1, certificate="localhost.pem", key="localhost.pem", first_s=5
    )

    async def play(port: Port) -> None:
        made = partial(Line, port.station, port.looked_at)
        context = listener.secured(tmp_path)
        server = await asyncio.get_running_loop().create_server(made, "localhost", 0, ssl=context)
        port.at = server.sockets[0].getsockname()[:2]
        trusts = ssl.create_default_context(cafile=authority.file)
        reader, writer = await port.connected(ssl=trusts, server_hostname="localhost")
        writer.write(b"a level 1 %d\n" % _now())
        assert await reader.readline() == b"ok a\n"
        bare, out = await port.connected()
        out.write(b"a level 1 %d\n" % _now())
        assert await _is_cut(bare)
        assert len(port.store.readings) == 1
        server.close()

    played(play)
