"""Answers that are not to the question: late, of another size, of another register."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from pymodbus.framer.rtu import FramerRTU

from anlan.connectors.modbus.map import Map, map_of
from anlan.connectors.modbus.session import Session
from anlan.terms.errors import Unavailable
from tests.wire.scenes import Store
from tests.wire.test_modbus import reading, tables, until

Answer = Callable[[bytes], bytes | None]


def framed(data: bytes) -> bytes:
    return data + FramerRTU.compute_CRC(data).to_bytes(2, "big")


def held(asked: bytes) -> bytes:
    """An honest answer to a read: each register holds its own number and 100."""
    first, count = (int.from_bytes(asked[n : n + 2], "big") for n in (2, 4))
    words = b"".join((100 + first + n).to_bytes(2, "big") for n in range(count))
    return framed(asked[:2] + bytes([len(words)]) + words)


@asynccontextmanager
async def far_end(answer: Answer) -> AsyncIterator[int]:
    """RTU over TCP at a port. answer: what is sent for a question; for nothing, the honest answer
    comes only when the next question does, and in place of its own."""
    lines: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.add(writer)
        late = b""
        with suppress(OSError):
            while asked := await reader.read(300):
                said = answer(asked)
                writer.write(late or said or b"")
                await writer.drain()
                late = held(asked) if said is None else b""
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        lines.remove(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await until(lambda: not lines)


def pair(port: int, *, timeout_s: float = 20.0, **more: Any) -> Map:
    """Two devices, one register each."""
    spec = tables(port=port, framing="rtu") | {"write": []}
    spec["modbus"]["timeout_s"] = timeout_s
    spec["read"] = [
        {"device": name, "unit": 1, "values": {"level": {"at": at}}, **more}
        for name, at in (("a", 1), ("b", 2))
    ]
    return map_of(spec, "m")


def test_a_late_answer_is_not_taken_for_one_to_the_next_question() -> None:
    async def scene() -> Store:
        store, asked = Store(), list[bytes]()

        def answer(question: bytes) -> bytes | None:
            asked.append(question)
            return None if len(asked) == 1 else held(question)

        async with far_end(answer) as port, reading(pair(port, timeout_s=0.3), store):
            await until(lambda: {one.sensor for one in store.readings} == {"a.level", "b.level"})
        return store

    store = asyncio.run(scene())
    assert {(one.sensor, one.value) for one in store.readings} == {
        ("a.level", 101.0), ("b.level", 102.0),
    }  # fmt: skip
    assert store.faults[0].reason == "a: no answer in 0.3 s"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda asked: held(asked[:5] + b"\2"), "a: 2 of 1 came"),
        (lambda asked: held(asked[:1] + b"\4" + asked[2:]), "a: the answer is to another question"),
    ],
    ids=["size", "function"],
)
def test_an_answer_of_another_size_or_function_is_a_fault(
    wrong: Callable[[bytes], bytes], reason: str
) -> None:
    async def scene() -> Store:
        store = Store()
        async with far_end(wrong) as port, reading(pair(port), store):
            await until(lambda: bool(store.faults))
        return store

    store = asyncio.run(scene())
    assert (store.faults[0].reason, store.readings) == (reason, [])


def test_bits_come_in_whole_bytes() -> None:
    async def scene() -> Store:
        store = Store()
        said = [framed(b"\1\1\2\1\0"), framed(b"\1\1\1\1")]  # two bytes for one bit, then one

        def answer(asked: bytes) -> bytes:
            return said[0] if len(said) == 1 else said.pop(0)

        async with far_end(answer) as port, reading(pair(port, table="coil"), store):
            await until(lambda: bool(store.readings))
        return store

    store = asyncio.run(scene())
    assert [one.reason for one in store.faults] == ["a: 16 of 8 came"]
    assert store.readings[0].value == 1.0


@pytest.mark.parametrize("echo", [b"\0\x15\0\1", b"\0\x14\0\2"], ids=["address", "count"])
def test_a_write_that_is_not_echoed_has_failed(echo: bytes) -> None:
    async def scene() -> None:
        async with far_end(lambda asked: framed(asked[:2] + echo)) as port:
            spec = tables(port=port, framing="rtu")
            spec["modbus"]["timeout_s"] = 20.0
            mapping = map_of(spec, "m")
            session = Session(mapping, lambda taken, at: asyncio.sleep(0))
            with pytest.raises(Unavailable, match="to another question"):
                await session.write(mapping.writes[0], 2.5)
            assert not session._client.connected

    asyncio.run(scene())
