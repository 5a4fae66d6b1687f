"""A simulated transmission device before the real gateway, on real sockets, over TCP and UDP."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import pytest

from anlan.connectors import Fault
from anlan.connectors.frames import Ask, Frame
from anlan.connectors.gb26875 import PROTOCOL
from anlan.live.gateway.lines.datagrams import Datagrams
from anlan.live.gateway.lines.line import Line
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.station import Station
from anlan.sandtable.fleet.gb26875 import FIRE, NORMAL, Device, Point
from anlan.sandtable.fleet.line import speak
from anlan.terms.errors import Unavailable
from anlan.terms.readings import Reading

ADDRESS = "000000000379"


class Store:
    """In memory. is_away: it can keep nothing at present."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.faults: list[Fault] = []
        self.is_away = False

    def put(self, source: str, readings: Sequence[Reading]) -> list[Fault]:
        if self.is_away:
            raise Unavailable("the disk is full", retry_after_s=0.05)
        self.readings += readings
        return []

    def set_aside(self, source: str, faults: Sequence[Fault]) -> None:
        self.faults += faults


class Scene:
    """A device on its line, and the station that hears it."""

    def __init__(self, device: Device) -> None:
        self.device, self.store = device, Store()
        self.station = Station(Listener(protocol="gb26875", port=1), self.store)

    async def until(self, happened: Callable[[], Any]) -> None:
        while not happened():
            await asyncio.sleep(0.01)

    async def asked(self, name: str, **words: Any) -> Frame:
        await self.until(lambda: ADDRESS in self.station.devices)
        question = self.station.devices[ADDRESS].back.ask(Ask(name, words))
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self.station.asked[ADDRESS, question] = answer
        return await answer

    def last(self, sensor: str) -> float | None:
        values = [one.value for one in self.store.readings if one.sensor == f"{ADDRESS}.{sensor}"]
        return values[-1] if values else None


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def played(play: Callable[[Scene], Awaitable[None]], *, udp: bool = False) -> None:
    points = [Point(1, 1, 40, 1, n, f"{n}层走廊") for n in range(1, 31)]
    points.append(Point(11, 1, 92, 2, 1, "屋顶水箱", analog=2, number=245))
    device = Device(0x379, points, repeat_s=0.2)

    async def run() -> None:
        scene, looked_at = Scene(device), set[Any]()
        loop, closing = asyncio.get_running_loop(), list[Any]()
        if udp:
            make = partial(Datagrams, scene.station, looked_at)
            transport, _ = await loop.create_datagram_endpoint(make, ("127.0.0.1", 0))
            port, closing = transport.get_extra_info("sockname")[1], [transport]
        else:
            server = await loop.create_server(
                partial(Line, scene.station, looked_at), "127.0.0.1", 0
            )
            port, closing = server.sockets[0].getsockname()[1], [server]
        speaking = speak(device, "127.0.0.1", port, udp=udp, look_s=0.05)
        tasks = [asyncio.create_task(one) for one in (speaking, scene.station.carrier.run())]
        try:
            await asyncio.wait_for(play(scene), 20)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for one in closing:
                one.close()
            await asyncio.sleep(0.05)

    asyncio.run(run())


@pytest.mark.parametrize("udp", [False, True])
def test_a_storm_of_states_is_stored_and_confirmed(udp: bool) -> None:
    async def play(scene: Scene) -> None:
        device = scene.device
        await scene.until(lambda: scene.station.frames)
        device.points[6].state = NORMAL | FIRE
        device.tell_states(device.points, now_ms())
        device.tell_values(device.points[-1:], now_ms())
        device.tell_state(now_ms())
        await scene.until(lambda: not device.unconfirmed)
        assert scene.last("1-1.1-7.fire") == 1
        assert scene.last("1-1.1-8.fire") == 0
        assert scene.last("11-1.2-1.height") == 2.45
        assert scene.last("normal") == 1
        assert not scene.store.faults

    played(play, udp=udp)


def test_what_could_not_be_stored_is_sent_again() -> None:
    async def play(scene: Scene) -> None:
        scene.store.is_away = True
        scene.device.tell_state(now_ms())
        begun = scene.station.frames
        await scene.until(lambda: scene.station.frames >= begun + 4)
        assert scene.device.unconfirmed
        scene.store.is_away = False
        await scene.until(lambda: not scene.device.unconfirmed)
        assert scene.last("normal") == 1

    played(play)


def test_every_question_is_answered_and_a_check_by_who_is_on_duty() -> None:
    words: dict[str, Any] = {"system": 1, "address": 1, "zone": 1, "position": 7}
    types = {
        "system_state": 1, "component_state": 2, "operations": 4, "software": 5,
        "system_config": 6, "component_config": 7, "system_time": 8, "device_state": 21,
        "device_operations": 24, "device_software": 25, "device_config": 26, "device_time": 28,
        "analog": 3, "init": None, "set_clock": None, "duty_check": None,
    }  # fmt: skip
    assert set(types) == set(PROTOCOL.asks)

    async def play(scene: Scene) -> None:
        scene.device.off_ms = -300_000
        for name, kind in types.items():
            answer = await scene.asked(name, **words)
            assert (answer.header["cmd"], answer.fields.get("type")) == (5 if kind else 3, kind)
        assert abs(scene.device.off_ms) < 2_000
        await scene.until(lambda: scene.last("op_duty_answer") == 1)
        denied = await scene.asked("analog", system=9, zone=9, position=9)
        assert denied.header["cmd"] == 6

    played(play)
