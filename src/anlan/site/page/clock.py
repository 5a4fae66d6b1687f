"""Times as the page shows them: Beijing time, 24 hours."""

from datetime import UTC, datetime, timedelta, timezone

from anlan.site.page.markup import Markup, el
from anlan.site.page.words import Words

BEIJING = timezone(timedelta(hours=8))
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def beijing(ms: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(BEIJING)


def clock_time(ms: int) -> str:
    """02:14:37."""
    return f"{beijing(ms):%H:%M:%S}"


def full_time(ms: int, words: Words) -> str:
    """2026年7月21日 02:14:37, or 21 Jul 2026 02:14:37."""
    at = beijing(ms)
    if words.is_chinese:
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S}"


def age(ms: int, now: int, words: Words) -> str:
    """How long ago, in the largest unit that fits; the script counts on in the same words."""
    seconds = max(0, (now - ms) // 1000)
    for size, word in ((86_400, "{n} d"), (3600, "{n} h"), (60, "{n} min")):
        if seconds >= size:
            return words(word, n=seconds // size)
    return words("{n} s", n=seconds)


def ago(ms: int, now: int, words: Words) -> Markup:
    """An age that the script keeps true; the exact time on hover."""
    return el("time", age(ms, now, words), data_age=ms, title=full_time(ms, words))
