"""A BACnet device that answers what no device should."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import pytest

from anlan.connectors.bacnet.map import map_of
from anlan.connectors.bacnet.session import Session
from anlan.connectors.mapping import Taken
from tests.wire.test_modbus import until

REAL, NORMAL = b"\x44\x41\xa0\x00\x00", b"\x82\x04\x00"
ONE, TWO = 1, 2
Objects = dict[int, tuple[bytes, bytes]]
"""Analog inputs by their number: value and flags as they stand in the answer."""


class Odd(asyncio.DatagramProtocol):
    """Answers what it holds, whether it makes sense or not."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        number, service, question = data[8], data[9], data[10:]
        body = self.many() if service == 14 else self.single(question)
        told = b"\x01\x00\x30" + bytes([number, service]) + body
        self.transport.sendto(b"\x81\x0a" + struct.pack(">H", 4 + len(told)) + told, addr)

    def many(self) -> bytes:
        return b"".join(
            b"\x0c" + struct.pack(">I", n) + b"\x1e\x29\x55\x4e" + value + b"\x4f\x29\x6f\x4e"
            + flags + b"\x4f\x1f" for n, (value, flags) in self.objects.items()
        )  # fmt: skip

    def single(self, question: bytes) -> bytes:
        value, flags = self.objects[struct.unpack(">I", question[1:5])[0]]
        return question + b"\x3e" + (value if question[6] == 0x55 else flags) + b"\x3f"


def rounds(objects: Objects, done: Callable[[list[Taken]], bool]) -> list[Taken]:
    """What two inputs of a device become, until that is so."""

    async def scene() -> list[Taken]:
        kept: list[Taken] = []

        async def keep(taken: Taken, at: int) -> None:
            kept.append(taken)

        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Odd(objects), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        head = {"host": "127.0.0.1", "port": port, "bind": "127.0.0.1", "timeout_s": 10,
                "retries": 0, "period_s": 0.1}  # fmt: skip
        values = {f"v{n}": f"analog-input,{n}" for n in objects}
        spec = {"bacnet": head, "read": [{"device": "d", "values": values}]}
        running = asyncio.create_task(Session(map_of(spec, "odd.toml"), keep).run())
        try:
            await until(lambda: running.done() or done(kept))
            assert not running.done(), running.exception()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            transport.close()
        return kept

    return asyncio.run(scene())


@pytest.mark.parametrize(
    "value",
    [b"\x21\x05", b"\x75\x04\x00abc", REAL + REAL, b""],
    ids=["a whole number", "a text", "two values", "nothing"],
)
def test_a_value_that_cannot_be_read_costs_only_itself(value: bytes) -> None:
    objects = {ONE: (value, NORMAL), TWO: (REAL, NORMAL)}
    found = rounds(objects, lambda kept: len(kept) >= 3)
    for taken in found:
        assert [(one.sensor, one.value) for one in taken.readings] == [("d.v2", 20.0)]
    assert [one.code for one in found[0].faults] == ["read_failed"]
    assert found[0].faults[0].reason.startswith("d: v1: the answer cannot be read")


def test_flags_that_cannot_be_read_cost_no_value() -> None:
    objects = {ONE: (REAL, b"\x00"), TWO: (REAL, NORMAL)}
    found = rounds(objects, lambda kept: len(kept) >= 2)
    assert {one.sensor for one in found[0].readings} == {"d.v1", "d.v2"}
