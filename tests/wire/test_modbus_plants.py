"""The controllers of the sandtable are read by the way that reads those of makers."""

import asyncio
import math
from pathlib import Path

import pytest

from anlan.connectors.mapping.section import load
from anlan.connectors.modbus.map import Map, map_of
from anlan.sandtable.city import spoken
from anlan.sandtable.fleet.line import stand
from anlan.sandtable.fleet.modbus import Controllers
from anlan.site.demo.feed.tanks import PERIOD_S, Tanks, write
from anlan.site.demo.script import city_of
from tests.flow.demos import free_port
from tests.wire.scenes import Store
from tests.wire.test_modbus import reading, until


async def _read(mapping: Map, controllers: Controllers, store: Store, count: int) -> None:
    stood: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        stand(controllers, "127.0.0.1", mapping.link.port, stood=stood.set_result)
    )
    await stood
    try:
        async with reading(mapping, store):
            await until(lambda: len(store.readings) >= count)
    finally:
        task.cancel()


def test_every_tank_is_read_as_it_was_told(tmp_path: Path) -> None:
    write(tmp_path, free_port())
    path, place = tmp_path / "ways" / "tanks.toml", city_of(tmp_path)
    rows = [one for one in spoken(place) if one.protocol == "modbus"]
    tanks, store = Tanks(rows), Store()
    for n, one in enumerate(rows[1:]):
        tanks.tell(one.row, n / 4, 0)
    asyncio.run(_read(map_of(load(path), str(path)), tanks.controllers, store, len(rows)))
    found = {one.sensor: one.value for one in store.readings}
    assert math.isnan(found.pop(place.sensors[rows[0].row].key))  # it has not measured yet
    assert found == {place.sensors[one.row].key: n / 4 for n, one in enumerate(rows[1:])}
    assert store.faults == []


def test_a_tank_that_falls_silent_keeps_no_value(tmp_path: Path) -> None:
    [one, other, *_] = [one for one in spoken(city_of(tmp_path)) if one.protocol == "modbus"]
    tanks = Tanks([one, other])
    tanks.tell(one.row, 1.5, 0)
    tanks.tell(other.row, 1.5, 60_000)
    full = dict(tanks.controllers.registers)
    tanks.forget(2 * 1000 * PERIOD_S)
    assert tanks.controllers.registers == full
    tanks.forget(2 * 1000 * PERIOD_S + 1)
    never = Tanks([one, other])
    never.tell(other.row, 1.5, 0)
    assert tanks.controllers.registers == never.controllers.registers


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("000100000006010300000002", "000100000007010304" + "3fc00000"),
        ("000200000006010300010002", "000200000003018302"),
        ("000300000006020300000002", "000300000003028302"),
        ("000400000006010300000000", "000400000003018303"),
        ("000500000006010600000001", "000500000003018601"),
    ],
)
def test_what_a_controller_does_not_have_is_declined(asked: str, told: str) -> None:
    said: list[bytes] = []
    one = Controllers(say=said.append)
    one.put(1, 0, 1.5)
    one.begin(0)
    for byte in bytes.fromhex(asked):
        one.hear(bytes((byte,)), 0)
    assert b"".join(said).hex() == told
