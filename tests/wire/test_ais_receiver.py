"""A simulated receiver on the coast before the real gateway, by TCP and by datagrams."""

import pytest

from anlan.sandtable.fleet.ais import Receiver, Ship
from tests.wire.scenes import Scene, called, now_ms, played


@pytest.mark.parametrize("udp", [False, True])
def test_ships_are_where_they_sail(udp: bool) -> None:
    boat = Ship(412345678, "ZHE LING YU 1", 122.1, 30.0, speed=9.5, course=90.0, draught=3.2)
    ferry = Ship(413000001, "PUTUO 6", 122.3, 29.9, status=5, kind=60)
    receiver = Receiver([boat, ferry], report_s=0.2)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: len(scene.store.readings) > 30)
        assert scene.last("412345678.speed") == 9.5
        assert scene.last("413000001.status") == 5
        assert scene.last("412345678.draught") == 3.2
        assert scene.last("412345678.lon") == pytest.approx(122.1, abs=0.01)
        assert all(abs(one.time - now_ms()) < 60_000 for one in scene.store.readings)
        assert not scene.store.faults

    played("ais", receiver, play, udp=udp)


def test_a_receiver_that_waits_to_be_called_is_called() -> None:
    receiver = Receiver([Ship(412345678, "ZHE LING YU 1", 122.1, 30.0, speed=9.5)], report_s=0.2)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("412345678.speed") == 9.5)

    called("ais", receiver, play)
