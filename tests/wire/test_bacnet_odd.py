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
_SUBSCRIBE, _MANY = 5, 14
Objects = dict[int, tuple[bytes, bytes]]
"""Analog inputs by their number: value and flags as they stand in the answer."""


class Odd(asyncio.DatagramProtocol):
    """Answers what it holds, whether it makes sense or not."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data[6] >> 4:  # no question: how ours answers a change
            return
        service, question = data[9], data[10:]
        if service == _SUBSCRIBE:
            self.say(b"\x20" + data[8:10], addr)
            self.say(b"\x00\x05\x01\x01" + self.change(question), addr)
            return
        body = self.many() if service == _MANY else self.single(question)
        self.say(b"\x30" + data[8:10] + body, addr)

    def say(self, told: bytes, address: tuple[str, int]) -> None:
        head = b"\x81\x0a" + struct.pack(">H", 6 + len(told)) + b"\x01\x00"
        self.transport.sendto(head + told, address)

    def change(self, question: bytes) -> bytes:
        """Of the object that a subscription is about, under the number that it has there."""
        about = question[3:7]
        value, flags = self.objects[struct.unpack(">I", about)[0]]
        return (question[:2] + b"\x1c\x02\x00\x00\x01\x2c" + about + b"\x39\x3c\x4e\x09\x55\x2e"
                + value + b"\x2f\x09\x6f\x2e" + flags + b"\x2f\x4f")  # fmt: skip

    def many(self) -> bytes:
        return b"".join(
            b"\x0c" + struct.pack(">I", n) + b"\x1e\x29\x55\x4e" + value + b"\x4f\x29\x6f\x4e"
            + flags + b"\x4f\x1f" for n, (value, flags) in self.objects.items()
        )  # fmt: skip

    def single(self, question: bytes) -> bytes:
        value, flags = self.objects[struct.unpack(">I", question[1:5])[0]]
        return question + b"\x3e" + (value if question[6] == 0x55 else flags) + b"\x3f"


def rounds(objects: Objects, done: Callable[[list[Taken]], bool], cov_s: int = 0) -> list[Taken]:
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
                "retries": 0, "period_s": 0.1, "cov_s": cov_s}  # fmt: skip
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


def test_a_change_that_cannot_be_read_is_told() -> None:
    why = "d: v1: does not tell changes: the change cannot be read (InvalidTag)"
    rounds(
        {ONE: (b"\x21\x05", NORMAL)},
        lambda kept: any(one.reason == why for taken in kept for one in taken.faults),
        cov_s=600,
    )
