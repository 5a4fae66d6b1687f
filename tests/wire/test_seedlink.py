"""Seismic stations: records of miniSEED, and a small SeedLink server on a real socket."""

import asyncio
import re
import struct
import tomllib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.seedlink import packet
from anlan.connectors.seedlink.map import Map, map_of
from anlan.connectors.seedlink.record import shakings_in
from anlan.connectors.seedlink.session import told_of
from anlan.live.ways.seedlink import SeedLink
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.quality import Quality
from tests.wire.scenes import Store

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/protocols/miniseed"
PAGE = (Path(__file__).parents[2] / "docs/how-to/connect-seedlink.md").read_text(encoding="utf-8")
MAP = re.findall(r"```toml\n([\s\S]*?)```", PAGE)[0]
here = pytest.mark.skipif(not FOLDER.is_dir(), reason="miniSEED is not here (../shared/data)")


def seed(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def records(name: str = "steim2.mseed") -> list[bytes]:
    data = seed(name)
    return [data[at : at + 512] for at in range(0, len(data), 512)]


def mapping(port: int = 1) -> Map:
    tables = {
        "seedlink": {"host": "127.0.0.1", "port": port},
        "station": [{"network": "XX", "station": "TEST", "select": ["BH?"],
                     "sensitivity": {"BH": {"counts": 1000.0, "unit": "m/s"}}}],
    }  # fmt: skip
    return map_of(tables, "x.toml")


@here
def test_all_encodings_of_one_record_shake_alike() -> None:
    first = {name: next(shakings_in(seed(name))) for name in
             ("int32.mseed", "float32.mseed", "steim1.mseed", "steim1-LE.mseed", "steim2.mseed",
              "steim2.mseed3", "int16.mseed", "int16.mseed3")}  # fmt: skip
    for one in first.values():
        assert (one.device, one.location, one.channel, one.rate) == ("XX.TEST", "", "BHZ", 40.0)
        assert one.start == 1_336_780_800_000
        assert one.end == one.start + (one.samples - 1) * 25
    assert first["steim2.mseed"][:11] == first["steim2.mseed3"][:11]
    assert first["steim1.mseed"] == first["steim1-LE.mseed"]
    assert first["int32.mseed"].peak == pytest.approx(605.0439, abs=1e-4)
    assert sum(one.samples for one in shakings_in(seed("steim1.mseed"))) == 500


@here
def test_broken_records_are_refused() -> None:
    broken = bytearray(seed("int16.mseed3"))
    broken[200] ^= 1  # its check sum sees it
    for data in (bytes(broken), seed("steim2.mseed")[:300], seed("text.mseed"), b"x" * 512):
        with pytest.raises(Malformed):
            list(shakings_in(data))


@here
def test_samples_beyond_all_numbers_are_refused() -> None:
    record = bytearray(records("float32.mseed")[0])
    record[52] = 5  # eight bytes a sample
    for top, is_right in ((1e100, True), (1e300, False)):
        record[30:32] = struct.pack(">H", 56)
        record[64:512] = struct.pack(">56d", *[top, -top] * 28)
        record[44:46] = struct.pack(">H", 64)
        with nullcontext() if is_right else pytest.raises(Malformed, match="beyond"):
            (found,) = shakings_in(bytes(record))
            assert [found.peak, found.rms] == pytest.approx([top, top])


@given(st.binary(max_size=600))
@settings(max_examples=30, deadline=None)
def test_no_bytes_break_it(data: bytes) -> None:
    with suppress(Malformed):
        list(shakings_in(data))


@here
def test_counts_become_metres_a_second_and_holes_are_told() -> None:
    one, two, *_ = shakings_in(seed("steim2.mseed"))
    wanted = mapping().stations[0]
    told = told_of(one, wanted, delay_ms=2_500, before=None)
    assert told == {"BHZ_peak": pytest.approx(74.92747, abs=1e-5),
                    "BHZ_rms": pytest.approx(14.42579, abs=1e-5), "BHZ_delay": 2.5}  # fmt: skip
    assert told_of(two, wanted, delay_ms=0, before=one.end)["BHZ_gap"] == 0
    assert told_of(two, wanted, delay_ms=0, before=one.end - 9_000)["BHZ_gap"] == 9
    plain = told_of(one._replace(channel="HNZ", location="00"), wanted, delay_ms=0, before=None)
    assert plain["00HNZ_peak_counts"] == one.peak


def test_the_map_of_the_page_and_what_is_wrong_in_others() -> None:
    found = map_of(tomllib.loads(MAP), "x.toml")
    assert [one.device for one in found.stations] == ["GE.STU", "XX.ANL1"]
    for wrong in ({"station": "too long"}, {"select": "BHZ"}, {"select": ["b"]},
                  {"sensitivity": {"BH": {"counts": 0, "unit": "m/s"}}},
                  {"sensitivity": {"BHz": {"counts": 5, "unit": "m/s"}}},
                  {"sensitivity": {"00BHZ": {"counts": 5, "unit": "m/s"}}}):  # fmt: skip
        row = {"network": "XX", "station": "TEST"} | wrong
        with pytest.raises(Malformed):
            map_of({"seedlink": {"host": "a"}, "station": [row]}, "x.toml")


def test_the_number_goes_round() -> None:
    assert packet.data(0xFFFFFF) == b"DATA 000000\r\n"


class Server:
    """Serves packets to who asks; asked: lines as they came, of all calls · packets: by number.

    It ends the line behind each packet of `cuts`.
    """

    def __init__(self, packets: dict[int, bytes], cuts: tuple[int, ...] = ()) -> None:
        self.packets, self.cuts, self.asked = packets, set(cuts), list[str]()
        self.knows, self.alive = True, 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = 0
        with suppress(OSError):
            while line := (await reader.readline()).decode().strip():
                self.asked.append(line)
                word, _, rest = line.partition(" ")
                if word == "HELLO":
                    writer.write(b"SeedLink v3.1 (test)\r\nAnlan\r\n")
                elif word == "END":
                    break
                else:
                    first = int(rest, 16) if word == "DATA" and rest else first
                    writer.write(b"OK\r\n" if self.knows else b"ERROR\r\n")
            await self.serve(writer, first)
            while line := (await reader.readline()).decode().strip():
                self.asked.append(line)
                writer.write(b"SLINFO  " + bytes(512))
                self.alive += 1
        writer.close()

    async def serve(self, writer: asyncio.StreamWriter, first: int) -> None:
        for number, record in sorted(self.packets.items()):
            if number < first:
                continue
            data = f"SL{number:06X}".encode() + record
            writer.write(data[:100])
            await writer.drain()
            writer.write(data[100:])
            if number in self.cuts:
                self.cuts.remove(number)
                writer.close()
                return


@asynccontextmanager
async def listening(
    server: Server, folder: Path, idle_s: float = 60
) -> AsyncIterator[tuple[SeedLink, Store]]:
    """The way before a server, as its process runs it."""
    store = Store()
    there = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    port = there.sockets[0].getsockname()[1]
    told = replace(mapping(port), idle_s=idle_s)
    way = SeedLink(told, "x", store, memory=folder / "x.seedlink")
    tasks = [asyncio.create_task(way.books.keeping.run()), asyncio.create_task(again(way))]
    try:
        yield way, store
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        there.close()


async def again(way: SeedLink) -> None:
    while True:
        with suppress(Unavailable):
            await way.run()
        await asyncio.sleep(0.01)


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not happened():
            await asyncio.sleep(0.01)


@here
def test_a_clock_that_is_not_sure_makes_uncertain(tmp_path: Path) -> None:
    server = Server({1: records("oddrate.mseed")[0]})

    async def scene() -> None:
        async with listening(server, tmp_path) as (way, store):
            await until(lambda: way.session.numbers == {"XX.TEST": 1})
            assert {one.quality for one in store.readings} == {Quality.UNCERTAIN}

    done(scene)


def done(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


@here
def test_a_cut_line_is_gone_on_behind_what_is_durable(tmp_path: Path) -> None:
    server = Server(dict(enumerate(records(), 0x1F)), cuts=(0x20,))

    async def scene() -> None:
        async with listening(server, tmp_path) as (way, store):
            await until(lambda: way.session.numbers == {"XX.TEST": 0x22})
            peaks = [one for one in store.readings if one.sensor == "XX.TEST.BHZ_peak"]
            expected = [one.end for name in ("steim2.mseed",) for one in shakings_in(seed(name))]
            assert [one.time for one in peaks] == expected
            assert {one.quality for one in peaks} == {Quality.GOOD}
            assert way.books.presence.counts == (1, 1)

    done(scene)
    asked = ["HELLO", "STATION TEST XX", "SELECT BH?", "DATA", "END"]
    assert server.asked == [*asked, *asked[:3], "DATA 000021", "END"]
    # After a start it goes on there, too.
    later = SeedLink(mapping(), "x", Store(), memory=tmp_path / "x.seedlink")
    assert later.session.numbers == {"XX.TEST": 0x22}


@here
def test_what_comes_again_after_a_start_says_nothing_else(tmp_path: Path) -> None:
    async def scene() -> dict[tuple[str, int], float]:
        server = Server(dict(enumerate(records(), 1)))
        async with listening(server, tmp_path) as (way, store):
            await until(lambda: way.session.numbers == {"XX.TEST": 4})
            return {(one.sensor, one.time): one.value for one in store.readings}

    first = asyncio.run(scene())
    (tmp_path / "x.seedlink").write_text('{"XX.TEST": 1}')  # as an abrupt end leaves it
    second = asyncio.run(scene())
    assert second.items() <= first.items()
    assert {sensor.rpartition("_")[2] for sensor, _ in second} == {"peak", "rms", "gap"}
    assert "XX.TEST.BHZ_delay" in {sensor for sensor, _ in first}


@here
def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    server = Server(dict(enumerate(records(), 1)), cuts=(2,))

    async def scene() -> None:
        async with listening(server, tmp_path / "file") as (way, store):
            await until(lambda: way.session.numbers == {"XX.TEST": 4})
            await until(lambda: "x.seedlink cannot be written" in way.books.told()["trouble"])
            assert len({one.time for one in store.readings}) == 4

    done(scene)
    assert server.asked.count("HELLO") == 2


@here
def test_a_bad_record_costs_itself_alone(tmp_path: Path) -> None:
    good = records()
    other = good[1].replace(b"TEST ", b"ELSE ", 1)
    server = Server({1: good[0], 2: bytes(512), 3: other, 4: good[1]})

    async def scene() -> None:
        async with listening(server, tmp_path) as (way, store):
            await until(lambda: way.session.numbers == {"XX.TEST": 4})
            assert [one.code for one in store.faults] == ["unreadable", "not_wanted"]
            assert way.books.told()["faults"] == {"unreadable": 1, "not_wanted": 1}
            assert {one.sensor.partition("_")[2] for one in store.readings} == {
                "peak", "rms", "delay", "gap"}  # fmt: skip

    done(scene)


@here
def test_what_cannot_be_kept_is_asked_for_again(tmp_path: Path) -> None:
    server = Server({7: records()[0]})

    async def scene() -> None:
        async with listening(server, tmp_path) as (way, store):
            store.is_away = True
            await until(lambda: server.asked.count("HELLO") > 1)
            assert not way.session.numbers
            store.is_away = False
            await until(lambda: way.session.numbers == {"XX.TEST": 7})
            assert len(store.readings) == 3

    done(scene)


def test_a_server_that_knows_nothing_or_speaks_otherwise_is_told(tmp_path: Path) -> None:
    async def scene(server: Server, why: str) -> None:
        there = await asyncio.start_server(server.answer, "127.0.0.1", 0)
        way = SeedLink(mapping(there.sockets[0].getsockname()[1]), "x", Store(),
                       memory=tmp_path / "x.seedlink")  # fmt: skip
        with pytest.raises(Unavailable, match=why):
            await way.run()
        there.close()

    unknown = Server({})
    unknown.knows = False
    asyncio.run(scene(unknown, "knows none of the stations"))
    strange = Server({0: b""})
    strange.serve = lambda writer, first: gabble(writer)  # type: ignore[method-assign]  # another tongue
    asyncio.run(scene(strange, "no packet of SeedLink 3"))


async def gabble(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SE" + bytes(600))
    await writer.drain()


@here
def test_a_silent_server_is_asked_whether_it_is_there(tmp_path: Path) -> None:
    server = Server({1: records()[0]})

    async def scene() -> None:
        async with listening(server, tmp_path, idle_s=0.2):
            await until(lambda: server.alive > 1)

    done(scene)
    assert "INFO ID" in server.asked
