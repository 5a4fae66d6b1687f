"""One row as it came, cell by cell: the reading that it is, or the reason why it is none.

The one home of what a cell may look like. Readers of whole columns and compiled readers are
short cuts to this: they hand over whatever they are not sure of.
"""

import math
import re
from typing import Any

from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality, quality_named
from anlan.terms.readings import Reading
from anlan.terms.sensors import is_key
from anlan.terms.times import FIRST_MS, LAST_MS, NEVER, parse_time

FIELDS = ("sensor", "time", "value", "quality", "received")
NEEDED = FIELDS[:3]
INTEGER = r"[+-]?[0-9]{1,16}"
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
"""Texts that are numbers, as patterns that re and RE2 read alike."""

_SEPARATED = re.compile(r"[0-9]{4}-?([0-9]{2}-?[0-9]{2}|W[0-9]{2}-?[0-9]|[0-9]{3})[T ]")
_INFINITE = {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
LONGEST = 1_000
"""Characters; a longer text is no cell, and is not looked through."""

_SHOWN = 80


def read_row(cells: Any) -> Reading:
    """The reading of an object's cells; Malformed says why it is none."""
    if not isinstance(cells, dict):
        raise Malformed("not an object with sensor, time and value")
    for name in NEEDED:
        if name not in cells:
            raise Malformed(f"has no {name}")
    return Reading(
        key_in(cells["sensor"]),
        time_in(cells["time"], "time"),
        value_in(cells["value"]),
        quality_in(cells.get("quality")),
        received_in(cells.get("received")),
    )


def key_in(cell: Any) -> str:
    """The key of a sensor, trimmed."""
    key = _text(cell)
    if not is_key(key):
        raise Malformed(f"sensor is no key of 1 to 128 printable characters: {shown(cell)}")
    return key


def time_in(cell: Any, name: str) -> int:
    """Milliseconds UTC of a whole number of them or of ISO 8601 with a zone."""
    ms = _milliseconds(cell)
    if ms is None:
        raise Malformed(f"{name} is no ISO 8601 time with a zone, nor ms UTC: {shown(cell)}")
    if not FIRST_MS <= ms <= LAST_MS:
        raise Malformed(f"{name} lies outside the years 1 to 9999: {shown(cell)}")
    return ms


def _milliseconds(cell: Any) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if math.isfinite(cell) and cell == math.floor(cell) else None
    text = _text(cell)
    if re.fullmatch(INTEGER, text):
        return int(text)
    if not _SEPARATED.match(text):
        return None
    try:
        return parse_time(text)
    except (Malformed, OverflowError):
        return None


def value_in(cell: Any) -> float:
    """A number, or a text that is one; NaN for nothing, infinite beyond every double."""
    if is_empty(cell):
        return math.nan
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _double(cell)
    text = _text(cell).lower()
    if text == "nan":
        return math.nan
    if text in _INFINITE or re.fullmatch(NUMBER, text):
        return float(text)
    raise Malformed(f"value is no number: {shown(cell)}")


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # of a whole number only
        return math.inf if number > 0 else -math.inf


def quality_in(cell: Any) -> Quality:
    """The quality of a word; good for nothing."""
    if is_empty(cell):
        return Quality.GOOD
    try:
        return quality_named(_text(cell) or "?")
    except ValueError:
        raise Malformed(f"quality is not good, uncertain or bad: {shown(cell)}") from None


def received_in(cell: Any) -> int:
    """Milliseconds UTC of reception; NEVER for nothing."""
    return NEVER if is_empty(cell) else time_in(cell, "received")


def is_empty(cell: Any) -> bool:
    """Whether the cell says nothing: null, or blanks only."""
    return cell is None or (isinstance(cell, str) and len(cell) <= LONGEST and not cell.strip())


def _text(cell: Any) -> str:
    """The trimmed text; empty where the cell is none, or is far too long for any."""
    return cell.strip() if isinstance(cell, str) and len(cell) <= LONGEST else ""


def shown(cell: Any) -> str:
    """The cell as a person reads it in a message: at most 80 characters, whatever came."""
    if isinstance(cell, list | tuple):
        return f"a list of {len(cell)}"
    if isinstance(cell, dict):
        return f"an object of {len(cell)}"
    try:
        text = repr(cell[:_SHOWN] if isinstance(cell, str | bytes) else cell)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
