"""Levels and times as the hints write them: Beijing time, 24 hours."""

from datetime import UTC, datetime, timedelta, timezone

from anlan.live.hints.words import Words
from anlan.terms.levels import Level

_BEIJING = timezone(timedelta(hours=8))
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


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
