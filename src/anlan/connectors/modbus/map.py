"""The map of registers: whom to ask, what, how often, and what the numbers mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from anlan.connectors.mapping.cells import Cell, cell_of
from anlan.connectors.mapping.layout import ORDERS, TYPES, Layout
from anlan.connectors.mapping.points import apart, rows_of, values_of
from anlan.connectors.mapping.section import Section, only
from anlan.connectors.mapping.templates import Template
from anlan.terms.errors import Malformed

Framing = Literal["tcp", "rtu"]
Table = Literal["holding", "input", "coil", "discrete"]
BITS = ("coil", "discrete")
_LINK = ("host", "port", "framing", "timeout_s", "period_s")
_READ = ("device", "unit", "table", "period_s", "gap", "sensor", "values")
_WRITE = ("name", "device", "unit", "table", "at", "type", "order", "scale", "offset", "least",
          "most")  # fmt: skip
_LAST = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One far end; its units are asked one after the other. framing: `rtu` sends serial frames
    over TCP, as converters without a Modbus of their own do."""

    host: str
    port: int = 502
    framing: Framing = "tcp"
    timeout_s: float = 3.0


class Register(NamedTuple):
    """A quantity and where it stands. at: the first register, counted from 0, or the bit · size:
    how many of them."""

    name: str
    at: int
    size: int
    layout: Layout
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What is read of one unit at one period. gap: so many registers between two that are wanted
    are read along."""

    device: str
    unit: int
    table: Table
    period_s: float
    gap: int
    sensor: Template
    registers: tuple[Register, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What an ask may write: a number from least to most, as the register holds (number − offset) /
    scale."""

    name: str
    device: str
    unit: int
    table: Table
    at: int
    layout: Layout
    scale: float
    offset: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Map:
    """One far end, what is read of it, and what may be written."""

    link: Link
    reads: tuple[Read, ...]
    writes: tuple[Write, ...] = ()


def map_of(tables: Mapping[str, Any], where: str) -> Map:
    """The map in the tables of a file; Malformed names the table and the key."""
    only(tables, ("modbus", "read", "write"), where)
    head = Section(tables.get("modbus"), f"{where} [modbus]")
    only(head.table, _LINK, head.where)
    link = Link(
        host=head.text("host"), port=head.whole("port", 502, least=1),
        framing=head.choice("framing", get_args(Framing), "tcp"),
        timeout_s=head.span("timeout_s", 3.0),
    )  # fmt: skip
    period_s = head.span("period_s", 10.0)
    reads = tuple(_read(one, period_s) for one in rows_of(tables, "read", where))
    if not reads:
        raise Malformed("needs at least one [[read]]", where=where)
    told = [(one.device, one.sensor, [value.name for value in one.registers]) for one in reads]
    apart(told, where)
    writes = tuple(_write(one) for one in rows_of(tables, "write", where))
    devices = {one.device for one in reads}
    for one in writes:
        if one.device not in devices:
            raise Malformed(f"nothing is read of {one.device!r}", where=f"{where} [[write]]")
    return Map(link, reads, writes)


def _read(section: Section, period_s: float) -> Read:
    only(section.table, _READ, section.where)
    table: Table = section.choice("table", get_args(Table), "holding")
    values, sensor = values_of(section)
    return Read(
        device=section.text("device"), unit=section.whole("unit", 1, most=255), table=table,
        period_s=section.span("period_s", period_s),
        gap=section.whole("gap", 0, most=100), sensor=sensor,
        registers=tuple(
            _register(name, one, table, f"{section.where} {name}") for name, one in values.items()
        ),
    )  # fmt: skip


def _register(name: str, spec: Any, table: Table, where: str) -> Register:
    cell = cell_of(spec, where)
    if cell.layout is None or not isinstance(cell.at, int):
        raise Malformed("at must be the number of a register, counted from 0", where=where)
    if table in BITS and cell.layout != Layout():
        raise Malformed(f"type, order and bit: a {table} is one bit", where=where)
    if cell.layout.size == 1:
        raise Malformed("a register has two bytes: use uint16 and bit, or scale", where=where)
    size = 1 if table in BITS else cell.layout.size // 2
    if cell.at + size - 1 > _LAST:
        raise Malformed(f"there is no register {cell.at + size - 1}", where=where)
    return Register(name, cell.at, size, cell.layout, cell)


def _write(section: Section) -> Write:
    only(section.table, _WRITE, section.where)
    table: Table = section.choice("table", ("holding", "coil"), "holding")
    layout = Layout(
        section.choice("type", tuple(one for one in TYPES if one[:3] != "bcd"), "uint16"),
        section.choice("order", ORDERS, "ABCD"),
    )
    scale, least = section.number("scale", 1.0), section.number("least", 0.0)
    most = section.number("most", 1.0)
    if not scale or least > most or layout.size == 1:
        section.fail("scale may not be 0, least not above most, and a register has two bytes")
    return Write(
        name=section.text("name"), device=section.text("device"),
        unit=section.whole("unit", 1, most=255), table=table,
        at=section.whole("at", None, most=_LAST), layout=layout, scale=scale,
        offset=section.number("offset", 0.0), least=least, most=most,
    )  # fmt: skip
