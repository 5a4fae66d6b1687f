"""Moments and stretches of time, as expressions compare them."""

from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from anlan.terms.errors import Malformed


class Interval(NamedTuple):
    """From one moment to another."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, start: Any, end: Any) -> "Interval":
        """Raises Malformed where it is turned, or an end is no moment."""
        low, high = as_moment(start), as_moment(end)
        if not (isinstance(low, datetime) and isinstance(high, datetime) and low <= high):
            raise Malformed("An interval has two moments, the earlier first.")
        return cls(low, high)


def as_moment(value: Any) -> Any:
    """A day as its first moment in UTC; anything else as it is."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value


def ends(value: Any) -> tuple[Any, Any]:
    """First and last moment of a value of time."""
    return (value.start, value.end) if isinstance(value, Interval) else (value, value)


def is_temporal(value: Any) -> bool:
    """Whether it is a moment, a day or a stretch."""
    return isinstance(value, Interval | date)
