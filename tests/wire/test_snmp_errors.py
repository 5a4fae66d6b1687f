"""An agent that answers some of what it is asked for with an error."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pysnmp.proto.rfc1902 import Gauge32
from pysnmp.smi.error import GenError, NoAccessError, NoSuchNameError

from anlan.connectors.snmp.map import map_of
from anlan.live.ways.polled.snmp import Snmp
from tests.wire.scenes import Store
from tests.wire.snmp_agent import PUBLIC, agent
from tests.wire.test_modbus import until
from tests.wire.test_snmp import running

WANTED = {f"v{n}": f"1.3.6.1.4.1.318.{n}" for n in range(7)}
HELD = {oid: Gauge32(n) for n, oid in enumerate(WANTED.values())}
VALUES = {f"ups.{name}": float(n) for n, name in enumerate(WANTED)}


def looked(held: dict[str, Any], *, most: int = 100) -> Store:
    """What a look at the values of an agent stores."""

    async def scene() -> Store:
        store = Store()
        with agent(held, PUBLIC, most) as port:
            head = {"host": "127.0.0.1", "port": port, "timeout_s": 10, "period_s": 3_600}
            spec = {"snmp": head, "read": [{"device": "ups", "values": WANTED}]}
            async with running(Snmp(map_of(spec, "ups.toml", Path()), "ups", store)):
                await until(lambda: bool(store.readings or store.faults))
        return store

    return asyncio.run(scene())


@pytest.mark.parametrize("at", ["v0", "v3", "v6"])
@pytest.mark.parametrize(
    ("error", "name"),
    [(GenError, "genErr"), (NoSuchNameError, "noSuchName"), (NoAccessError, "noAccess")],
)
def test_a_value_that_fails_costs_only_itself(error: type, name: str, at: str) -> None:
    """Also where the agent names another one as the culprit, as this one does of `v3`."""
    store = looked(HELD | {WANTED[at]: error})
    assert {one.sensor: one.value for one in store.readings} == {
        sensor: value for sensor, value in VALUES.items() if sensor != f"ups.{at}"
    }
    assert [(one.code, one.reason) for one in store.faults] == [
        ("unreadable", f"ups: {at}: {name}")
    ]


def test_what_is_too_much_for_one_answer_is_asked_for_in_parts() -> None:
    store = looked(HELD, most=2)
    assert {one.sensor: one.value for one in store.readings} == VALUES
    assert store.faults == []
