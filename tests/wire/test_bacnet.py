"""A real BACnet/IP device, asked and heard as the book's mapping says."""

import asyncio
import math
import re
import socket
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from anlan.connectors.bacnet.map import map_of
from anlan.live.ways.polled.bacnet import Bacnet
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from tests.wire.bacnet_device import tower
from tests.wire.scenes import Store
from tests.wire.test_modbus import until

BOOK = (Path(__file__).parents[2] / "docs/how-to/connect-bacnet.md").read_text(encoding="utf-8")
(FIRST,) = (
    tomllib.loads(re.sub(r"^   ", "", one, flags=re.M))
    for one in re.findall(r"```toml\n([\s\S]*?)```", BOOK)
)
DEVICE = "330110-tower-1"
PRESSURE = f"{DEVICE}.stair_pressure"


def tables(port: int, **more: Any) -> dict[str, Any]:
    """The book's mapping for a device on this machine."""
    here = {"host": "127.0.0.1", "port": port, "bind": "127.0.0.1", "period_s": 0.1, "cov_s": 0,
            "timeout_s": 10, "retries": 0}  # fmt: skip
    return FIRST | {"bacnet": FIRST["bacnet"] | here | more}


@asynccontextmanager
async def running(spec: dict[str, Any], store: Store) -> AsyncIterator[Bacnet]:
    way = Bacnet(map_of(spec, "tower.toml"), "tower", store)
    tasks = [asyncio.create_task(one) for one in (way.run(), way.books.keeping.run())]
    try:
        yield way
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def last(store: Store) -> Reading | None:
    found = [one for one in store.readings if one.sensor == PRESSURE]
    return found[-1] if found else None


def has(store: Store, *, quality: Quality, value: float) -> bool:
    """Whether the newest pressure is so."""
    one = last(store)
    return one is not None and one.quality == quality and repr(one.value) == repr(value)


@pytest.mark.parametrize("is_small", [False, True], ids=["many at once", "one by one"])
def test_the_books_mapping_reads_what_a_real_device_holds(is_small: bool) -> None:
    async def scene() -> Store:
        store = Store()
        async with tower(is_small=is_small) as (_, port), running(tables(port), store) as way:
            await until(lambda: len(store.readings) >= 3)
            assert way.books.presence.counts == (1, 1)
        return store

    store = asyncio.run(scene())
    assert {one.sensor: one.value for one in store.readings[:3]} == {
        PRESSURE: 50.0, f"{DEVICE}.smoke_fan": 1.0, f"{DEVICE}.mode": 2.0,
    }  # fmt: skip
    assert store.faults == []


def test_flags_make_readings_bad_or_uncertain_and_are_told_once() -> None:
    async def scene() -> Store:
        store = Store()
        async with tower() as (device, port), running(tables(port), store):
            good, bad, doubtful = Quality.GOOD, Quality.BAD, Quality.UNCERTAIN
            await until(lambda: has(store, quality=good, value=50.0))
            device.pressure.reliability = "no-sensor"
            await until(lambda: has(store, quality=bad, value=math.nan))
            device.pressure.reliability = "no-fault-detected"
            device.pressure.outOfService = True
            await until(lambda: has(store, quality=doubtful, value=50.0))
            device.pressure.outOfService = False
            device.pressure.eventState = "high-limit"
            await until(lambda: has(store, quality=good, value=50.0))
            device.pressure.eventState = "normal"
            await until(lambda: len(store.faults) == 4)
        return store

    assert [(one.code, one.reason, one.text) for one in asyncio.run(scene()).faults] == [
        ("status_bad", f"{DEVICE}: stair_pressure: fault", b"analog-input,1"),
        ("status_bad", f"{DEVICE}: stair_pressure: out-of-service", b"analog-input,1"),
        ("device_says", f"{DEVICE} says", b"stair_pressure: in alarm"),
        ("device_says", f"{DEVICE} says", b"stair_pressure: no longer in alarm"),
    ]


def test_changes_are_told_between_two_questions() -> None:
    async def scene() -> None:
        store, rare = Store(), {"period_s": 3_600, "cov_s": 600}
        async with tower() as (device, port), running(tables(port, **rare), store):
            # the first question is one reading, the first words of the device another
            await until(lambda: sum(one.sensor == PRESSURE for one in store.readings) > 1)
            device.pressure.presentValue = 12.5
            await until(lambda: has(store, quality=Quality.GOOD, value=12.5))

    asyncio.run(scene())


def test_an_object_that_is_unknown_costs_only_itself() -> None:
    async def scene() -> Store:
        store = Store()
        async with tower() as (_, port):
            spec = tables(port)
            values = {"stair_pressure": "analog-input,1", "ghost": "analog-input,99"}
            spec["read"] = [{"device": DEVICE, "values": values}]
            async with running(spec, store):
                await until(lambda: last(store) is not None and bool(store.faults))
        return store

    fault = asyncio.run(scene()).faults[0]
    assert (fault.code, fault.reason) == ("read_failed", f"{DEVICE}: ghost: object: unknown-object")


def test_a_device_that_is_silent_is_offline_with_a_reason() -> None:
    async def answer_nothing(spec: dict[str, Any], store: Store) -> None:
        async with running(spec, store) as way:
            await until(lambda: way.books.presence.counts == (0, 1) and bool(store.faults))
            assert "no answer in 0.1 s" in way.books.trouble

    async def scene() -> Store:
        store, loop = Store(), asyncio.get_running_loop()
        silent, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        port = silent.get_extra_info("sockname")[1]
        await answer_nothing(tables(port, timeout_s=0.1), store)
        silent.close()
        return store

    assert [one.code for one in asyncio.run(scene()).faults] == ["read_failed"]


def test_a_port_of_ours_that_is_taken_is_told_as_that() -> None:
    async def scene(taken: int) -> None:
        async with asyncio.timeout(60):
            await Bacnet(map_of(tables(1, local_port=taken), "t"), "t", Store()).run()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(Unavailable, match=f"cannot listen on 127.0.0.1:{port} "):
            asyncio.run(scene(port))


@pytest.mark.parametrize(
    ("head", "read", "reason"),
    [
        ({"host": "tower.local"}, {}, "[bacnet]: host: "),
        ({"cov_s": 5}, {}, "[bacnet]: cov_s must be 0, or from 10"),
        ({"instance": 4_194_303}, {}, "[bacnet]: instance must be a number"),
        ({"device": 1}, {}, "[bacnet]: no such key: device"),
        ({}, {"values": {"v": "AI1"}}, "[[read]] 1 v: at: 'AI1' is no object"),
        (
            {},
            {"values": {"v": "analog-input,4194303"}},
            "[[read]] 1 v: at: 'analog-input,4194303' is no object: 4194303 stands for any",
        ),
        ({}, {"values": {"v": "device,1"}}, "[[read]] 1 v: at: 'device,1' has no present value"),
        ({}, {"values": {"v": "200,1"}}, "[[read]] 1 v: at: '200,1' has no present value"),
    ],
)
def test_a_wrong_mapping_says_where_and_why(
    head: dict[str, Any], read: dict[str, Any], reason: str
) -> None:
    spec = tables(1)
    spec |= {"bacnet": spec["bacnet"] | head, "read": [spec["read"][0] | read]}
    with pytest.raises(Malformed, match=re.escape(f"tower.toml {reason}")):
        map_of(spec, "tower.toml")
