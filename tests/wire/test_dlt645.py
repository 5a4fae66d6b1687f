"""Meters on a serial line behind a converter: a simulated one at a real socket, and the vectors."""

import asyncio
import math
import re
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from anlan.connectors.dlt645.codec import Declined, Question, address_in, answered, number_of
from anlan.connectors.dlt645.frame import ANY, Frame, read, written
from anlan.connectors.dlt645.items import Item, item_of
from anlan.connectors.dlt645.map import Map, map_of
from anlan.connectors.dlt645.session import Session
from anlan.connectors.frames import BEIJING
from anlan.connectors.mapping import Taken
from anlan.live.ways.polled.dlt645 import Meters
from anlan.sandtable.fleet.dlt645 import Bus, Meter
from anlan.sandtable.fleet.line import stand
from anlan.terms.errors import Malformed, Unavailable
from tests.wire.scenes import Store
from tests.wire.test_modbus import until
from tests.wire.vectors import vectors

BOOK = (Path(__file__).parents[2] / "docs/how-to/connect-dlt645.md").read_text(encoding="utf-8")
BLOCK = re.sub(r"^   ", "", re.findall(r"```toml\n([\s\S]*?)```", BOOK)[0], flags=re.M)
NEW, OLD = "202107300049", "000000000012"
ASKED = Question(NEW, "2007", "02010100")


def tables(port: int, **more: Any) -> dict[str, Any]:
    """The book's map, for a line on this machine."""
    found = tomllib.loads(BLOCK)
    found["dlt645"] |= {"host": "127.0.0.1", "port": port, "period_s": 0.1, "timeout_s": 5, **more}
    return found


def bus() -> Bus:
    """The meters of the book."""
    return Bus(
        [
            Meter(NEW, {
                "00010000": bytes.fromhex("00012345"), "02010100": bytes.fromhex("2305"),
                "02020100": bytes.fromhex("801500"), "02030000": bytes.fromhex("812345"),
                "04000501": bytes.fromhex("0004"), "0400010c": bytes.fromhex("26113001120000"),
            }),
            Meter(OLD, {"9010": bytes.fromhex("00012345"), "b611": bytes.fromhex("0221")}),
        ]
    )  # fmt: skip


@asynccontextmanager
async def standing(line: Bus) -> AsyncIterator[int]:
    stood = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(stand(line, "127.0.0.1", 0, stood=stood.set_result))
    try:
        yield await stood
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def reading(mapping: Map, store: Store) -> AsyncIterator[Meters]:
    way = Meters(mapping, "room", store)
    tasks = [asyncio.create_task(one) for one in (way.run(), way.books.keeping.run())]
    try:
        yield way
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("vector", vectors("dlt645/frames.json"))
def test_the_vectors_say_what_they_should(vector: Any) -> None:
    frame, expect = read(vector.data), vector.expect
    assert (frame.address, frame.control, frame.data.hex()) == (
        expect["address"], expect["ctrl"], expect["data_minus33"].lower(),
    )  # fmt: skip
    assert written(frame, 0) == vector.data.lstrip(b"\xfe")
    if "value_kWh" in expect:
        di = expect["DI"][:8]
        data = answered(Question(frame.address, "2007", di), frame)
        assert data is not None
        item = item_of("2007", di)
        assert item is not None
        assert number_of(item, data, 0, BEIJING) == expect["value_kWh"]


def test_the_books_map_reads_meters_of_both_editions() -> None:
    async def scene() -> Store:
        store = Store()
        async with (
            standing(bus()) as port,
            reading(map_of(tables(port), "m"), store),
        ):
            await until(lambda: len({one.sensor for one in store.readings}) == 8)
        return store

    store = asyncio.run(scene())
    found = {one.sensor: one.value for one in store.readings}
    assert found.pop("330110-meter-1.clock_ahead") < 0
    assert found == {
        "330110-meter-1.energy": pytest.approx(123.45), "330110-meter-1.voltage_a": 230.5,
        "330110-meter-1.current_a": pytest.approx(-60.0), "330110-meter-1.power": -1.2345,
        "330110-meter-1.battery_low": 1.0, "330110-meter-2.energy": pytest.approx(123.45),
        "330110-meter-2.voltage_a": 221.0,
    }  # fmt: skip
    assert store.faults == []


def test_what_a_meter_declines_costs_itself_and_is_told_once() -> None:
    async def scene() -> Store:
        store, line = Store(), bus()
        del line.meters[0].items["02010100"]
        async with standing(line) as port, reading(map_of(tables(port), "m"), store) as way:
            await until(lambda: way.books.frames > 6 and len(store.readings) > 20)
        return store

    store = asyncio.run(scene())
    assert [(one.code, one.reason) for one in store.faults] == [
        ("read_failed", "330110-meter-1: voltage_a: the meter declines: no such data")
    ]
    assert {one.sensor for one in store.readings} >= {"330110-meter-1.energy"}


def test_a_meter_that_is_silent_is_offline_and_its_neighbour_is_read() -> None:
    async def scene() -> None:
        store, line = Store(), bus()
        line.meters = line.meters[1:]
        async with standing(line) as port:
            mapping = map_of(tables(port, timeout_s=0.3), "m")
            async with reading(mapping, store) as way:
                await until(lambda: "330110-meter-1: no answer" in way.books.trouble)
                await until(lambda: {r.sensor for r in store.readings} == {
                    "330110-meter-2.energy", "330110-meter-2.voltage_a"})  # fmt: skip

    asyncio.run(scene())


class _Curt(Session):
    """A line whose meter says nothing of two items, declines one and tells one."""

    async def _answer(self, question: Question) -> bytes:
        if question.di == "02010200":
            raise Declined("the meter declines: no such data")
        if question.di != "02030000":
            raise Unavailable("no answer in 3 s")
        return bytes.fromhex("452301")


def test_a_meter_that_says_anything_is_there() -> None:
    values = {"a": "02010100", "b": "02010200", "c": "02010300", "power": "02030000"}
    spec = tables(1) | {"meter": [{"device": "m", "address": NEW, "values": values}]}

    async def scene() -> Taken:
        told: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()

        async def keep(taken: Taken, at: int) -> None:
            told.set_result(taken)
            await asyncio.Event().wait()

        task = asyncio.create_task(_Curt(map_of(spec, "m"), keep).run())
        try:
            return await told
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    taken = asyncio.run(scene())
    assert [(one.sensor, one.value) for one in taken.readings] == [("m.power", 1.2345)]
    assert [one.reason for one in taken.faults] == [
        "m: a: no answer in 3 s", "m: b: the meter declines: no such data",
        "m: c: no answer in 3 s",
    ]  # fmt: skip


class _Crossed(Bus):
    """Before each answer it says what another meter says, and what is to another question."""

    def hear(self, data: bytes, now_ms: int) -> None:
        self.say(b"\x00\xfe" + written(Frame("1" * 12, 0x91, bytes.fromhex("000001029999"))))
        self.say(written(Frame(NEW, 0x91, bytes.fromhex("000201029999"))))
        super().hear(data, now_ms)


def test_what_another_meter_says_is_never_taken_for_this_ones() -> None:
    async def scene() -> Store:
        store = Store()
        line = _Crossed([Meter(NEW, {"02010100": bytes.fromhex("2305")})])
        spec = tables(1)
        spec["meter"] = [
            {"device": "a", "address": NEW, "values": {"voltage": "02010100"}},
        ]
        async with standing(line) as port:
            spec["dlt645"]["port"] = port
            async with reading(map_of(spec, "m"), store):
                await until(lambda: len(store.readings) > 3)
        return store

    store = asyncio.run(scene())
    assert ({one.value for one in store.readings}, store.faults) == ({230.5}, [])


class _Noisy(Bus):
    """Instead of meters, or before they answer, there is noise."""

    noise = b"\x68" * 65_536

    def hear(self, data: bytes, now_ms: int) -> None:
        self.say(self.noise)
        super().hear(data, now_ms)


async def _told_of(line: Bus, values: dict[str, str]) -> tuple[Store, str]:
    """What came of a line once a reading or a reason for none has."""
    store, spec = Store(), tables(1, timeout_s=60)
    spec["meter"] = [{"device": "a", "address": NEW, "values": values}]
    async with standing(line) as port:
        spec["dlt645"]["port"] = port
        async with reading(map_of(spec, "m"), store) as way:
            await until(lambda: bool(store.readings or way.books.trouble))
            return store, way.books.trouble


def test_a_line_that_chatters_is_no_answer_and_is_left() -> None:
    _, trouble = asyncio.run(_told_of(_Noisy([]), {"voltage": "02010100"}))
    assert "16,384 bytes came, and no answer among them" in trouble


def test_noise_that_looks_like_the_begin_of_a_frame_hides_no_answer() -> None:
    line = _Noisy([Meter(NEW, {"02010100": bytes.fromhex("2305")})])
    line.noise = b"\x68" + bytes(6) + b"\x68\x91\xff"
    store, _ = asyncio.run(_told_of(line, {"voltage": "02010100"}))
    assert {one.value for one in store.readings} == {230.5}


@pytest.mark.parametrize(
    "frame",
    [
        Frame("0" * 12, 0x91, bytes.fromhex("000101020523")),
        Frame(NEW, 0x91, bytes.fromhex("000201020523")), Frame(NEW, 0x11, b""),
        Frame(NEW, 0x81, bytes.fromhex("000101020523")), Frame(NEW, 0x91, b""),
    ],
    ids=["address", "item", "question", "edition", "empty"],
)  # fmt: skip
def test_what_answers_something_else_is_no_answer(frame: Frame) -> None:
    assert answered(ASKED, frame) is None


def test_what_cannot_be_taken_says_why() -> None:
    with pytest.raises(Unavailable, match="another error, password wrong or not authorised"):
        answered(ASKED, Frame(NEW, 0xD1, b"\x05"))
    with pytest.raises(Malformed, match="more than one frame"):
        answered(ASKED, Frame(NEW, 0xB1, bytes.fromhex("000101020523")))


ITEM = Item(size=2, decimals=1, is_signed=True)


@pytest.mark.parametrize(
    ("data", "number"), [("0523", 230.5), ("05a3", -230.5), ("0080", 0.0), ("ffff", None)]
)
def test_digits_are_numbers(data: str, number: float | None) -> None:
    assert number_of(ITEM, bytes.fromhex(data), 0, BEIJING) == number


def test_each_bit_of_a_long_word_is_read() -> None:
    spec = tables(1)
    word = {"di": "f0000001", "size": 8}
    values = {f"bit_{n}": word | {"bit": n} for n in (0, 1, 62, 63)}
    spec["meter"] = [{"device": "m", "address": NEW, "values": values}]
    found = [
        number_of(one.item, bytes.fromhex("0100000000000080"), 0, BEIJING, bit=one.bit)
        for one in map_of(spec, "m").meters[0].values
    ]
    assert found == [1, 0, 0, 1]


@pytest.mark.parametrize(("data", "reason"), [("0a23", "no digits"), ("05", "1 bytes came")])
def test_what_is_no_number_is_a_fault(data: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        number_of(ITEM, bytes.fromhex(data), 0, BEIJING)


def test_a_clock_is_ahead_or_behind() -> None:
    at = round(datetime(2026, 11, 30, 23, 59, 50, tzinfo=BEIJING).timestamp() * 1000)
    day, time, both = (item_of("2007", di) for di in ("04000101", "04000102", "0400010c"))
    assert day is not None
    assert time is not None
    assert both is not None
    assert number_of(time, bytes.fromhex("200000"), at, BEIJING) == 30
    assert number_of(both, bytes.fromhex("40592301301126"), at, BEIJING) == -10
    assert number_of(day, bytes.fromhex("02011226"), at, BEIJING) == 86_400
    for wrong in (bytes.fromhex("40592301321126"), bytes.fromhex("405923013011aa")):
        with pytest.raises(Malformed, match="no time"):
            number_of(both, wrong, at, BEIJING)


def test_a_lonely_meter_tells_its_address() -> None:
    told = Frame(NEW, 0x93, bytes.fromhex(NEW)[::-1])
    assert (address_in(told), address_in(Frame(ANY, 0x13, b""))) == (NEW, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"address": "12345678901x"}, "address must be up to twelve digits"),
        ({"values": {}}, "values must be"),
        ({"values": {"v": "0101"}}, "di must be 8 hexadecimal digits"),
        ({"values": {"v": "0201ff00"}}, "a block is not read"),
        ({"values": {"v": "f0000001"}}, "say its bytes, decimals and sign"),
        ({"values": {"v": {"di": "02010100", "bit": 1}}}, "bit belongs to a word"),
        ({"edition": "2008"}, "edition is '2008'"),
        ({"sensor": "{device}"}, "needs {quantity}"),
    ],
)
def test_a_wrong_map_says_where_and_why(change: dict[str, Any], reason: str) -> None:
    spec = tables(1)
    spec["meter"][0] |= change
    with pytest.raises(Malformed, match=re.escape(reason)) as wrong:
        map_of(spec, "meters.toml")
    assert "meters.toml [[meter]] 1" in str(wrong.value)


def test_a_wrong_head_says_where_and_why() -> None:
    with pytest.raises(Malformed, match=re.escape("meters.toml [dlt645]: zone 'Mars' is neither")):
        map_of(tables(1, zone="Mars"), "meters.toml")


def test_two_values_are_never_one_sensor() -> None:
    spec = tables(1)
    spec["meter"][1]["device"] = spec["meter"][0]["device"]
    with pytest.raises(Malformed, match=r"\[\[meter\]\] 2: 330110-meter-1\.energy is of .* 1 too"):
        map_of(spec, "meters.toml")


def test_an_item_that_the_tables_lack_is_told_by_the_map() -> None:
    spec = tables(1)
    spec["meter"][0]["values"] = {"v": {"di": "f0000001", "size": 3, "decimals": 2, "scale": 40}}
    value = map_of(spec, "m").meters[0].values[0]
    assert (value.item, value.scale) == (Item(size=3, decimals=2), 40)
    assert math.isclose(number_of(value.item, b"\x50\x12\x00", 0, BEIJING) or 0, 12.5)
