"""The data unit of a frame: its type, and objects of one form.

A form is a line of names; what a name takes in bytes is said once. Types without a form, reserved
and the vendor's own, are kept raw.
"""

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any, NamedTuple

from anlan.connectors.gb26875.heads import clock_text
from anlan.connectors.gb26875.words import (
    ANALOGS,
    COMPONENT_BITS,
    COMPONENTS,
    DEVICE_BITS,
    DEVICE_OPERATION_BITS,
    OPERATION_BITS,
    SYSTEM_BITS,
    SYSTEMS,
    TYPES,
    Bit,
    called,
    spoken,
)
from anlan.terms.errors import Malformed

TEXT_BYTES = 31
_CODES = {"point": "4s", "text": f"{TEXT_BYTES}s", "time": "6s", "since": "6s", "value": "h"} | {
    "system_state": "H",
    "component_state": "H",
}
"""What a name takes; every other is one byte."""

_PLAIN = "system address"
_POINT = f"{_PLAIN} component point"
FORMS: dict[int, tuple[str, ...]] = {
    kind: tuple(names.split())
    for kind, names in {
        1: f"{_PLAIN} system_state time",
        2: f"{_POINT} component_state text time",
        3: f"{_POINT} analog value time",
        4: f"{_PLAIN} operation operator time",
        5: f"{_PLAIN} major minor",
        6: f"{_PLAIN} long_text",
        7: f"{_POINT} text",
        8: f"{_PLAIN} time",
        21: "device_state time",
        24: "device_operation operator time",
        25: "major minor",
        26: "long_text",
        28: "time",
        61: _PLAIN,
        62: f"{_PLAIN} point",
        63: f"{_PLAIN} point",
        64: f"{_PLAIN} records since",
        65: _PLAIN,
        66: _PLAIN,
        67: f"{_PLAIN} point",
        68: _PLAIN,
        81: "reserved",
        84: "records since",
        85: "reserved",
        86: "reserved",
        88: "reserved",
        89: "reserved",
        90: "time",
        91: "minutes",
    }.items()
}
_DATED = (1, 2, 3, 4, 21, 24)
"""Whose time says when it happened; devices leave it out at times."""

Cells = tuple[Any, ...]


class Unit(NamedTuple):
    """A data unit. announced: objects · names: of a row's cells · rest: what is not read, raw."""

    type: int
    announced: int
    names: tuple[str, ...] = ()
    rows: Sequence[Cells] = ()
    rest: bytes = b""

    def told(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "type": self.type,
            "type_word": called(TYPES, self.type),
            "count": self.announced,
        }
        if self.names:
            fields["objects"] = [_told(self.names, row) for row in self.rows]
        if self.rest:
            fields["raw"] = self.rest.hex()
        return fields


def _form(names: tuple[str, ...]) -> Struct:
    return Struct("<" + "".join(_CODES.get(name, "B") for name in names if name != "long_text"))


_FORMS = {kind: _form(names) for kind, names in FORMS.items()}
_UNDATED = {kind: _form(FORMS[kind][:-1]) for kind in _DATED}


def read_unit(raw: bytes) -> Unit:
    """The unit of its bytes; what stands behind the last object and is none is kept as rest.

    Raises Malformed where it ends before the last of its objects does.
    """
    if len(raw) < 2:
        raise Malformed(f"wrong length: a data unit of {len(raw)} byte has no type and count")
    kind, count, inside = raw[0], raw[1], raw[2:]
    names = FORMS.get(kind)
    if names is None:
        return Unit(kind, count, rest=inside)
    if names[-1] == "long_text":
        return _read_long(Unit(kind, count, names), inside)
    form = _FORMS[kind]
    if kind in _UNDATED and len(inside) == count * _UNDATED[kind].size:
        form, names = _UNDATED[kind], names[:-1]
    end = count * form.size
    if kind in _UNDATED and len(inside) > end and len(inside) % form.size == 0:
        end = len(inside)  # more objects came than the count says: a fire may be among them
    if len(inside) < end:
        raise Malformed(
            f"wrong length: {count} objects of type {kind} are {end} bytes, {len(inside)} came"
        )
    return Unit(kind, count, names, list(form.iter_unpack(inside[:end])), inside[end:])


def _read_long(unit: Unit, inside: bytes) -> Unit:
    """Objects that end in a text with its length before it."""
    form, rows, at = _FORMS[unit.type], [], 0
    for number in range(unit.announced):
        start = at + form.size
        end = start + 1 + (inside[start] if start < len(inside) else 0)
        if end > len(inside):
            raise Malformed(
                f"wrong length: object {number + 1} of type {unit.type} ends at byte {end}, "
                f"{len(inside)} came"
            )
        rows.append((*form.unpack_from(inside, at), inside[start + 1 : end]))
        at = end
    return unit._replace(rows=rows, rest=inside[at:])


def write_unit(unit: Unit) -> bytes:
    """The bytes of a unit: the inverse of read_unit."""
    head = bytes([unit.type, unit.announced])
    if unit.type not in FORMS:
        return head + unit.rest
    if unit.names[-1] == "long_text":
        form = _FORMS[unit.type]
        parts = [form.pack(*row[:-1]) + bytes([len(row[-1])]) + row[-1] for row in unit.rows]
        return head + b"".join(parts) + unit.rest
    form = _form(unit.names)
    return head + b"".join(form.pack(*row) for row in unit.rows) + unit.rest


def unit_of(kind: int, *rows: Cells) -> Unit:
    """A unit of a type with a form, and its objects as cells in the order of its names."""
    return Unit(kind, len(rows), FORMS[kind], rows)


def text_cell(text: str) -> bytes:
    """The 31 bytes of a text; what is longer is cut between two of its signs."""
    raw = text.encode("gb18030", "replace")
    while len(raw) > TEXT_BYTES:
        text = text[:-1]
        raw = text.encode("gb18030", "replace")
    return raw.ljust(TEXT_BYTES, b"\0")


def text_in(raw: bytes) -> str:
    """The text of a cell up to its filling; half a sign at the end is left out."""
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("gb18030").rstrip()
    except UnicodeDecodeError as error:
        if error.reason.startswith("incomplete"):
            raw = raw[: error.start]
        return raw.decode("gb18030", "replace").rstrip()


def _told(names: tuple[str, ...], row: Cells) -> dict[str, Any]:
    """An object with the words of its numbers."""
    told: dict[str, Any] = {}
    for name, cell in zip(names, row, strict=True):
        tell = _TELL.get(name)
        if tell is None:
            told[name] = cell
        else:
            tell(told, cell)
    if "value" in told:
        _tell_value(told)
    return told


def _tell_point(told: dict[str, Any], cell: bytes) -> None:
    told["point"] = cell.hex()
    told["zone"], told["position"] = zone_and_position(cell)


def zone_and_position(point: bytes) -> tuple[int, int]:
    """The two numbers of a component's address; vendors read loop and point in them."""
    return point[0] | point[1] << 8, point[2] | point[3] << 8


def _tell_value(told: dict[str, Any]) -> None:
    """The value in its unit; of an analog type that the standard does not know, as it came."""
    analog = ANALOGS.get(told["analog"])
    told["analog_word"] = analog.word if analog else called({}, told["analog"])
    if analog:
        told["raw_value"] = told["value"]
        told["value"], told["unit"] = told["value"] / analog.steps, analog.unit


Tell = Callable[[dict[str, Any], Any], None]


def _bits(name: str, bits: list[Bit]) -> Tell:
    def tell(told: dict[str, Any], cell: int) -> None:
        told[name], told[f"{name}_words"] = cell, spoken(bits, cell)

    return tell


def _word(name: str, table: dict[int, str]) -> Tell:
    def tell(told: dict[str, Any], cell: int) -> None:
        told[name], told[f"{name}_word"] = cell, called(table, cell)

    return tell


def _as(name: str, read: Callable[[bytes], str]) -> Tell:
    def tell(told: dict[str, Any], cell: bytes) -> None:
        told[name] = read(cell)

    return tell


_TELL: dict[str, Tell] = {
    "system": _word("system", SYSTEMS),
    "component": _word("component", COMPONENTS),
    "point": _tell_point,
    "system_state": _bits("state", SYSTEM_BITS),
    "component_state": _bits("state", COMPONENT_BITS),
    "device_state": _bits("state", DEVICE_BITS),
    "operation": _bits("operation", OPERATION_BITS),
    "device_operation": _bits("operation", DEVICE_OPERATION_BITS),
    "text": _as("text", text_in),
    "long_text": _as("text", text_in),
    "time": _as("time", clock_text),
    "since": _as("since", clock_text),
}
