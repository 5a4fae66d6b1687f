"""Registers read from a real Modbus server, over TCP and RTU over TCP, as the book's map says."""

import asyncio
import math
import re
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from anlan.connectors.modbus.codec import spans_of, taken, words_of, written
from anlan.connectors.modbus.map import Map, map_of
from anlan.live.gateway import asks
from anlan.live.ways.polled.modbus import Modbus
from anlan.terms.errors import Malformed, Unavailable
from tests.wire.scenes import Store

BOOK = (Path(__file__).parents[2] / "docs/how-to/connect-modbus.md").read_text(encoding="utf-8")
BLOCKS = [
    re.sub(r"^   ", "", one, flags=re.M) for one in re.findall(r"```toml\n([\s\S]*?)```", BOOK)
]
HOLDING = [
    SimData(0, values=[0x0000, 0x4020], datatype=DataType.REGISTERS),  # 2.5, low word first
    SimData(10, values=[0x7FFF, 0, 0b1000], datatype=DataType.REGISTERS),
    SimData(20, values=[0], datatype=DataType.REGISTERS),
]


def tables(*, port: int, framing: str = "tcp", period_s: float = 0.2) -> dict[str, Any]:
    """The book's map, with its writes, for a server on this machine."""
    found = tomllib.loads("\n".join(BLOCKS))
    found["modbus"] |= {
        "host": "127.0.0.1", "port": port, "framing": framing, "period_s": period_s,
        "timeout_s": 5,
    }  # fmt: skip
    return found


@asynccontextmanager
async def serving(framing: str = "tcp", port: int = 0) -> AsyncIterator[int]:
    """A server with one unit; its port."""
    bits = [SimData(5, values=[True], datatype=DataType.BITS)]
    none = [SimData(0, values=[0], datatype=DataType.REGISTERS)]
    device = SimDevice(1, simdata=(bits, bits, HOLDING, none))
    framer = FramerType.RTU if framing == "rtu" else FramerType.SOCKET
    server = ModbusTcpServer([device], framer=framer, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    try:
        yield cast("asyncio.Server", server.transport).sockets[0].getsockname()[1]
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus has no type here


@asynccontextmanager
async def reading(mapping: Map, store: Store) -> AsyncIterator[Modbus]:
    way = Modbus(mapping, "pumps", store)
    tasks = [asyncio.create_task(one) for one in (way.run(), way.books.keeping.run())]
    try:
        yield way
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("framing", ["tcp", "rtu"])
def test_the_books_map_reads_what_a_real_server_holds(framing: str) -> None:
    async def scene() -> Store:
        store = Store()
        async with serving(framing) as port:
            mapping = map_of(tables(port=port, framing=framing), "pumps.toml")
            async with reading(mapping, store):
                await until(lambda: len({one.sensor for one in store.readings}) == 4)
        return store

    store = asyncio.run(scene())
    found = {one.sensor: one.value for one in store.readings}
    assert math.isnan(found.pop("330110-pump-4.pressure"))  # 32767 says that there is no value
    assert found == {
        "330110-pump-4.water_level": 2.5, "330110-pump-4.running": 1.0,
        "330110-pump-4.gate_open": 1.0,
    }  # fmt: skip
    assert store.faults == []


class Relay:
    """A wire to a server that may be cut and mended."""

    def __init__(self, to: int) -> None:
        self._to, self._is_cut = to, False
        self._open: set[asyncio.StreamWriter] = set()

    async def begin(self) -> int:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def cut(self, is_cut: bool) -> None:
        self._is_cut = is_cut
        for one in self._open if is_cut else ():
            one.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))

    def end(self) -> None:
        self.cut(True)
        self._server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1_024):
            writer.write(data)
            await writer.drain()
    writer.close()


def test_a_far_end_that_dies_is_offline_with_a_reason_and_comes_back() -> None:
    async def scene() -> None:
        store = Store()
        async with serving() as port:
            relay = Relay(port)
            spec = tables(port=await relay.begin())
            spec["read"] = spec["read"][1:]
            spec["read"][0]["period_s"] = 0.1
            spec["modbus"]["timeout_s"] = 0.3
            async with reading(map_of(spec | {"write": []}, "m"), store) as way:
                presence = way.books.presence
                await until(lambda: presence.counts == (1, 1))
                relay.cut(True)
                await until(lambda: presence.counts == (0, 1))
                assert "330110-pump-4: no" in way.books.trouble
                before = len(store.readings)
                relay.cut(False)
                await until(lambda: presence.counts == (1, 1) and len(store.readings) > before)
                await until(lambda: way.books.trouble == "")
            relay.end()
        assert {one.code for one in store.faults} == {"read_failed"}

    asyncio.run(scene())


def test_an_exception_is_named_once_and_costs_its_own_read() -> None:
    async def scene() -> Store:
        store = Store()
        async with serving() as port:
            spec = tables(port=port, period_s=0.1)
            del spec["write"]
            spec["read"].append(
                {"device": "ghost", "unit": 1, "table": "holding", "values": {"x": {"at": 5_000}}}
            )
            async with reading(map_of(spec, "m"), store) as way:
                await until(lambda: way.books.frames > 12 and bool(store.faults))
        return store

    store = asyncio.run(scene())
    assert [(one.code, one.reason) for one in store.faults] == [
        ("read_failed", "ghost: exception 2, illegal data address")
    ]
    assert {one.sensor for one in store.readings} >= {"330110-pump-4.gate_open"}


def test_what_cannot_be_stored_waits_and_is_stored_later() -> None:
    async def scene() -> None:
        store = Store()
        store.is_away = True
        async with serving() as port:
            mapping = map_of(tables(port=port, period_s=0.1), "m")
            async with reading(mapping, store) as way:
                await until(lambda: way.books.frames > 6 and way.books.keeping.trouble != "")
                seen = way.books.frames
                store.is_away = False
                await until(lambda: len(store.readings) >= seen)

    asyncio.run(scene())


def test_only_what_the_map_allows_is_written() -> None:
    async def scene() -> None:
        async with serving() as port:
            mapping = map_of(tables(port=port), "m")
            way = Modbus(mapping, "pumps", Store())
            (write,) = mapping.writes
            await way.session.write(write, 2.5)
            got = await way.session._client.read_holding_registers(20, count=1, device_id=1)
            assert got.registers == [250]
            with pytest.raises(Malformed, match="set_limit: 9 is not from 0 to 5"):
                await way.session.write(write, 9)
            way.session._client.close()
        with pytest.raises(Unavailable, match="nothing answers at"):
            await way.session.write(write, 1)

    asyncio.run(scene())


def test_an_ask_writes_once_and_hears_what_came_of_it(tmp_path: Path) -> None:
    device = "330110-pump-4"

    async def asked(name: str, words: dict[str, Any]) -> dict[str, Any]:
        number = asks.put(tmp_path, device, name, words, by="cli")
        async with asyncio.timeout(60):
            while (told := asks.result_of(tmp_path, number)) is None:
                await asyncio.sleep(0.02)
        return told

    async def scene() -> None:
        async with serving() as port:
            way = Modbus(map_of(tables(port=port), "m"), "pumps", Store())
            taking = asyncio.create_task(asks.Asks(tmp_path, [cast("Any", way.station)]).run())
            both = (asked("set_limit", {"value": 2.5}), asked("set_limit", {"value": 3.5}))
            for told, value in zip(await asyncio.gather(*both), (2.5, 3.5), strict=True):
                assert told["result"] == "answered"
                assert [one["fields"] for one in told["answers"]] == [{"written": value}]
            got = await way.session._client.read_holding_registers(20, count=1, device_id=1)
            assert got.registers in ([250], [350])
            told = await asked("set_limit", {"value": 9})
            assert "is not from 0 to 5" in told["answers"][0]["fields"]["failed"]
            told = await asked("stop", {})
            assert (told["result"], told["reason"]) == (
                "wrong", "there is no 'stop' (there are set_limit)",
            )  # fmt: skip
            taking.cancel()
            way.session._client.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"table": "coils"}, "table is 'coils'"),
        ({"values": {}}, "values must be"),
        ({"values": {"v": "a.b"}}, "at must be the number of a register"),
        ({"values": {"v": {"at": 65_535, "type": "int32"}}}, "no register 65536"),
        ({"table": "coil", "values": {"v": {"at": 1, "type": "int32"}}}, "a coil is one bit"),
        ({"values": {"v": {"at": 1, "type": "int8"}}}, "a register has two bytes"),
        ({"unit": 256}, "unit must be a number from 0 to 255"),
        ({"sensor": "{device}", "values": {"a": {"at": 1}, "b": {"at": 2}}}, "needs {quantity}"),
        ({"period_s": 0}, "period_s must be"),
    ],
)
def test_a_wrong_map_says_where_and_why(change: dict[str, Any], reason: str) -> None:
    spec = tables(port=1)
    spec["read"][0] |= change
    with pytest.raises(Malformed, match=re.escape(reason)) as wrong:
        map_of(spec, "pumps.toml")
    assert "pumps.toml [[read]] 1" in str(wrong.value)


def test_a_write_needs_a_device_that_is_read() -> None:
    spec = tables(port=1)
    spec["write"][0]["device"] = "other"
    with pytest.raises(Malformed, match="nothing is read of 'other'"):
        map_of(spec, "m")


@given(
    st.lists(
        st.tuples(st.integers(0, 65_532), st.sampled_from(["uint16", "float32", "int64"])),
        min_size=1, max_size=40, unique_by=lambda one: one[0],
    )
)  # fmt: skip
def test_what_is_asked_for_covers_every_register_within_bounds(
    places: list[tuple[int, str]],
) -> None:
    values = {f"v{at}": {"at": at, "type": kind} for at, kind in places}
    spec = tables(port=1) | {"read": [{"device": "d", "gap": 8, "values": values}], "write": []}
    (read,) = map_of(spec, "m").reads
    spans = spans_of(read)
    assert all(1 <= one.size <= 125 and one.end <= 65_536 for one in spans)
    words: dict[int, int] = {}
    for span in spans:
        words |= words_of(span, [0x4000] * span.size)
    got = taken(read, words, 5)
    assert len(got.readings) == len(places)
    assert got.faults == []


@given(st.floats(0, 5))
def test_what_is_written_is_what_would_be_read(number: float) -> None:
    (write,) = map_of(tables(port=1), "m").writes
    (word,) = written(write, number)
    assert abs(word * write.scale - number) <= write.scale / 2 + 1e-9


@settings(max_examples=10)
@given(st.binary(max_size=40))
def test_garbage_from_a_far_end_is_a_failure_and_no_more(garbage: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read(100)
            writer.write(garbage)
            await writer.drain()
            writer.close()

    async def scene() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        spec = tables(port=server.sockets[0].getsockname()[1])
        spec["modbus"]["timeout_s"] = 0.1
        spec["read"] = spec["read"][:1]
        store = Store()
        async with server, reading(map_of(spec, "m"), store) as way:
            await until(lambda: bool(store.faults))
            assert "no answer" in way.books.trouble or "cannot be read" in way.books.trouble

    asyncio.run(scene())
