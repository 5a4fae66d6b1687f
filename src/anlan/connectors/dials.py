"""Times of which only a part is told: a second of the minute, a day of the month, or nothing."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
MONTH_MS = 31 * DAY_MS


class Dial(NamedTuple):
    """A hand on a dial. period_ms: how long it goes round, 0 where no time is told, MONTH_MS for
    the calendar's months · at_ms: how far it has gone, in UTC.
    """

    period_ms: int = 0
    at_ms: int = 0

    def near(self, received: int) -> int:
        """The moment nearest to the reception at which the hand stood there, in ms UTC."""
        if not self.period_ms:
            return received
        if self.period_ms == MONTH_MS:
            return _of_month(self.at_ms, received)
        half = self.period_ms // 2
        return received + (self.at_ms - received + half) % self.period_ms - half


NOT_TOLD = Dial()


def _of_month(at_ms: int, received: int) -> int:
    """Of the month before, this one and the next; one that has no such day is passed over."""
    now = datetime.fromtimestamp(received / 1000, UTC)
    this = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before, after = (this - timedelta(days=1)).replace(day=1), this + timedelta(days=32)
    best = received - MONTH_MS
    for begin in (before, this, after.replace(day=1)):
        moment = begin + timedelta(milliseconds=at_ms)
        ms = round(moment.timestamp() * 1000)
        if moment.month == begin.month and abs(ms - received) < abs(best - received):
            best = ms
    return best
