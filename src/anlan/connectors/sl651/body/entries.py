"""One element of a report, whatever it was written in: what is told of it, what is a reading."""

import math
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import Any, NamedTuple

from anlan.connectors.sl651.body.digits import moment, number
from anlan.connectors.sl651.tables.elements import (
    ELEMENTS,
    FLOW_OF_GATE,
    GATE,
    GATE_COUNT,
    GATE_HEIGHT,
    RAIN,
    SPAN,
    STATE,
)
from anlan.connectors.sl651.tables.functions import STATE_BITS
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

FIVE_MIN_MS = 300_000
_GATES = {555: "无闸门控制", 444: "闸门全关", 999: "闸门全开", 888: "闸门提出水面"}
_CLOSED = 444
_OF_GATES = frozenset((GATE_HEIGHT, GATE_COUNT, FLOW_OF_GATE))
_NO_MORE: Mapping[str, Any] = MappingProxyType({})
_GOOD, _MISSING = int(Quality.GOOD), int(Quality.MISSING)

Value = float | str | None
"""None: the station says that it has none."""


class Place(NamedTuple):
    """Whose values follow, of when, and at which gate; the last two may not be told."""

    station: str
    observed: str = ""
    gate: str = ""


class Entry(NamedTuple):
    """An element as it came.

    ident: FFxx for one that users define · raw: its bytes in hexadecimal, or its text · values:
    one, or a series with step_ms between · fault: why it has none · more: what else is told.
    """

    place: Place
    ident: int
    raw: str
    decimals: int
    values: tuple[Value, ...] = ()
    step_ms: int = 0
    fault: str = ""
    more: Mapping[str, Any] = _NO_MORE


_NAMED: dict[int, dict[str, Any]] = {
    one.ident: {"id": f"{one.ident:02X}", "code": one.code, "name": one.name, "unit": one.unit}
    for one in ELEMENTS.values()
}
_MEASURED = {one.ident: one.code for one in ELEMENTS.values() if one.is_measured}


def series(ident: int, raw: bytes) -> tuple[float | None, ...]:
    """The values of five minutes each; a rain gauge tells tenths of a millimetre in one byte,
    a gauge of levels hundredths of a metre in two. All bits set: there is none."""
    if ident == RAIN:
        return tuple([None if one == 0xFF else one / 10 for one in raw])
    pairs = [raw[at] << 8 | raw[at + 1] for at in range(0, len(raw) - 1, 2)]
    return tuple([None if one == 0xFFFF else one / 100 for one in pairs])


def one_value(place: Place, ident: int, digits: str, decimals: int) -> Entry:
    """An element of one number in its digits; one that no table has stays as it came."""
    if ident not in ELEMENTS:
        return Entry(place, ident, digits, decimals)
    if ident == STATE:
        bits = int(digits or "0", 16)
        return Entry(place, ident, digits, 0, (float(bits),), more={"states": states(bits)})
    try:
        value = number(digits, decimals)
    except Malformed as error:
        return Entry(place, ident, digits, decimals, fault=str(error))
    return judged(Entry(place, ident, digits, decimals, (value,)))


def judged(entry: Entry) -> Entry:
    """With what a number stands for where it is not one."""
    value = entry.values[0]
    if entry.ident == GATE_HEIGHT and isinstance(value, float) and value in _GATES:
        open_m = 0.0 if value == _CLOSED else None
        return entry._replace(values=(open_m,), more={"state": _GATES[int(value)]})
    if entry.ident == SPAN and isinstance(value, float):
        return entry._replace(more={"minutes": int(value) * 60 + round(value % 1 * 100)})
    return entry


def states(bits: int) -> dict[str, str]:
    """What the bits of a station's state say, by name (table 58)."""
    return {
        name: one if bits >> place & 1 else zero
        for place, (name, zero, one) in enumerate(STATE_BITS)
    }


def told(entry: Entry) -> dict[str, Any]:
    """As JSON has it."""
    row = dict(_NAMED.get(entry.ident) or {"id": f"{entry.ident:02X}"})
    row["decimals"], row["raw"] = entry.decimals, entry.raw
    if entry.step_ms or len(entry.values) > 1:
        row |= {"values": list(entry.values), "step_min": entry.step_ms // 60_000}
    elif entry.values:
        row["value"] = entry.values[0]
    if entry.place.observed:
        row["observed"] = "20" + entry.place.observed
    if entry.more:
        row |= entry.more
    if entry.fault:
        row["fault"] = entry.fault
    return row


def readings(
    entries: Iterable[Entry], device: str, sent: str, *, zone: tzinfo
) -> tuple[tuple[Reading, ...], list[str]]:
    """What was measured, and why what is none is none. sent: the time where none was observed.

    A station whose values another one hands on has its address between device and quantity.
    """
    found: list[Reading] = []
    faults: list[str] = []
    for entry in entries:
        code, place = _MEASURED.get(entry.ident), entry.place
        if code is None:
            continue
        by_itself = place.station in ("", device)
        sensor = f"{device}.{code}" if by_itself else f"{device}.{place.station}.{code}"
        if place.gate and entry.ident in _OF_GATES:
            sensor += f".{place.gate}"
        try:
            _add(found, entry, sensor, moment(place.observed or sent, zone))
        except Malformed as error:
            faults.append(f"{code}: {error}")
    return tuple(found), faults


def _add(found: list[Reading], entry: Entry, sensor: str, time: int) -> None:
    if entry.fault:
        raise Malformed(entry.fault)
    if len(entry.values) > 1 and not entry.step_ms:
        raise Malformed(f"{len(entry.values)} values without a step of time")
    for value in entry.values:
        if isinstance(value, float):
            found.append(Reading(sensor, time, value, _GOOD, NEVER))
        elif value is None:
            found.append(Reading(sensor, time, math.nan, _MISSING, NEVER))
        time += entry.step_ms


def at_gate(place: Place, entry: Entry) -> Place:
    """What follows the number of a gate is of that gate."""
    if entry.ident != GATE or not entry.values or not isinstance(entry.values[0], float):
        return place
    return place._replace(gate=str(int(entry.values[0])))
