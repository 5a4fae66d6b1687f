"""A value in a document: where it stands and what makes it a number."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.connectors.mapping.layout import ORDERS, TYPES, Layout
from anlan.connectors.mapping.section import Section, is_number, only
from anlan.connectors.mapping.trails import MISSING, Spot, Trail, trail
from anlan.terms.errors import Malformed
from anlan.terms.rows import LONGEST, shown, value_in

_KEYS = ("at", "scale", "offset", "unit", "states", "missing", "unit_at", "units")
_MOST_WHOLE = 1 << 64
_BYTES = ("type", "order", "bit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """at: where it stands, a byte where it has a layout · scale, offset: number × scale + offset ·
    unit: of the result, for people · states: words that are numbers · missing: numbers that mean
    there is no value · unit_at, units: where the message names its unit, and what each is worth.
    """

    at: Trail | int
    layout: Layout | None = None
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""
    states: Mapping[str, float] = field(default_factory=dict)
    missing: frozenset[float] = frozenset()
    unit_at: Trail | None = None
    units: Mapping[str, float] = field(default_factory=dict)

    def found(self, spot: Spot) -> Any:
        """What stands there: MISSING for nothing; Malformed where bytes are too few."""
        if isinstance(self.at, Trail):
            return self.at.find(spot)
        if self.layout is None or not isinstance(spot.node, bytes):
            return MISSING
        return self.layout.number(spot.node, self.at)

    def number(self, cell: Any, spot: Spot) -> float:
        """The number that a cell is, NaN where it says that there is none."""
        if self.states:
            word = str(cell).lower() if isinstance(cell, bool) else plain_text(cell)
            if word in self.states:
                return self.states[word]
        value = float(cell) if isinstance(cell, bool) else value_in(cell)
        if value in self.missing:
            return math.nan
        return value * self.scale * self._worth(spot) + self.offset

    def _worth(self, spot: Spot) -> float:
        if self.unit_at is None:
            return 1.0
        unit = self.unit_at.find(spot)
        if not isinstance(unit, str) or unit not in self.units:
            told = "none" if unit is MISSING else shown(unit)
            raise Malformed(f"unit is {told}, the mapping has {', '.join(self.units)}")
        return self.units[unit]


def plain_text(cell: Any) -> str:
    """A short text, or a whole number as one; empty for anything else."""
    if isinstance(cell, str):
        return cell.strip() if len(cell) <= LONGEST else ""
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < _MOST_WHOLE:
        return str(cell)
    return ""


def cell_of(spec: Any, where: str) -> Cell:
    """The cell that a mapping describes: a place alone, or a table of what is known of it."""
    section = Section({"at": spec} if isinstance(spec, str | int) else spec, where)
    only(section.table, _KEYS + _BYTES, where)
    layout = _layout(section)
    if layout is None:
        at: Trail | int = trail_in(section, "at")
    else:
        at = section.whole("at", None, most=1 << 20)
    missing = section.table.get("missing", [])
    if not isinstance(missing, list) or not all(is_number(one) for one in missing):
        section.fail("missing must be a list of numbers")
    if ("unit_at" in section) != ("units" in section):
        section.fail("unit_at and units belong together")
    return Cell(
        at=at, layout=layout, scale=section.number("scale", 1.0),
        offset=section.number("offset", 0.0), unit=section.text("unit", ""),
        states=section.numbers("states"), missing=frozenset(float(one) for one in missing),
        unit_at=trail_in(section, "unit_at") if "unit_at" in section else None,
        units=section.numbers("units"),
    )  # fmt: skip


def _layout(section: Section) -> Layout | None:
    """How bytes are to be read; a place that is a number is one of bytes."""
    if not isinstance(section.table.get("at"), int):
        for name in _BYTES:
            if name in section:
                section.fail(f"{name} belongs to a place in bytes, whose at is a number")
        return None
    layout = Layout(
        section.choice("type", TYPES, "uint16"), section.choice("order", ORDERS, "ABCD"),
        section.whole("bit", 0, most=63) if "bit" in section else None,
    )  # fmt: skip
    is_whole = layout.type.startswith(("int", "uint"))
    if layout.bit is not None and not (is_whole and layout.bit < 8 * layout.size):
        section.fail(f"bit: {layout.type} has no bit {layout.bit}")
    return layout


def trail_in(section: Section, name: str, default: str | None = None) -> Trail:
    """A trail to one place."""
    try:
        found = trail(section.text(name, default))
    except Malformed as error:
        raise Malformed(f"{name}: {error}", where=section.where) from error
    if not found.is_single:
        section.fail(f"{name}: only rows leads to many places")
    return found
