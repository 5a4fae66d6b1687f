"""Two values of a mapping that would be one sensor are refused before anything is read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anlan.connectors.bacnet.map import map_of as bacnet
from anlan.connectors.dlt645.map import map_of as dlt645
from anlan.connectors.modbus.map import map_of as modbus
from anlan.connectors.opcua.map import map_of as opcua
from anlan.connectors.snmp.map import map_of as snmp
from anlan.terms.errors import Malformed

HOST = {"host": "127.0.0.1"}
Make = Callable[..., Any]
READS: list[tuple[Make, str, dict[str, Any], dict[str, Any]]] = [
    (bacnet, "read", {"bacnet": HOST}, {"values": {"v": "analog-input,1"}}),
    (snmp, "read", {"snmp": HOST}, {"values": {"v": "1.3.6.1.2.1.1.3.0"}}),
    (opcua, "read", {"opcua": {"url": "opc.tcp://127.0.0.1:4840"}}, {"values": {"v": "ns=2;i=1"}}),
    (modbus, "read", {"modbus": HOST}, {"values": {"v": {"at": 1, "type": "uint16"}}}),
    (dlt645, "meter", {"dlt645": HOST | {"port": 1}},
     {"address": "1", "values": {"v": "02010100"}}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "name", "head", "row"), READS, ids=lambda one: str(one)[:20])
def test_two_tables_with_one_fixed_sensor(
    make: Make, name: str, head: dict[str, Any], row: dict[str, Any]
) -> None:
    more = (Path(),) if make in (snmp, opcua) else ()
    rows = [row | {"device": one, "sensor": "the-level"} for one in ("a", "b")]
    make(head | {name: rows[:1]}, "x.toml", *more)
    why = f"x.toml [[{name}]] 2: the-level is of [[{name}]] 1 too"
    with pytest.raises(Malformed, match=re.escape(why)):
        make(head | {name: rows}, "x.toml", *more)
