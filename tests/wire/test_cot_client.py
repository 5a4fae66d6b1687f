"""A TAK client that others wrote at the real gateway, on real sockets, with certificates."""

import asyncio
import json
import os
import ssl
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from configparser import ConfigParser
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from anlan.connectors.cot.event import Event, event_in
from anlan.connectors.news import Item
from anlan.live.gateway.lines.follower import Follower, Stand, news_file
from anlan.live.gateway.process import look_at
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.station import Station
from tests.wire.channels.certificates import Authority
from tests.wire.scenes import Store

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells of extras that are not installed
    import pytak

ALARM = Item(key="a1", kind="alarm", name="石桥水库", lon=160.1, lat=30.1, at=1, level=4)
THEIRS = Item(key="a2", kind="alarm", name="邻县水库", lon=160.6, lat=30.1, at=1, level=4)


class Port:
    """A listener for TAK clients at work. data: where the site writes what accounts may see."""

    def __init__(self, data: Path, **more: Any) -> None:
        self.data, self.store, self.looked_at = data, Store(), set[Any]()
        self.station = Station(Listener(protocol="cot", port=1, **more), self.store)
        self.number = 0

    def write(self, account: str, *items: Item) -> None:
        path = news_file(self.data, account)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(one) for one in items]))

    def look(self) -> None:
        for one in list(self.looked_at):
            one.look(time.monotonic())

    async def until(self, happened: Callable[[], Any]) -> None:
        while not happened():
            self.look()
            await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(data: Path, **more: Any) -> AsyncIterator[Port]:
    port, loop = Port(data, **more), asyncio.get_running_loop()
    made = partial(Follower, port.station, port.looked_at, Stand(data))
    secured = port.station.listener.secured(data)
    server = await loop.create_server(made, "127.0.0.1", 0, ssl=secured)
    port.number = server.sockets[0].getsockname()[1]
    carrying = asyncio.create_task(port.station.carrier.run())
    try:
        yield port
    finally:
        server.close()
        carrying.cancel()
        while port.looked_at:
            for one in list(port.looked_at):
                one.cut()
            await asyncio.sleep(0.01)


def played(play: Callable[[Port], Awaitable[None]], data: Path, **more: Any) -> None:
    async def run() -> None:
        async with opened(data, **more) as port:
            await asyncio.wait_for(play(port), 60)

    asyncio.run(run())


async def closed(writer: Any) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def client(url: str) -> AsyncIterator[tuple[Any, Any]]:
    """A client of pytak: its queue out and its queue in."""
    parser = ConfigParser()
    parser["client"] = {"COT_URL": url}
    config = parser["client"]
    reader, writer = await pytak.protocol_factory(config)
    out: Any = asyncio.Queue()
    come: Any = asyncio.Queue()
    works = (pytak.TXWorker(out, config, writer), pytak.RXWorker(come, config, reader))
    tasks = [asyncio.create_task(one.run()) for one in works]
    try:
        yield out, come
    finally:
        for task in tasks:
            task.cancel()
        await closed(writer)


def test_pytak_sends_its_place_and_sees_its_own_county(tmp_path: Path) -> None:
    async def play(port: Port) -> None:
        port.write("county", ALARM)
        port.write("county-b", THEIRS)
        async with client(f"tcp://127.0.0.1:{port.number}") as (out, come):
            sent = pytak.gen_cot(lat=30.2, lon=160.2, ce=5, hae=10, uid="PYTAK-1", stale=60,
                                 cot_type="a-f-G-U-C", callsign="一号")  # fmt: skip
            await out.put(sent)
            await port.until(lambda: len(port.store.readings) >= 2)
            found = {one.sensor: one.value for one in port.store.readings}
            assert (found["PYTAK-1.lat"], found["PYTAK-1.lon"]) == (30.2, 160.2)
            await port.until(lambda: come.qsize() >= 2)
            told = [event_in(come.get_nowait()) for _ in range(2)]
            assert [one.kind for one in told] == ["t-x-takp-v", "b-m-p-s-m"]
            assert told[1].part("contact").get("callsign") == "石桥水库"
            port.write("county")
            news = news_file(port.data, "county")
            await port.until(lambda: news.stat().st_size and come.qsize())
            assert event_in(come.get_nowait()).part("link").get("uid") == "anlan.alarm.a1"

    played(play, tmp_path, clients={"127.0.0.0/8": "county"})


def test_who_is_not_named_is_cut_before_it_hears_anything(tmp_path: Path) -> None:
    async def play(port: Port) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        await closed(writer)
        assert port.station.faults == {"foreign_device": 1}

    played(play, tmp_path, clients={"10.0.0.0/8": "county"})


async def heard(port: Port, context: ssl.SSLContext) -> list[Event]:
    """What a client with a certificate is told: the offer, one event, and nothing more."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port.number, ssl=context, server_hostname="localhost"
    )
    port.look()
    await port.until(lambda: port.looked_at)
    said = [event_in(await reader.readuntil(b"</event>"))]
    coming = asyncio.create_task(reader.readuntil(b"</event>"))
    await port.until(coming.done)
    said.append(event_in(coming.result()))
    port.look()
    with suppress(TimeoutError):
        said.append(event_in(await asyncio.wait_for(reader.readuntil(b"</event>"), 0.3)))
    await closed(writer)
    return said


def test_a_certificate_says_whose_eyes_a_client_has(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    for name in ("localhost", "alpha", "beta"):
        authority.server(name)
    own = {"certificate": "localhost.pem", "key": "localhost.pem", "authority": "authority.pem"}

    def context(*names: str) -> ssl.SSLContext:
        made = ssl.create_default_context(cafile=authority.file)
        for name in names:
            made.load_cert_chain(tmp_path / f"{name}.pem")
        return made

    async def play(port: Port) -> None:
        port.write("county", ALARM)
        port.write("county-b", THEIRS)
        assert [one.uid for one in await heard(port, context("alpha"))][1:] == ["anlan.alarm.a1"]
        assert [one.uid for one in await heard(port, context("beta"))][1:] == ["anlan.alarm.a2"]
        with suppress(OSError, asyncio.IncompleteReadError):  # without a certificate
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port.number, ssl=context(), server_hostname="localhost"
            )
            try:
                assert await reader.read() == b""
            finally:
                await closed(writer)
        assert len(port.station.devices) == 0

    played(play, tmp_path, clients={"alpha": "county", "beta": "county-b"}, **own)


def test_a_control_character_in_a_name_is_left_out(tmp_path: Path) -> None:
    async def play(port: Port) -> None:
        port.write("county", replace(ALARM, name="石桥\x0b水库", text="水位\ufffe高"))
        reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
        await reader.readuntil(b"</event>")
        await port.until(lambda: port.looked_at)
        port.look()
        told = event_in(await reader.readuntil(b"</event>"))
        assert told.part("contact").get("callsign") == "石桥水库"
        assert told.part("remarks").text == "水位高"
        await closed(writer)

    played(play, tmp_path, clients={"127.0.0.0/8": "county"})


def test_what_cannot_be_told_ends_its_line_and_no_other(tmp_path: Path) -> None:
    class Broken(Follower):
        def look(self, now_s: float) -> None:
            raise RuntimeError(now_s)

    async def play(port: Port) -> None:
        port.write("county", replace(ALARM, name=cast(str, None)))
        reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
        await port.until(lambda: port.looked_at)
        broken = Broken(port.station, port.looked_at, Stand(tmp_path))
        look_at([broken, *port.looked_at])
        assert port.station.faults == {"reader_broken": 1}
        with suppress(ConnectionResetError):
            await reader.read()
        await closed(writer)

    played(play, tmp_path, clients={"127.0.0.0/8": "county"})


def test_what_the_site_wrote_long_ago_is_told_no_more(tmp_path: Path) -> None:
    port = Port(tmp_path)
    port.write("county", ALARM)
    stand = Stand(tmp_path)
    news = stand.of("county")
    assert news is not None
    assert [one.key for one in news.items] == ["a1"]
    long_ago = time.time() - 600
    os.utime(news_file(tmp_path, "county"), (long_ago, long_ago))
    assert Stand(tmp_path).of("county") is None
    assert Stand(tmp_path).of("../county") is None
