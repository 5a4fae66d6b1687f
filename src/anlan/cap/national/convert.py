"""Values that the national message and CAP write differently: times, circles, lists, words."""

import re
from decimal import Decimal, InvalidOperation

from anlan.cap.message import moment_of
from anlan.cap.national.identifier import BEIJING
from anlan.terms.errors import Malformed

CERTAINTIES = {"VeryLikely": "Likely"}
"""What CAP 1.2 has no word for, as it says it."""

NO_CERTAINTY = {"Possible": "Unknown"}
"""What the national message has no word for, as it says it: its default."""


def cap_time(text: str) -> str:
    """2026-07-01 08:00:00+08:00 as 2026-07-01T08:00:00+08:00; Malformed for no such time."""
    moment = moment_of(text)
    if moment is None:
        raise Malformed(f"not a time with a zone: {text[:40]!r}")
    return moment.isoformat(timespec="seconds")


def national_time(text: str) -> str:
    """A CAP time as 2026-07-01 08:00:00+08:00, in Beijing time; Malformed for no such time."""
    moment = moment_of(text)
    if moment is None:
        raise Malformed(f"not a time with a zone: {text[:40]!r}")
    try:
        return moment.astimezone(BEIJING).isoformat(sep=" ", timespec="seconds")
    except OverflowError as error:
        raise Malformed(f"beyond the calendar: {text[:40]!r}") from error


def cap_circle(text: str) -> str:
    """`lat,lon radius` with the radius in metres as one in kilometres; Malformed for another."""
    return _with_radius(text, Decimal("0.001"))


def national_circle(text: str) -> str:
    """`lat,lon radius` with the radius in kilometres as one in metres; Malformed for another."""
    return _with_radius(text, Decimal(1000))


def parts_of(text: str | None) -> tuple[str, ...]:
    """The parts of a list that commas separate, western or Chinese."""
    return tuple(part.strip() for part in re.split(r"[,，]", text or "") if part.strip())


def _with_radius(text: str, factor: Decimal) -> str:
    centre, _, radius = text.strip().rpartition(" ")
    try:
        changed = Decimal(radius) * factor
    except InvalidOperation as error:
        raise Malformed(f"not a circle: {text[:60]!r}") from error
    if not centre or not changed.is_finite() or changed < 0 or changed.adjusted() > 9:
        raise Malformed(f"not a circle: {text[:60]!r}")
    plain = f"{changed:f}"
    return f"{centre} {plain.rstrip('0').rstrip('.') if '.' in plain else plain}"
