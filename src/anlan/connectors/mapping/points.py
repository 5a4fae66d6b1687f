"""Values that stand at an address of their own: a node, an object identifier, an object."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from anlan.connectors import Fault
from anlan.connectors.mapping import Taken
from anlan.connectors.mapping.cells import Cell, cell_of
from anlan.connectors.mapping.read import UNREADABLE
from anlan.connectors.mapping.section import Section
from anlan.connectors.mapping.templates import Template, template
from anlan.connectors.mapping.trails import Spot
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.rows import key_in, shown

STATUS = "status_bad"
"""The code of a value for which its source does not vouch."""
_NOWHERE = Spot(None)
_SELF = ("type", "order", "bit", "unit_at", "units")
Check = Callable[[str], object]
"""Looks at an address; Malformed or ValueError where it is none."""


class Point(NamedTuple):
    """A quantity and where it stands. at: as the protocol writes it · cell: what makes it a
    number."""

    name: str
    at: str
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is known of one device at one period."""

    device: str
    period_s: float
    sensor: Template
    points: tuple[Point, ...]


class Stamp(NamedTuple):
    """Of a value. time: its own, at: when it came in, ms UTC."""

    time: int
    at: int
    quality: Quality = Quality.GOOD


def groups_of(
    tables: Mapping[str, Any], where: str, make: Callable[[Section], Group]
) -> tuple[Group, ...]:
    """What each [[read]] of a file says; at least one."""
    groups = tuple(make(one) for one in rows_of(tables, "read", where))
    if not groups:
        raise Malformed("needs at least one [[read]]", where=where)
    told = [(one.device, one.sensor, [point.name for point in one.points]) for one in groups]
    apart(told, where)
    return groups


def apart(
    tables: Iterable[tuple[str, Template, Iterable[str]]], where: str, name: str = "read"
) -> None:
    """Malformed where two values would be one sensor: each would seem to be a change of the other.

    tables: device, sensor and quantities of each table of that name.
    """
    found: dict[str, int] = {}
    for n, (device, sensor, quantities) in enumerate(tables, 1):
        at = f"{where} [[{name}]] {n}"
        for quantity in quantities:
            try:
                key = key_of(sensor, device, quantity)
            except Malformed as error:
                raise Malformed(error.message, where=f"{at} {quantity}") from error
            if key in found:
                raise Malformed(f"{key} is of [[{name}]] {found[key]} too", where=at)
            found[key] = n


def key_of(sensor: Template, device: str, quantity: str) -> str:
    """The key of a value; Malformed where it is none."""
    return key_in(sensor.fill((), {"device": device, "quantity": quantity}, _NOWHERE))


def rows_of(tables: Mapping[str, Any], name: str, where: str) -> list[Section]:
    """The tables of one name, each by its number."""
    rows = tables.get(name, [])
    if not isinstance(rows, list):
        raise Malformed(f"{name} must be tables, [[{name}]]", where=where)
    return [Section(one, f"{where} [[{name}]] {n}") for n, one in enumerate(rows, 1)]


def values_of(section: Section) -> tuple[dict[str, Any], Template]:
    """The quantities of a table, and the template of the sensors that they become."""
    values = section.table.get("values")
    if not isinstance(values, dict) or not values:
        section.fail("values must be a table of quantities")
    try:
        sensor = template(section.text("sensor", "{device}.{quantity}"), ("device", "quantity"))
    except Malformed as error:
        raise Malformed(f"sensor: {error}", where=section.where) from error
    if sensor.levels or (len(values) > 1 and not sensor.has("quantity")):
        section.fail("sensor needs {quantity}, else all values were one sensor, and has no levels")
    return values, sensor


def group_of(section: Section, period_s: float, check: Check) -> Group:
    """What one table says: device, period_s, sensor and values."""
    values, sensor = values_of(section)
    return Group(
        device=section.text("device"), period_s=section.span("period_s", period_s), sensor=sensor,
        points=tuple(
            _point(name, one, check, f"{section.where} {name}") for name, one in values.items()
        ),
    )  # fmt: skip


def _point(name: str, spec: Any, check: Check, where: str) -> Point:
    section = Section({"at": spec} if isinstance(spec, str) else spec, where)
    at = section.text("at")
    for key in _SELF:
        if key in section:
            section.fail(f"{key}: an address holds a number by itself")
    try:
        check(at)
    except (Malformed, ValueError) as error:
        raise Malformed(f"at: {error}", where=where) from error
    return Point(name, at, cell_of(section.table | {"at": "."}, where))


def take(group: Group, point: Point, found: Any, stamp: Stamp, *, into: Taken) -> dict[str, str]:
    """Puts the reading of what was found, or a fault where it is none; the quantity and its key."""
    try:
        key = key_of(group.sensor, group.device, point.name)
        value = point.cell.number(found, Spot(found))
    except Malformed as error:
        reason = f"{group.device}: {point.name}: {error}"
        into.faults.append(Fault(UNREADABLE, reason, shown(found).encode(errors="replace")))
        return {}
    into.readings.append(Reading(key, stamp.time, value, stamp.quality, stamp.at))
    return {point.name: key}
