"""A simulated hydrologic station and a centre: what is told arrives, by any way of writing."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import isnan, nan
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Talk, Way
from anlan.connectors.sl651 import PROTOCOL
from anlan.sandtable.fleet.line import speak
from anlan.sandtable.fleet.sl651 import EXTRA, TIMED, Station

NOW_MS = 1_795_998_600_000  # 2026-11-30 08:30 in Beijing
MINUTE = 60_000


class Wire:
    """Station and centre without a socket; lose: how many of the station's frames get lost."""

    def __init__(self, *, is_text: bool) -> None:
        self.station = Station("0011223344", is_text=is_text, say=self._carry)
        self.talk: Talk = PROTOCOL.talk(Way())
        self.heard: list[Frame] = []
        self.lose, self.said = 0, list[bytes]()

    def _carry(self, data: bytes) -> None:
        self.said.append(data)
        if self.lose:
            self.lose -= 1
            return
        for frame in self.talk.feed(data):
            assert frame.is_ok, frame.reason
            assert not frame.fault
            self.heard.append(frame)
            self.station.hear(self.talk.answer(frame, NOW_MS), NOW_MS)

    def ask(self, name: str, **words: Any) -> Frame:
        """The answer to a question, which is confirmed."""
        ref, data = self.talk.ask(Ask(name, words), NOW_MS)
        self.station.hear(data, NOW_MS)
        assert self.heard[-1].ask == ref
        assert not self.station.unconfirmed
        return self.heard[-1]


@pytest.fixture(params=[False, True], ids=["hex", "ascii"])
def wire(request: pytest.FixtureRequest) -> Wire:
    return Wire(is_text=request.param)


def values(frame: Frame) -> dict[str, float]:
    return {one.sensor.split(".")[1]: one.value for one in frame.readings}


def test_reports_arrive_and_are_confirmed(wire: Wire) -> None:
    wire.station.tell(TIMED, {"PJ": 4.0, "Z": -0.25, "VT": 12.1}, NOW_MS)
    assert values(wire.heard[-1]) == {"PJ": 4.0, "Z": -0.25, "VT": 12.1}
    assert wire.heard[-1].readings[0].time == NOW_MS
    wire.station.tell_hour(
        [0.5] * 11 + [nan], [1.25] * 12, 99.5, first_ms=NOW_MS - 55 * MINUTE, now_ms=NOW_MS
    )
    readings = wire.heard[-1].readings
    assert [one.value for one in readings if "DRP" in one.sensor][:11] == [0.5] * 11
    assert isnan(readings[11].value)
    assert readings[11].time == NOW_MS
    assert {one.value for one in readings[13:]} == {1.25}
    wire.station.tell_note("H 62012345 水位 10.5 ", NOW_MS)
    assert wire.heard[-1].fields["manual"] == "H 62012345 水位 10.5 "
    assert not wire.station.unconfirmed


def test_what_is_not_confirmed_is_said_three_times_and_again_on_a_new_line(wire: Wire) -> None:
    wire.lose = 3
    wire.station.tell(EXTRA, {"Z": 10.49}, NOW_MS)
    for seconds in range(0, 120, 5):
        wire.station.look(NOW_MS + seconds * 1000)
    assert len(wire.said) == 3
    assert not wire.heard
    wire.station.begin(NOW_MS + 3_600_000)
    wire.station.look(NOW_MS + 3_600_000)
    assert values(wire.heard[-1]) == {"Z": 10.49}
    assert len(set(wire.said)) == 1
    assert not wire.station.unconfirmed


def test_a_large_picture_arrives_in_packets(wire: Wire) -> None:
    jpeg = bytes(range(256)) * 20
    wire.station.tell_picture(jpeg, NOW_MS)
    assert wire.heard[-1].fields["picture"] == jpeg.hex()
    assert len(wire.heard) == 6
    assert not wire.station.unconfirmed
    assert wire.ask("picture").fields["picture_bytes"] == len(jpeg)


def test_stations_answer_what_they_are_asked(wire: Wire) -> None:
    for minute in range(0, 31, 5):
        level = {"Z": 10 + minute / 100, "PJ": 0.5}
        wire.station.tell(TIMED, level, NOW_MS, at_ms=NOW_MS - 30 * MINUTE + minute * MINUTE)
    assert values(wire.ask("realtime")) == {"Z": 10.3, "PJ": 0.5}
    told = values(wire.ask("elements", elements=["Z", "Q"]))
    assert told.pop("Z") == 10.3
    assert isnan(told["Q"])
    series = wire.ask("period", first="26113008", last="26113009", step_min=5, element="Z").readings
    assert [one.value for one in series[:7]] == [10 + n * 5 / 100 for n in range(7)]
    assert [one.time for one in series] == [NOW_MS + (n * 5 - 30) * MINUTE for n in range(13)]
    assert isnan(series[7].value)
    assert wire.ask("version").fields["version"] == "ANLAN-SIM"
    assert wire.ask("state").fields["elements"][0]["value"] == 0
    assert wire.ask("pumps", on=[True]).fields["on"][0] is True
    assert wire.ask("gates", on=[True], openings_cm=[120]).fields["openings_cm"] == [120]
    assert wire.ask("clear_store").is_ok


def test_settings_can_be_set_and_read(wire: Wire) -> None:
    wire.station.tell(TIMED, {"Z": 1.0}, NOW_MS)
    wire.ask("set_running", settings={"20": 6, "28": -1.5})
    rows = wire.ask("read_running", settings=["28", "20"]).fields["settings"]
    assert [(one["id"], one["value"]) for one in rows] == [("28", -1.5), ("20", 6)]


def test_a_wrong_clock_is_set(wire: Wire) -> None:
    wire.station.off_ms = 8 * 3_600_000
    wire.station.tell(TIMED, {"Z": 1.0}, NOW_MS)
    assert wire.heard[-1].readings[0].time == NOW_MS + 8 * 3_600_000
    wire.ask("set_time")
    wire.station.tell(TIMED, {"Z": 1.0}, NOW_MS)
    assert wire.heard[-1].readings[0].time == NOW_MS
    assert wire.ask("clock").fields["sent"] == "20261130083000"


def test_a_station_speaks_over_a_socket() -> None:
    """It keeps its line, says that it is there, and its report is confirmed."""
    station = Station("0011223344", keep_s=60)
    told = asyncio.run(_told(station))
    assert [frame.header["func"] for frame in told] == ["0x2F", "0x32"]
    assert values(told[1]) == {"Z": 10.49}
    assert not station.unconfirmed


async def _told(station: Station) -> list[Frame]:
    """What a centre hears that answers each frame, until the report is confirmed."""
    found: list[Frame] = []
    gone, talk = asyncio.Event(), PROTOCOL.talk(Way())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            for frame in talk.feed(data):
                found.append(frame)
                writer.write(talk.answer(frame, NOW_MS))
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = asyncio.create_task(speak(station, "127.0.0.1", port, look_s=0.05))
    async with asyncio.timeout(60):
        await _until(lambda: bool(found))
        station.tell(TIMED, {"Z": 10.49}, NOW_MS)
        await _until(lambda: not station.unconfirmed)
        line.cancel()
        with suppress(asyncio.CancelledError):
            await line
        await gone.wait()
    server.close()
    return found


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)
