"""A simulated transmission device before the real gateway, on real sockets, over TCP and UDP."""

from typing import Any

import pytest

from anlan.connectors.gb26875 import PROTOCOL
from anlan.sandtable.fleet.gb26875 import FIRE, NORMAL, Device, Point
from tests.wire.scenes import Scene, now_ms, played

ADDRESS = "000000000379"


def host() -> Device:
    points = [Point(1, 1, 40, 1, n, f"{n}层走廊") for n in range(1, 31)]
    points.append(Point(11, 1, 92, 2, 1, "屋顶水箱", analog=2, number=245))
    return Device(0x379, points, repeat_s=0.2)


@pytest.mark.parametrize("udp", [False, True])
def test_a_storm_of_states_is_stored_and_confirmed(udp: bool) -> None:
    device = host()

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.station.frames)
        device.points[6].state = NORMAL | FIRE
        device.tell_states(device.points, now_ms())
        device.tell_values(device.points[-1:], now_ms())
        device.tell_state(now_ms())
        await scene.until(lambda: not device.unconfirmed)
        assert scene.last(f"{ADDRESS}.1-1.1-7.fire") == 1
        assert scene.last(f"{ADDRESS}.1-1.1-8.fire") == 0
        assert scene.last(f"{ADDRESS}.11-1.2-1.height") == 2.45
        assert scene.last(f"{ADDRESS}.normal") == 1
        assert not scene.store.faults

    played("gb26875", device, play, udp=udp)


def test_what_could_not_be_stored_is_sent_again() -> None:
    device = host()

    async def play(scene: Scene) -> None:
        scene.store.is_away = True
        device.tell_state(now_ms())
        begun = scene.station.frames
        await scene.until(lambda: scene.station.frames >= begun + 4)
        assert device.unconfirmed
        scene.store.is_away = False
        await scene.until(lambda: not device.unconfirmed)
        assert scene.last(f"{ADDRESS}.normal") == 1

    played("gb26875", device, play)


def test_every_question_is_answered_and_a_check_by_who_is_on_duty() -> None:
    words: dict[str, Any] = {"system": 1, "address": 1, "zone": 1, "position": 7}
    types = {
        "system_state": 1, "component_state": 2, "operations": 4, "software": 5,
        "system_config": 6, "component_config": 7, "system_time": 8, "device_state": 21,
        "device_operations": 24, "device_software": 25, "device_config": 26, "device_time": 28,
        "analog": 3, "init": None, "set_clock": None, "duty_check": None,
    }  # fmt: skip
    assert set(types) == set(PROTOCOL.asks)

    device = host()

    async def play(scene: Scene) -> None:
        device.off_ms = -300_000
        for name, kind in types.items():
            answer = await scene.asked(ADDRESS, name, **words)
            assert (answer.header["cmd"], answer.fields.get("type")) == (5 if kind else 3, kind)
        assert abs(device.off_ms) < 2_000
        await scene.until(lambda: scene.last(f"{ADDRESS}.op_duty_answer") == 1)
        denied = await scene.asked(ADDRESS, "analog", system=9, zone=9, position=9)
        assert denied.header["cmd"] == 6

    played("gb26875", device, play)
