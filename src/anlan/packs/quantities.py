"""Reads quantities.toml: units, plausible ranges and gates."""

import math
import re

from anlan.engine.rules import Gate
from anlan.packs.model import QuantitySpec, Words
from anlan.packs.source.document import Document, Table
from anlan.packs.source.fields import read_words
from anlan.packs.units import STATE, Unit, unit_of

_INFINITY = math.inf
_MOST_STATES = 256
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,5}")
_POLICIES = ("accept", "confirm", "reject")


def read_quantities(document: Document) -> dict[str, QuantitySpec]:
    """Quantities by name, in the order of the file; a pack without any is a problem."""
    root = document.root
    tables = root.named_tables()
    root.finish()
    if not tables:
        root.wrong("no quantity is defined")
    return {name: _read_quantity(name, table) for name, table in tables.items()}


def _read_quantity(name: str, table: Table) -> QuantitySpec:
    if name == "value":
        table.wrong("a quantity cannot be called value: in expressions that is the reading itself")
    display = read_unit(table, "unit")
    gate_table = table.table("gate")
    gate = _read_gate(gate_table)
    spec = QuantitySpec(
        name=name,
        title=read_words(table),
        unit=display.code,
        display=display,
        gate=gate,
        basis=gate_table.text("basis"),
        states=_read_states(table, gate_table, gate) if display.code == STATE else {},
    )
    gate_table.finish()
    table.finish()
    return spec


def _read_states(table: Table, gate_table: Table, gate: Gate) -> dict[int, Words]:
    """What each value is called: of all whole numbers of the plausible range. Where a city has laid
    its own range over it, those that the pack names; others are told as numbers."""
    states = table.table("states")
    if gate_table.stamp is not None:
        numbers = [int(key) for key in states.data if _WHOLE.fullmatch(key)]
    elif gate.high - gate.low < _MOST_STATES:
        numbers = list(range(math.ceil(gate.low), math.floor(gate.high) + 1))
    else:
        table.wrong(f"a quantity of states has a low and a high, less than {_MOST_STATES} apart")
        return {}
    found = {number: read_words(states, str(number)) for number in numbers}
    states.finish()
    return found


def read_unit(table: Table, key: str, default: str | None = None) -> Unit:
    """A UCUM unit that packs know."""
    code = table.text(key) if default is None else table.text(key, default)
    unit = unit_of(code)
    if unit is None and table.has(key) and code:
        table.wrong(f"unknown unit {code!r}: not in the table of UCUM units", key)
    return unit or Unit(code, code, code)


def _read_gate(table: Table) -> Gate:
    gate = Gate(
        low=table.number("low", -_INFINITY),
        high=table.number("high", _INFINITY),
        spike=table.choice("spike", _POLICIES, "accept"),  # type: ignore[arg-type]  # checked: one of _POLICIES
        rate_per_h=table.number("rate_per_h", _INFINITY),
        interval_ms=table.duration("interval"),
        confirm_ms=table.duration("confirm", None),
        max_gap_ms=table.duration("max_gap", None),
        stale_ms=table.duration("stale", None),
        flat_ms=table.duration("flat", None),
        flat_by=table.number("flat_by", 0.0),
        skew_ms=table.duration("skew", 600_000),
    )
    _judge_gate(table, gate)
    return gate


def _judge_gate(table: Table, gate: Gate) -> None:
    if gate.low >= gate.high:
        table.wrong(f"the plausible range is empty: low {gate.low:g} ≥ high {gate.high:g}", "low")
    if table.has("interval") and gate.interval_ms <= 0:
        table.wrong("interval must be longer than nothing", "interval")
    if gate.spike != "accept" and gate.rate_per_h == _INFINITY:
        table.wrong(f"spike = {gate.spike!r} needs rate_per_h", "spike")
    if gate.rate_per_h <= 0:
        table.wrong("rate_per_h must be above 0", "rate_per_h")
    if gate.flat_by < 0:
        table.wrong("flat_by must not be negative", "flat_by")
