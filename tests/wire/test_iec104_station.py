"""A simulated substation that is called by the real gateway: what is not stored is told again."""

import asyncio
from pathlib import Path
from socket import socket

from anlan.live.gateway.lines.caller import Caller
from anlan.sandtable.fleet.iec104 import Point, Terminal
from tests.wire.channels.certificates import Authority
from tests.wire.scenes import Scene, called, now_ms

LEVEL, SWITCH, PULSES = 4001, 1, 5001


def substation() -> Terminal:
    return Terminal(
        station=7,
        points={
            LEVEL: Point(13, {"value": 21.5, "quality": []}),
            SWITCH: Point(3, {"value": 2, "quality": ["NT"]}),
            PULSES: Point(15, {"value": 120, "sequence": 3, "quality": []}),
        },
    )


def test_a_station_is_called_and_tells_all_it_has() -> None:
    rtu = substation()

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("7.5001") == 120)
        assert scene.last("7.4001") == 21.5
        quality = {one.sensor: one.quality for one in scene.store.readings}
        assert (quality["7.4001"], quality["7.1"]) == (0, 1)
        assert all(abs(one.time - now_ms()) < 10_000 for one in scene.store.readings)

    called("iec104", rtu, play)


def test_what_changes_comes_by_itself_and_is_acknowledged_when_it_is_stored() -> None:
    rtu = substation()

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("7.5001") == 120)
        scene.store.is_away = True
        before = rtu.acknowledged
        for level in range(40):
            rtu.change(LEVEL, {"value": 30.0 + level, "quality": []}, now_ms())
        await scene.until(lambda: len(rtu.unacknowledged) == 12)
        assert rtu.acknowledged <= before + 12
        assert scene.last("7.4001") == 21.5
        scene.store.is_away = False
        await scene.until(lambda: scene.last("7.4001") == 69.0)

    called("iec104", rtu, play, words={"t2_s": 0.1, "t1_s": 15})


def test_what_was_not_acknowledged_is_told_again_on_the_next_call() -> None:
    rtu = substation()

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("7.5001") == 120)
        scene.store.is_away = True
        at = now_ms()
        rtu.change(SWITCH, {"value": 1, "quality": []}, at)
        await scene.until(lambda: scene.station.carrier.trouble)
        scene.station.devices["7"].back.cut()
        scene.store.is_away = False
        await scene.until(lambda: not rtu.unacknowledged and not rtu.waiting)
        assert ("7.1", at, 1.0) in {one[:3] for one in scene.store.readings}

    called("iec104", rtu, play, words={"t2_s": 0.1})


def test_a_station_is_asked_and_its_clock_is_set() -> None:
    rtu = substation()
    rtu.off_ms = -3_600_000

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("7.5001") == 120)
        told = await scene.asked("7", "set_time")
        assert (told.header["cot"], told.header["pn"]) == (7, 0)
        assert abs(rtu.off_ms) < 5_000
        read = await scene.asked("7", "read", ioa=LEVEL)
        assert read.fields["objects"][0]["value"] == 21.5

    called("iec104", rtu, play)


def test_a_station_that_says_nothing_any_more_is_called_anew() -> None:
    rtu = substation()

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("7.5001") == 120)
        first = scene.station.devices["7"].back
        before = scene.station.faults["out_of_step"]  # a slow machine may have been late already
        rtu.hear = lambda data, now_ms: None  # type: ignore[method-assign]  # it hangs
        await scene.until(lambda: scene.station.faults["out_of_step"] > before)
        del rtu.hear
        await scene.until(lambda: scene.station.devices["7"].back is not first)

    called("iec104", rtu, play, words={"t1_s": 0.8, "t2_s": 0.1, "t3_s": 0.9})


def test_a_station_is_called_by_tls_and_proves_who_it_is(tmp_path: Path) -> None:
    authority, rtu = Authority(tmp_path), substation()

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("7.5001") == 120)

    called("iec104", rtu, play, tls=authority.server("localhost"), authority=authority.file)


def test_a_station_that_somebody_else_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    rtu, other = substation(), Authority(tmp_path / "other")

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.station.faults["unreachable"])
        assert not scene.station.frames

    tls = Authority(tmp_path).server("localhost")
    called("iec104", rtu, play, tls=tls, authority=other.file)


def test_where_nobody_answers_it_is_counted_and_tried_again() -> None:
    async def run() -> None:
        with socket() as taken:  # bound, so that nobody else gets it, and nobody listens
            taken.bind(("127.0.0.1", 0))
            scene = Scene("iec104", connect=f"127.0.0.1:{taken.getsockname()[1]}")
            caller = Caller(scene.station, set(), None)
            await asyncio.wait_for(scene.until(lambda: scene.station.faults["unreachable"] > 1), 60)
            caller.close()

    asyncio.run(run())
