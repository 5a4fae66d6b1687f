"""What a data unit measured.

A sensor is named `DEVICE.SYSTEM-ADDRESS.ZONE-POSITION.NAME`; of a system without zone and
position, of the transmission device without system too. States and operations are 1 or 0, each bit
a sensor of its own; analog values stand in their unit.
"""

from datetime import tzinfo
from typing import NamedTuple

from anlan.connectors.gb26875.heads import Head, clock_text, moment
from anlan.connectors.gb26875.units import Cells, Unit, zone_and_position
from anlan.connectors.gb26875.words import (
    ANALOGS,
    COMPONENT_BITS,
    DEVICE_BITS,
    DEVICE_OPERATION_BITS,
    OPERATION_BITS,
    SYSTEM_BITS,
    Bit,
)
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

_BITS: dict[int, tuple[int, list[Bit]]] = {
    1: (2, SYSTEM_BITS),
    2: (4, COMPONENT_BITS),
    4: (2, OPERATION_BITS),
    21: (0, DEVICE_BITS),
    24: (0, DEVICE_OPERATION_BITS),
}
"""In which cell of a type the bits are, and what they are called."""
_ANALOG = 3
_GOOD, _UNCERTAIN, _BAD = int(Quality.GOOD), int(Quality.UNCERTAIN), int(Quality.BAD)


class Taken(NamedTuple):
    """The readings of a unit, and what in it could be none."""

    readings: tuple[Reading, ...] = ()
    fault: str = ""


def readings_of(head: Head, unit: Unit, zone: tzinfo) -> Taken:
    """The readings of a unit; where an object has no time, that of the frame, less trusted."""
    if unit.type not in _BITS and unit.type != _ANALOG:
        return Taken()
    device, readings, fault = head.device, [], ""
    for number, row in enumerate(unit.rows, 1):
        at, quality = (moment(row[-1], zone) if unit.names[-1] == "time" else None), _GOOD
        if at is None:
            at, quality = moment(head.sent, zone), _UNCERTAIN
            fault = fault or _timeless(number, unit, row, at)
            if at is None:
                continue
        if unit.type == _ANALOG:
            readings.append(_value(device, row, at, quality))
        else:
            readings += _states(device, unit.type, row, at, quality)
    return Taken(tuple(readings), fault)


def _timeless(number: int, unit: Unit, row: Cells, at: int | None) -> str:
    """What is wrong with the first object that has no time; nothing where it has none to tell."""
    if unit.names[-1] != "time":
        return "" if at is not None else "neither an object nor the frame has a time"
    which = f"object {number} has a time that is none ({clock_text(row[-1])})"
    return f"{which}; the frame's is taken" if at is not None else f"{which}, as has the frame"


def _states(device: str, kind: int, row: Cells, at: int, quality: int) -> list[Reading]:
    cell, bits = _BITS[kind]
    state, before = row[cell], device + "."
    if kind == 2:
        before = _place(device, row)
    elif cell:
        before = f"{device}.{row[0]}-{row[1]}."
    return [
        Reading(before + bit[0], at, float(state >> n & 1), quality, NEVER)
        for n, bit in enumerate(bits)
    ]


def _place(device: str, row: Cells) -> str:
    zone, position = zone_and_position(row[3])
    return f"{device}.{row[0]}-{row[1]}.{zone}-{position}."


def _value(device: str, row: Cells, at: int, quality: int) -> Reading:
    """A value; bad outside what the standard allows, and as it came where that does not know it."""
    analog, number = ANALOGS.get(row[4]), row[5]
    if analog is None:
        return Reading(f"{_place(device, row)}analog_{row[4]}", at, float(number), quality, NEVER)
    value = number / analog.steps
    if not analog.least <= value <= analog.most:
        quality = _BAD
    return Reading(_place(device, row) + analog.sensor, at, value, quality, NEVER)
