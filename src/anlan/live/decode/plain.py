"""One row by itself, in plain Python: what counts as a reading, and the reason where it is none.

The compiled paths are short cuts to this; they hand over whatever they are not sure of.
"""

import math
import re
from typing import Any, NamedTuple

import msgspec

from anlan.terms.errors import Malformed
from anlan.terms.quality import quality_named
from anlan.terms.sensors import is_key
from anlan.terms.times import NEVER, parse_time

FIELDS = ("sensor", "time", "value", "quality", "received")
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # years 1 to 9999
_INTEGER = re.compile(r"[+-]?[0-9]{1,16}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SEPARATED = re.compile(r"\d{4}-?(\d{2}-?\d{2}|W\d{2}-?\d|\d{3})[T ]")
_INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}


class Reading(NamedTuple):
    """One readable row; the sensor may be unknown."""

    sensor: str
    time: int
    value: float
    quality: int
    received: int


def read_line(line: bytes) -> Reading:
    """The reading of one JSON object; Malformed says why it is none."""
    try:
        cells = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"not JSON ({error})") from error
    return read_cells(cells)


def read_cells(cells: Any) -> Reading:
    """The reading of a decoded object; Malformed says why it is none."""
    if not isinstance(cells, dict):
        raise Malformed("not an object with sensor, time and value")
    for name in FIELDS[:3]:
        if name not in cells:
            raise Malformed(f"has no {name}")
    return Reading(
        _key(cells["sensor"]),
        _time(cells["time"], "time"),
        _value(cells["value"]),
        _quality(cells.get("quality")),
        NEVER if _is_empty(cells.get("received")) else _time(cells["received"], "received"),
    )


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _key(cell: Any) -> str:
    key = cell.strip() if isinstance(cell, str) else ""
    if not is_key(key):
        raise Malformed(f"sensor is no key of 1 to 128 printable characters: {_shown(cell)}")
    return key


def _time(cell: Any, name: str) -> int:
    ms = _milliseconds(cell)
    if ms is None or not _FIRST_MS <= ms <= _LAST_MS:
        raise Malformed(f"{name} is no ISO 8601 time with a zone, nor ms UTC: {_shown(cell)}")
    return ms


def _milliseconds(cell: Any) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if math.isfinite(cell) and cell == math.floor(cell) else None
    text = cell.strip() if isinstance(cell, str) else ""
    if not (_INTEGER.fullmatch(text) or _SEPARATED.match(text)):
        return None
    try:
        return parse_time(text)
    except (Malformed, OverflowError):
        return None


def _value(cell: Any) -> float:
    if _is_empty(cell):
        return math.nan
    try:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return float(cell)
        text = cell.strip().lower() if isinstance(cell, str) else ""
        if text == "nan":
            return math.nan
        if text in _INFINITE or _NUMBER.fullmatch(text):
            return float(text)
    except OverflowError:
        pass
    raise Malformed(f"value is no number: {_shown(cell)}")


def _quality(cell: Any) -> int:
    if _is_empty(cell):
        return 0
    try:
        return int(quality_named(cell if isinstance(cell, str) else "?"))
    except ValueError:
        raise Malformed(f"quality is not good, uncertain or bad: {_shown(cell)}") from None


def _shown(cell: Any) -> str:
    text = repr(cell)
    return text if len(text) <= 80 else text[:77] + "..."
