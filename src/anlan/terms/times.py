"""Times are integer milliseconds since 1970 in UTC; text is ISO 8601."""

import re
from datetime import UTC, datetime, timedelta

from anlan.terms.errors import Malformed

NEVER = -(2**62)
"""Earlier than any time; 'not yet' in arrays."""

FOREVER = 2**62
"""Later than any time; 'open' in arrays."""

FIRST_MS, LAST_MS = -62_135_596_800_000, 253_402_300_799_999
"""The first and the last moment of the calendar: years 1 to 9999."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)\s*$")
_UNIT_MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def parse_time(text: str) -> int:
    """Milliseconds UTC of an ISO 8601 time with a zone, or of an integer of milliseconds.

    Raises Malformed when the text is neither, has no zone, or lies outside the calendar.
    """
    trimmed = text.strip()
    if re.fullmatch(r"[+-]?\d{1,16}", trimmed) and abs(int(trimmed)) <= LAST_MS:
        return int(trimmed)
    try:
        moment = datetime.fromisoformat(trimmed)
    except ValueError as error:
        raise Malformed(f"not a time: {text!r} (ISO 8601 with a zone, or ms UTC)") from error
    if moment.tzinfo is None:
        raise Malformed(f"time without a zone: {text!r} (write +08:00 or Z)")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def format_time(ms: int) -> str:
    """ISO 8601 in UTC ending in Z; the fraction is written only where there is one."""
    moment = _EPOCH + timedelta(milliseconds=ms)
    spec = "milliseconds" if ms % 1000 else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def parse_duration(text: str) -> int:
    """Milliseconds of `10min`, `36h`, `30 s`, `15d`, `250ms`.

    Raises Malformed for another text, or for more than LAST_MS.
    """
    match = _DURATION.match(text)
    if match is None:
        raise Malformed(f"not a duration: {text!r} (for example 10min, 36h, 30s)")
    ms = float(match[1]) * _UNIT_MS[match[2]]
    if ms > LAST_MS:
        raise Malformed(f"a duration longer than the calendar: {text[:40]!r}")
    return round(ms)


def format_duration(ms: int) -> str:
    """The shortest of 15d, 36h, 10min, 30s, 250ms that says it exactly."""
    for unit in ("d", "h", "min", "s"):
        if ms and ms % _UNIT_MS[unit] == 0:
            return f"{ms // _UNIT_MS[unit]}{unit}"
    return f"{ms}ms"
