"""How long what may take: the times of the handling, as data.

The figures are ours, after the practice of duty rooms; they are no standard. A site puts its own
plan's in their place.
"""

from dataclasses import dataclass
from datetime import timedelta

from anlan.terms.levels import Level

SOURCE = "unverified"

GROUPING = timedelta(minutes=30)
"""What is raised again within this after its recovery belongs to the same alarm."""

UNDO = timedelta(seconds=30)
"""How long an acknowledgement or an assignment can be taken back."""

LONGEST_SHELF = timedelta(hours=72)
"""A sensor is shelved for so long at most at once."""

LONGEST_WINDOW = timedelta(days=30)
"""A maintenance window lasts so long at most."""

CALLS_FROM = Level.ORANGE
"""From this level on the responsible are told at once."""


@dataclass(frozen=True, slots=True)
class Times:
    """Within what an alarm is to be acknowledged, answered and closed."""

    acknowledge: timedelta
    answer: timedelta
    close: timedelta


DEADLINES: dict[int, Times] = {
    Level.RED: Times(timedelta(minutes=3), timedelta(minutes=30), timedelta(hours=24)),
    Level.ORANGE: Times(timedelta(minutes=5), timedelta(hours=1), timedelta(hours=48)),
    Level.YELLOW: Times(timedelta(minutes=15), timedelta(hours=4), timedelta(hours=72)),
    Level.BLUE: Times(timedelta(minutes=60), timedelta(hours=24), timedelta(days=7)),
}
WHATS = ("acknowledge", "answer", "close")


def time_for(what: str, level: int) -> timedelta:
    """Within what something is due at a level, blue to red."""
    times: timedelta = getattr(DEADLINES[level], what)
    return times
