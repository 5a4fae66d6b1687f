"""Aircraft by MAVLink: the vectors, signatures, and a simulated one before the real gateway."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from anlan.connectors.frames import Frame, Talk, Way
from anlan.connectors.mavlink import PROTOCOL
from anlan.connectors.mavlink import messages as m
from anlan.connectors.mavlink.packet import Packet, written
from anlan.connectors.mavlink.stamps import EPOCH_MS
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.station import Station
from anlan.sandtable.fleet.mavlink import Aircraft
from anlan.site.cli import main
from tests.wire.scenes import Scene, Store, now_ms, played
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

KEY = bytes(range(32))
BOOT = 60_000
NOW = 1_790_000_000_000


def packet(
    kind: int, *told: Any, version: int = 2, system: int = 7, component: int = 1, **more: Any
) -> bytes:
    payload = m.MESSAGES[kind].layout.pack(*told)
    return written(Packet(b"", version, 0, system, component, kind, payload), **more)


def position(lon: float = 122.1, lat: float = 30.0, **more: Any) -> bytes:
    return packet(m.POSITION, BOOT, round(lat * 1e7), round(lon * 1e7), 120_000, 20_000, 300, -400,
                  -150, 9_000, **more)  # fmt: skip


def values(frame: Frame) -> dict[str, float]:
    assert frame.is_ok, frame.reason
    return {one.sensor: one.value for one in frame.readings}


def one(data: bytes, **words: Any) -> Frame:
    talk = PROTOCOL.talk(Way(words=words))
    (frame,) = talk.feed(data)
    return frame


@pytest.mark.parametrize("vector", vectors("mavlink/frames.json"))
def test_the_vectors_say_what_they_should(vector: Vector) -> None:
    (frame,) = frames_of(PROTOCOL, vector.data)
    assert (frame.reason, unsaid(vector.expect, frame)) == ("", [])
    wrong = vector.data[:-1] + bytes((vector.data[-1] ^ 1,))
    (frame,) = frames_of(PROTOCOL, wrong)
    assert "wrong check sum" in frame.reason
    (frame,) = frames_of(PROTOCOL, vector.data[:-1])
    assert frame.reason == "cut short"


@pytest.mark.parametrize("version", [1, 2])
def test_a_position_is_what_was_measured(version: int) -> None:
    assert values(one(position(version=version))) == {
        "uav-7.lon": 122.1, "uav-7.lat": 30.0, "uav-7.altitude": 120.0, "uav-7.height": 20.0,
        "uav-7.speed": pytest.approx(18.0), "uav-7.climb": 1.5, "uav-7.direction": 90.0,
    }  # fmt: skip


def test_what_is_unknown_is_no_reading() -> None:
    lost = one(position(lon=0, lat=0))
    assert (lost.readings, "no fix" in lost.fault) == ((), True)
    silent = packet(m.SYS_STATUS, 0, 0, 0, 0, 0xFFFF, -1, 0, 0, 0, 0, 0, 0, -1)
    assert values(one(silent)) == {}
    blind = packet(m.GPS_RAW, 0, 0, 0, 0, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 1, 255)
    assert values(one(blind)) == {"uav-7.fix": 1.0}


def test_a_receivers_place_counts_where_the_aircraft_tells_no_other() -> None:
    raw = packet(m.GPS_RAW, 0, 300_000_000, 1_221_000_000, 50_000, 90, 120, 1_000, 4_500, 3, 11)
    talk = PROTOCOL.talk(Way())
    (first,), (_,), (second,) = talk.feed(raw), talk.feed(position()), talk.feed(raw)
    assert values(first)["uav-7.speed"] == pytest.approx(36.0)
    assert values(second) == {"uav-7.fix": 3.0, "uav-7.satellites": 11.0}


def test_times_count_from_what_the_aircraft_says_of_its_clock() -> None:
    talk = PROTOCOL.talk(Way())
    (before,) = talk.feed(position())
    talk.feed(packet(m.SYSTEM_TIME, NOW * 1_000, BOOT - 5_000))
    (after,), (other,) = talk.feed(position()), talk.feed(position(system=8))
    assert len(before.dials) == len(before.readings)
    assert ({one.time for one in after.readings}, after.dials) == ({NOW + 5_000}, ())
    assert len(other.dials) == len(other.readings)


def test_a_companions_clock_shifts_nothing() -> None:
    talk = PROTOCOL.talk(Way())
    talk.feed(packet(m.SYSTEM_TIME, NOW * 1_000, BOOT - 5_000))
    talk.feed(packet(m.SYSTEM_TIME, NOW * 1_000, 3_600_000, component=191))
    (frame,) = talk.feed(position())
    assert {one.time for one in frame.readings} == {NOW + 5_000}


def devices(talk: Talk, *said: bytes) -> list[str]:
    return [frame.device for raw in said for frame in talk.feed(raw)]


def test_ground_stations_are_no_aircraft_whatever_they_say() -> None:
    talk = PROTOCOL.talk(Way())
    beat = packet(m.HEARTBEAT, 0, 6, 8, 0, 4, 3, system=255)
    clock = packet(m.SYSTEM_TIME, NOW * 1_000, BOOT, system=255)
    text = packet(m.TEXT, 6, b"hello", 0, 0, system=255)
    assert devices(talk, beat, clock, text, position()) == ["", "", "", "uav-7"]


def test_a_part_of_an_aircraft_that_does_not_fly_it_speaks_for_it() -> None:
    talk = PROTOCOL.talk(Way())
    beat = packet(m.HEARTBEAT, 0, 2, 3, 0x80, 4, 3)
    battery = packet(m.HEARTBEAT, 0, 34, 8, 0, 4, 3, component=180)
    heat = packet(m.BATTERY, -1, -1, 2_150, *[0xFFFF] * 10, -1, 0, 0, 0, -1, component=180)
    assert devices(talk, battery, beat, battery, heat) == ["", "uav-7", "", "uav-7"]


def test_a_kind_that_is_not_known_is_kept_raw_and_says_so() -> None:
    raw = written(Packet(b"", 2, 0, 7, 1, 42_000, b"\x01\x02"))
    frame = one(raw)
    assert (frame.is_ok, frame.fields["payload"], frame.readings) == (True, "0102", ())
    assert frame.header["check_sum"].startswith("not proved")


def test_signatures_are_proved_where_a_key_is_set() -> None:
    signed = position(key=KEY, at=1_000)
    assert "not proved" in one(signed).header["signature"]
    assert one(signed, key=KEY.hex()).header["signature"] == "right"
    assert one(signed, key=bytes(32).hex()).reason == "wrong signature"
    assert "not signed" in one(position(), key=KEY.hex()).reason
    assert "not signed" in one(position(version=1), key=KEY.hex()).reason
    talk = PROTOCOL.talk(Way(words={"key": KEY.hex()}))
    sent = [signed, signed, position(key=KEY, at=999), position(key=KEY, at=1_001),
            position(key=KEY, at=1, link=1)]  # fmt: skip
    assert [frame.is_ok for raw in sent for frame in talk.feed(raw)] == [
        True, False, False, True, True,
    ]  # fmt: skip


def test_what_was_sent_before_is_refused_on_any_line_of_the_listener() -> None:
    station = Station(Listener(protocol="mavlink", port=1, words={"key": KEY.hex()}), Store())
    lines = [PROTOCOL.talk(station.way._replace(far=far)) for far in ("10.0.0.1:1", "10.0.0.2:2")]
    at = (station.way.began - EPOCH_MS) * 100

    def heard(line: int, at: int, **more: Any) -> str:
        (frame,) = lines[line].feed(position(key=KEY, at=at, **more))
        return frame.reason

    minute = 6_000_000
    assert "older than a minute" in heard(0, at - minute - 1)
    assert heard(0, at) == ""
    assert ["sent before" in heard(line, at) for line in (0, 1)] == [True, True]
    assert heard(1, at + 2 * minute) == ""
    assert "older than a minute" in heard(1, at + minute - 1, link=1)
    assert heard(1, at + minute, link=1) == ""
    assert heard(1, at, system=8) == ""


@pytest.mark.parametrize("words", [{"key": "ab"}, {"key": "x" * 64}, {"names": {"x": "a"}}])
def test_wrong_words_of_a_listener_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the settings tell it with the listener
        PROTOCOL.talk(Listener(protocol="mavlink", words=words).way)


@pytest.mark.parametrize(("udp", "version"), [(True, 2), (False, 1)])
def test_an_aircraft_is_where_it_flies(udp: bool, version: int) -> None:
    scout = Aircraft(3, 122.1, 30.0, speed_m_s=10.0, course=90.0, version=version, tell_s=0.05,
                     texts=[(2, "Battery low")])  # fmt: skip

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("330110-uav.battery") == 90)
        assert scene.last("330110-uav.speed") == pytest.approx(36.0)
        assert scene.last("330110-uav.lon") == pytest.approx(122.1, abs=0.01)
        await scene.until(lambda: scene.last("330110-uav.urgency") == 2)
        await scene.until(lambda: len({one.time for one in scene.store.readings}) > 2)
        assert all(abs(one.time - now_ms()) < 60_000 for one in scene.store.readings)
        assert not scene.store.faults

    played("mavlink", scout, play, udp=udp, words={"names": {"3": "330110-uav"}})


def test_decode_reads_it_and_its_list_stays_the_contracts() -> None:
    told = CliRunner().invoke(main, ["decode", "mavlink", "--hex"], input=position().hex())
    assert json.loads(told.stdout)["readings"][0]["sensor"] == "uav-7.lon"
    listed = CliRunner().invoke(main, ["decode", "--list"]).stdout.split()
    assert listed == ["hj212", "sl651", "gb26875", "jt808", "jt809", "jt1078", "gb32960", "iec104",
                      "gb28181", "ais", "metar", "cot"]  # fmt: skip
