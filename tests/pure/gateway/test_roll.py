"""What the gateway keeps of devices: who spoke, and its last frames, for several processes."""

import asyncio
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from anlan.live.gateway.devices import roll as rolls
from anlan.live.gateway.devices.frames import Chunk, Ring, frames_of
from anlan.live.gateway.devices.heard import HEAD, Devices
from anlan.live.gateway.devices.kept import Kept
from anlan.live.gateway.devices.roll import Heard, Reader, Roll, Spoken
from anlan.live.gateway.told.again import read_again, told
from anlan.live.gateway.told.recorder import Recorder
from tests.wire.stations import GOOD, STATION

NOW = 1_796_011_200_000
HEADED = HEAD.pack(NOW, 100_000) + bytes(100_000)
BACK = SimpleNamespace(address="10.1.2.3")


def heard(device: str, at: int, frames: int = 1, *, is_online: bool = True) -> Heard:
    return Heard("jt808", device, "jt808:6808", at, frames, "10.1.2.3", is_online)


def test_two_processes_write_one_roll(tmp_path: Path) -> None:
    """A device that went over to another process is not offline because the first one lost it; and
    nobody is online of a process that is silent."""
    one, other, reader = Roll(tmp_path), Roll(tmp_path), Reader(tmp_path)
    one.note("one", [heard("bus", NOW, 5)], [Spoken("jt808", "bus", "speed", "k")], now_ms=NOW)
    other.note("other", [heard("bus", NOW + 1_000, 2)], [], now_ms=NOW + 1_000)
    one.note("one", [heard("bus", NOW, 0, is_online=False)], [], now_ms=NOW + 2_000)
    (bus,) = reader.latest(NOW + 2_000)
    assert (bus.frames, bus.first_at, bus.is_online) == (7, NOW, True)
    assert not next(reader.latest(NOW + 60_000)).is_online
    other.note("other", [heard("bus", NOW, 0, is_online=False)], [], now_ms=NOW + 3_000)
    assert not next(reader.latest(NOW + 3_000)).is_online
    assert reader.owner_of(["k", "x"]) == {"k": Spoken("jt808", "bus", "speed", "k")}
    one.close()
    other.close()


def test_rate_faults_and_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolls, "MOST", 2)
    with_faults = heard("bus", NOW, 10)._replace(faults=Counter(clock_ahead=1))
    roll, reader = Roll(tmp_path), Reader(tmp_path)
    for minute in range(3):
        at = NOW + minute * 61_000
        roll.note("one", [with_faults._replace(seen_at=at)], [], now_ms=at)
    bus = reader.device("jt808", "bus", NOW + 122_000)
    assert bus is not None
    assert bus.faults == {"clock_ahead": 3}
    assert bus.frames_per_min == pytest.approx(10, abs=0.5)
    more = [heard(name, NOW + 200_000 + n) for n, name in enumerate(("coach", "van"))]
    roll.note("one", more, [], now_ms=NOW + 200_000)
    assert [one.device for one in reader.latest(NOW + 200_000)] == ["van", "coach"]
    roll.close()


def test_the_last_frames_are_kept_and_read_again(tmp_path: Path) -> None:
    devices = Devices(50.0, lambda: 0.0)
    for n in range(30):
        devices.keep(devices.heard(STATION, BACK, NOW + n), GOOD)
    ((name, one),) = devices.news()
    ring = Ring(tmp_path, Kept())
    ring.add([Chunk(NOW, "sl651", name, 7, bytes(one.raw))], now_ms=NOW)
    assert [raw.at for raw in frames_of(tmp_path, "sl651", STATION, most=3)] == [
        NOW + 27, NOW + 28, NOW + 29
    ]  # fmt: skip
    (last,) = read_again(tmp_path, "sl651", STATION, most=1)
    (row,) = told(last)
    assert (row["verdict"], row["version"], row["header"]["password"]) == ("ok", 7, "0000")
    assert row["readings"]
    assert frames_of(tmp_path, "sl651", "other", most=9) == []
    ring.close()


def test_old_frames_make_room(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Kept(frames_mb=1, frames_days=1))
    for n in range(4):
        rows = [Chunk(NOW + n, "jt808", f"bus-{n}", 1, b"\x00" * 1_000) for _ in range(500)]
        ring.add(rows, now_ms=NOW + n)
    assert (tmp_path / "gateway/frames.sqlite").stat().st_size < 4 << 20
    ring.add([Chunk(NOW + 2 * 86_400_000, "jt808", "van", 1, b"")], now_ms=NOW + 2 * 86_400_000)
    assert frames_of(tmp_path, "jt808", "bus-3", most=1) == []
    ring.close()


def test_only_the_oldest_frames_make_room(tmp_path: Path) -> None:
    ring = Ring(tmp_path, Kept(frames_mb=1))
    for n in range(12):
        ring.add([Chunk(NOW, "jt808", f"bus-{n}", 1, HEADED)], now_ms=NOW)
    left = [n for n in range(12) if frames_of(tmp_path, "jt808", f"bus-{n}", most=1)]
    assert left == list(range(left[0], 12))
    assert 7 <= len(left) <= 10
    ring.close()


def test_of_a_name_that_no_table_holds_nothing_is_kept(tmp_path: Path) -> None:
    devices = Devices(50.0, lambda: 0.0)
    station = SimpleNamespace(
        speech=SimpleNamespace(name="cot", version=1), listener=SimpleNamespace(name="cot"),
        devices=devices, names=SimpleNamespace(fresh=[]),
    )  # fmt: skip
    recorder = Recorder(tmp_path, [cast("Any", station)])
    for name in ("half\ud83d", "bus"):
        devices.keep(devices.heard(name, BACK, NOW), b"x" * 1_000)
    asyncio.run(recorder.note())
    assert [len(devices[name].raw) for name in ("half\ud83d", "bus")] == [0, 0]
    assert list(devices.news()) == []
    assert [one.device for one in Reader(tmp_path).latest(NOW)] == ["bus"]


def test_a_flood_of_one_device_is_not_kept_without_end() -> None:
    devices = Devices(50.0, lambda: 0.0)
    for n in range(1_000):
        devices.keep(devices.heard("bus", BACK, NOW + n), b"x" * 1_000)
    assert len(devices["bus"].raw) < 300_000
