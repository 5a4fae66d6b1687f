"""Numbers, units, levels and times as the hints write them: Beijing time, 24 hours."""

import math
from datetime import UTC, datetime, timedelta, timezone

from anlan.live.hints.words import Words
from anlan.packs.units import unit_of
from anlan.terms.levels import Level

_DECIMALS = {"m": 2, "MPa": 3, "deg": 2, "[ppm]": 0, "mm/d": 0}
"""Decimal places by UCUM unit; one where it is not named."""
_BEIJING = timezone(timedelta(hours=8))
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def sign_of(unit: str) -> str:
    """A unit the way a person writes it."""
    known = unit_of(unit)
    return known.en if known else unit


def shown(value: float | None, unit: str) -> str:
    """A number with its unit, the way a person writes it; a dash for none."""
    if value is None or math.isnan(value):
        return "—"
    sign = sign_of(unit)
    number = f"{value:,.{_DECIMALS.get(unit, 1)}f}".replace(",", "\u2009").replace("-", "−")
    return f"{number}\u00a0{sign}" if sign else number


def level_word(level: Level, words: Words) -> str:
    """The word of a level."""
    return words(("normal", "blue", "yellow", "orange", "red")[level])


def beijing(ms: int) -> datetime:
    """A moment on the clocks of Beijing."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(_BEIJING)


def clock_time(ms: int) -> str:
    """02:14:37."""
    return f"{beijing(ms):%H:%M:%S}"


def full_time(ms: int, words: Words) -> str:
    """2026年7月21日 02:14:37, or 21 Jul 2026 02:14:37."""
    at = beijing(ms)
    if words.is_chinese:
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S}"
