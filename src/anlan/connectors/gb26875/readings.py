"""What a data unit measured.

A sensor is named `DEVICE.SYSTEM-ADDRESS.ZONE-POSITION.NAME`; of a system without zone and
position, of the transmission device without system too. States and operations are 1 or 0, each bit
a sensor of its own; analog values stand in their unit.
"""

from typing import NamedTuple

from anlan.connectors.frames import Way
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
_COMPONENT, _ANALOG = 2, 3
UNSET_MS = 0
"""1970: the time of a clock that was never set."""
_GOOD, _UNCERTAIN, _BAD = int(Quality.GOOD), int(Quality.UNCERTAIN), int(Quality.BAD)


class Taken(NamedTuple):
    """The readings of a unit, and what in it could be none."""

    readings: tuple[Reading, ...] = ()
    fault: str = ""


class Sense:
    """What of units becomes readings. way.words: `states`, the only bits that do; all where empty.

    Raises ValueError where there is no such bit.
    """

    def __init__(self, way: Way) -> None:
        self.zone = way.zone
        only = way.words.get("states", [])
        there = {bit[0] for _, bits in _BITS.values() for bit in bits}
        if not isinstance(only, list) or not there.issuperset(only):
            raise ValueError(f"states must be a list of some of {', '.join(sorted(there))}")
        self._bits = {
            kind: (cell, [(n, bit[0]) for n, bit in enumerate(bits) if not only or bit[0] in only])
            for kind, (cell, bits) in _BITS.items()
        }

    def states(self, device: str, kind: int, row: Cells, at: int, quality: int) -> list[Reading]:
        cell, bits = self._bits[kind]
        state, before = row[cell], device + "."
        if kind == _COMPONENT:
            before = _place(device, row)
        elif cell:
            before = f"{device}.{row[0]}-{row[1]}."
        return [
            Reading(before + name, at, float(state >> n & 1), quality, NEVER) for n, name in bits
        ]


def readings_of(head: Head, unit: Unit, sense: Sense) -> Taken:
    """The readings of a unit.

    An object without a time has that of the frame, or the newest of the others, and is uncertain:
    a fire is not lost for a clock. Where nothing has a time it is UNSET_MS.
    """
    if unit.type not in _BITS and unit.type != _ANALOG:
        return Taken()
    device, readings, fault = head.device, [], ""
    is_dated = unit.names[-1] == "time"
    times = [moment(row[-1], sense.zone) if is_dated else None for row in unit.rows]
    instead = UNSET_MS
    if None in times:
        sent = moment(head.sent, sense.zone)
        there = [at for at in (times if sent is None else [sent]) if at is not None]
        instead = max(there, default=UNSET_MS)
        fault = _timeless(times, unit, is_sent=sent is not None)
    fault = fault or _uncounted(unit)
    for at, row in zip(times, unit.rows, strict=True):
        when, quality = (instead, _UNCERTAIN) if at is None else (at, _GOOD)
        if unit.type == _ANALOG:
            readings.append(_value(device, row, when, quality))
        else:
            readings += sense.states(device, unit.type, row, when, quality)
    return Taken(tuple(readings), fault)


def _uncounted(unit: Unit) -> str:
    """What is wrong where a unit holds more than it says."""
    if len(unit.rows) != unit.announced:
        return f"{unit.announced} objects are announced, {len(unit.rows)} came"
    return f"{len(unit.rest)} bytes behind the last object are none" if unit.rest else ""


def _timeless(times: list[int | None], unit: Unit, *, is_sent: bool) -> str:
    """What is wrong with the first object that has no time; nothing where it tells none."""
    if unit.names[-1] != "time":
        return "" if is_sent else "neither the objects nor the frame have a time"
    at = times.index(None)
    told = f"object {at + 1} has a time that is none ({clock_text(unit.rows[at][-1])})"
    return told if is_sent else f"{told}, as has the frame"


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
