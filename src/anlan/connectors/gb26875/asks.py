"""What can be asked of a transmission device: names, their words, and the unit that says it.

Words: system, address (0–255 each) · zone, position (0–65535 each) or point (the four bytes in
hexadecimal) · records (1–102), since (ISO 8601 with a zone, or ms UTC) · minutes (0–255) ·
device, where several share a line.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from anlan.connectors.gb26875.heads import CONTROL, REQUEST, stamp
from anlan.connectors.gb26875.units import FORMS, Cells, Unit, unit_of
from anlan.terms.errors import Malformed
from anlan.terms.rows import shown, time_in

DUTY_CHECK = "duty_check"

_TYPES = {
    "system_state": 61,
    "component_state": 62,
    "analog": 63,
    "operations": 64,
    "software": 65,
    "system_config": 66,
    "component_config": 67,
    "system_time": 68,
    "device_state": 81,
    "device_operations": 84,
    "device_software": 85,
    "device_config": 86,
    "device_time": 88,
    "init": 89,
    "set_clock": 90,
    DUTY_CHECK: 91,
}
NAMES = tuple(_TYPES)
_CONTROLS = (89, 90, 91)
_NEEDED = ("system", "zone", "position")


class When(NamedTuple):
    """now_ms: milliseconds UTC · zone: of the device's clock."""

    now_ms: int
    zone: tzinfo


def unit_for(name: str, words: Mapping[str, Any], when: When) -> tuple[int, Unit]:
    """The command byte and the unit of a question.

    Raises Malformed for a name that there is not, or a word that is missing or no such number.
    """
    kind = _TYPES.get(name)
    if kind is None:
        raise Malformed(f"there is no question {name!r} (there are {', '.join(NAMES)})")
    cells: Cells = tuple(_CELLS[part](words, when) for part in FORMS[kind])
    return CONTROL if kind in _CONTROLS else REQUEST, unit_of(kind, cells)


def _number(words: Mapping[str, Any], name: str, most: int, least: int = 0) -> int:
    cell = words.get(name, None if name in _NEEDED else max(least, _USUAL.get(name, 0)))
    if isinstance(cell, bool) or not isinstance(cell, int) or not least <= cell <= most:
        raise Malformed(f"{name} must be a whole number from {least} to {most}: {shown(cell)}")
    return cell


_USUAL = {"minutes": 10, "records": 10}


def _point(words: Mapping[str, Any], _: When) -> bytes:
    if "point" not in words:
        parts = (_number(words, name, 0xFFFF) for name in ("zone", "position"))
        return b"".join(part.to_bytes(2, "little") for part in parts)
    try:
        point = bytes.fromhex(str(words["point"]))  # digits alone come as a number
    except ValueError:
        point = b""
    if len(point) != 4:
        raise Malformed(f"point must be four bytes in hexadecimal: {shown(words['point'])}")
    return point


def _since(words: Mapping[str, Any], when: When) -> bytes:
    at = time_in(words.get("since", when.now_ms - 86_400_000), "since")
    try:
        return stamp(at, when.zone)
    except (ValueError, OverflowError, OSError):
        raise Malformed(f"since lies outside the calendar: {at}") from None


_CELLS: dict[str, Callable[[Mapping[str, Any], When], Any]] = {
    "system": lambda words, _: _number(words, "system", 0xFF),
    "address": lambda words, _: _number(words, "address", 0xFF),
    "point": _point,
    "records": lambda words, _: _number(words, "records", 102, least=1),
    "since": _since,
    "reserved": lambda *_: 0,
    "time": lambda _, when: stamp(when.now_ms, when.zone),
    "minutes": lambda words, _: _number(words, "minutes", 0xFF),
}
