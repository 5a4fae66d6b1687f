"""What a report measured: sensors `VIN.NAME`, of one of several motors `VIN.motor-1.NAME`.

Values in km/h, km, V, A, %, kΩ, ℃, r/min, N·m, MPa and degrees; alarms are 1 or 0. Single cells
and probes stay in the fields: their extremes are sensors. A position that is not valid, or a value
that the vehicle calls abnormal or invalid, is none.
"""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from anlan.connectors.gb32960.heads import PLAIN, TIME_BYTES, Head, clock_text, moment
from anlan.connectors.gb32960.tables import (
    AGAIN,
    ALARMS,
    ENGINE,
    EXTREMES,
    FUEL_CELL_HEAD,
    FUEL_CELL_TAIL,
    LIVE,
    MOTOR,
    VEHICLE,
    Cell,
)
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

UNSET_MS = 0
"""1970: the time of a clock that was never set."""
_GOOD, _UNCERTAIN = int(Quality.GOOD), int(Quality.UNCERTAIN)
_MOST_LEVEL = 3


class Taken(NamedTuple):
    """The readings of a frame, and what in it could be none."""

    readings: tuple[Reading, ...] = ()
    fault: str = ""


def _measured(cells: list[Cell]) -> list[str]:
    return [cell.name for cell in cells if cell.is_measured]


_NAMES = {
    "vehicle": ("", [*_measured(VEHICLE), "state", "charge"]),
    "engine": ("engine.", _measured(ENGINE)),
    "fuel_cell": ("fuel_cell.", _measured([*FUEL_CELL_HEAD, *FUEL_CELL_TAIL])),
    "extremes": ("", _measured(EXTREMES)),
}
_MOTOR = _measured(MOTOR)


def readings_of(head: Head, data: bytes, fields: Mapping[str, Any], zone: tzinfo) -> Taken:
    """The readings of a report; where its time is none, they are uncertain and of UNSET_MS."""
    if head.command not in (LIVE, AGAIN) or head.encryption != PLAIN or not head.device:
        return Taken()
    raw = data[:TIME_BYTES]
    if len(raw) < TIME_BYTES:
        return Taken()
    at, quality, fault, before = moment(raw, zone), _GOOD, "", head.device + "."
    if at is None:
        fault = f"the report has a time that is none ({clock_text(raw)})"
        at, quality = UNSET_MS, _UNCERTAIN
    readings = (
        Reading(before + name, at, float(value), quality, NEVER)
        for name, value in _values(fields)
        if value is not None
    )
    return Taken(tuple(readings), fault)


def _values(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for part, (before, names) in _NAMES.items():
        if part in fields:
            yield from ((before + name, fields[part][name]) for name in names)
    for motor in fields.get("motors", ()):
        yield from ((f"motor-{motor['number']}.{name}", motor[name]) for name in _MOTOR)
    position = fields.get("position")
    if position and position["valid"]:
        yield from (("lon", position["lon"]), ("lat", position["lat"]))
    if "alarm" in fields:
        yield from _alarms(fields["alarm"])


def _alarms(alarm: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if alarm["level"] <= _MOST_LEVEL:
        yield "alarm_level", alarm["level"]
    flags = int(alarm["flags"], 16)
    yield from ((name, flags >> n & 1) for n, (name, _) in enumerate(ALARMS))
