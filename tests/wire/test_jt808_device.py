"""A simulated terminal before the real gateway: what it tells arrives, what it is told it does."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.jt808 import PROTOCOL
from anlan.live.gateway.lines.line import Line
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.station import Station
from anlan.sandtable.fleet.jt808 import Terminal, Where
from anlan.sandtable.fleet.jt808_herd import Herd
from anlan.sandtable.fleet.line import speak
from tests.wire.scenes import Store

NOW_MS = 1_796_011_200_000  # 2026-11-30 12:00 in Beijing
PHONE = "13800001111"
HERE = Where(104.1, 30.6, speed=36.5, direction=90, mileage=1200.5)


class Pair:
    """A terminal and the platform's side, without a socket between them."""

    def __init__(self, **settings: Any) -> None:
        self.terminal = Terminal(PHONE, **settings)
        self.said: list[bytes] = []
        self.meet()

    def meet(self) -> None:
        """A new line, of which the platform knows nothing."""
        self.talk = PROTOCOL.talk(Way(words={"secret": "s", "authenticate": True}))
        self.terminal.say = self.said.append
        self.terminal.begin(NOW_MS)

    def carry(self, now_ms: int = NOW_MS) -> list[Frame]:
        """Says everything to each other until there is nothing left."""
        heard: list[Frame] = []
        while self.said:
            for frame in self.talk.feed(self.said.pop(0)):
                heard.append(frame)
                self.terminal.hear(self.talk.answer(frame, now_ms), now_ms)
        return heard

    def ask(self, name: str, **words: Any) -> tuple[str, list[Frame]]:
        question, data = self.talk.ask(Ask(name, words), NOW_MS)
        self.terminal.hear(data, NOW_MS)
        return question, self.carry()


@pytest.mark.parametrize("version", [2013, 2019])
def test_it_registers_once_and_tells_in_batches_what_it_could_not(version: int) -> None:
    pair = Pair(version=version)
    assert [frame.header["name"] for frame in pair.carry()] == ["register", "authenticate"]
    for second in range(3):
        pair.terminal.tell(NOW_MS + second * 1000, HERE, NOW_MS)
    pair.said.clear()  # the line is lost with them
    pair.meet()
    frames = pair.carry()
    assert [frame.header["name"] for frame in frames] == ["authenticate", "locations"]
    told = [(one.time, one.value) for one in frames[1].readings if one.sensor == f"{PHONE}.lon"]
    assert told == [(NOW_MS + second * 1000, HERE.lon) for second in range(3)]
    assert not pair.terminal.unacknowledged


def test_a_code_that_is_not_ours_makes_it_register_again() -> None:
    pair = Pair(code="of another platform")
    names = [frame.header["name"] for frame in pair.carry()]
    assert names == ["authenticate", "register", "authenticate"]
    assert pair.terminal.is_proved


def test_it_does_what_it_is_told_and_says_so() -> None:
    pair = Pair()
    pair.carry()
    pair.terminal.tell(NOW_MS, HERE, NOW_MS)
    pair.carry()
    asks: list[tuple[str, dict[str, Any]]] = [
        ("text", {"text": "前方塌方"}), ("locate", {}), ("parameters", {}), ("attributes", {}),
        ("set_parameters", {"values": {"interval_s": 5}}), ("picture", {}),
        ("circle", {"id": 1, "lat": 30.6, "lon": 104.1, "radius_m": 500}),
    ]  # fmt: skip
    for name, words in asks:
        question, frames = pair.ask(name, **words)
        assert question in [frame.ask for frame in frames], name
    assert ("0x8300", "前方塌方") in [(name, said.get("text")) for name, said in pair.terminal.done]
    assert pair.terminal.parameters["interval_s"] == 5
    assert pair.terminal.done[-1][0] == "0x8600"


def test_its_picture_arrives_whole_though_parts_were_lost() -> None:
    pair = Pair()
    pair.carry()
    pair.terminal.hear(pair.talk.ask(Ask("picture"), NOW_MS)[1], NOW_MS)
    taken, parts = pair.said
    first, _, last = (b"\x7e" + part + b"\x7e" for part in parts.split(b"\x7e") if part)
    pair.said[:] = [taken, first, last]
    frames = pair.carry()
    assert frames[-1].fields["data"] == pair.terminal.picture.hex()
    assert [frame.header["index"] for frame in frames[1:]] == [1, 3, 2]


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not happened():
            await asyncio.sleep(0.01)


async def opened(store: Store) -> tuple[Station, asyncio.Server, asyncio.Task[None]]:
    station = Station(Listener(protocol="jt808", words={"authenticate": True}), store)
    make = partial(Line, station, set[Any]())
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    return station, server, asyncio.create_task(station.carrier.run())


def test_a_picture_is_acknowledged_when_it_is_kept() -> None:
    async def run() -> None:
        store, terminal = Store(), Terminal(PHONE, repeat_s=0.2)
        station, server, carrying = await opened(store)
        port = server.sockets[0].getsockname()[1]
        speaking = asyncio.create_task(speak(terminal, "127.0.0.1", port, look_s=0.05))
        await until(lambda: terminal.is_proved)
        store.is_away = True
        station.devices[PHONE].back.ask(Ask("picture", {"device": PHONE}))
        await until(lambda: station.carrier.trouble)
        assert not store.media
        store.is_away = False
        await until(lambda: store.media)
        assert store.media[0].data == terminal.picture
        assert store.media[0].note == "图像 通道1 平台下发指令"
        await until(lambda: station.carrier.is_idle)
        for task in (speaking, carrying):
            task.cancel()
        await asyncio.gather(speaking, carrying, return_exceptions=True)
        server.close()

    asyncio.run(run())


def test_positions_are_acknowledged_when_they_are_stored() -> None:
    async def run() -> None:
        store, terminal = Store(), Terminal(PHONE, repeat_s=0.2)
        station, server, carrying = await opened(store)
        port = server.sockets[0].getsockname()[1]
        speaking = asyncio.create_task(speak(terminal, "127.0.0.1", port, look_s=0.05))
        await until(lambda: terminal.is_proved)
        store.is_away = True
        at_ms = time.time_ns() // 1_000_000_000 * 1000
        terminal.tell(at_ms, HERE, at_ms)
        seen = station.frames
        await until(lambda: station.frames >= seen + 2)
        assert terminal.unacknowledged or terminal.waits
        store.is_away = False
        await until(lambda: not terminal.unacknowledged and not terminal.waits)
        assert {
            (one.time, one.value) for one in store.readings if one.sensor == f"{PHONE}.lat"
        } == {(at_ms, HERE.lat)}
        assert not store.faults
        for task in (speaking, carrying):
            task.cancel()
        await asyncio.gather(speaking, carrying, return_exceptions=True)
        server.close()

    asyncio.run(run())


def test_a_herd_of_vehicles_is_heard_whole() -> None:
    async def run() -> None:
        store = Store()
        _, server, carrying = await opened(store)
        herd = Herd([f"139{n:08}" for n in range(20)])
        port = server.sockets[0].getsockname()[1]
        await asyncio.wait_for(herd.gather("127.0.0.1", port), 60)
        await herd.drive(per_s=400, lasts_s=0.5)
        await until(lambda: herd.acknowledged == herd.sent)
        lons = [one for one in store.readings if one.sensor.endswith(".lon")]
        assert herd.sent == len({(one.sensor, one.time) for one in lons}) == 200
        herd.scatter()
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)
        server.close()

    asyncio.run(run())
