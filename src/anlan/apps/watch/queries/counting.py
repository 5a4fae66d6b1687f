"""The figures of the strip above the desk."""

from dataclasses import dataclass

from django.db.models import Count, Q

from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries.listing import overdue
from anlan.apps.watch.queries.reach import alarms, mine
from anlan.desk.asker import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many open alarms there are.

    red … blue: standing at that level and not quiet, no exercise and no test · unacknowledged: of
    those · urgent: unacknowledged at orange or red · trial: of exercises and tests · mine: to be
    dealt with by the asker · recovered: back to normal and not closed · quiet: shelved or in a
    window · stale: with a silent sensor · late: past a deadline · total: all open ones.
    """

    red: int
    orange: int
    yellow: int
    blue: int
    unacknowledged: int
    urgent: int
    mine: int
    recovered: int
    quiet: int
    stale: int
    late: int
    trial: int
    total: int


def counts(asker: Asker) -> Counts:
    """The figures of what the asker sees; one query."""
    called = Q(suppressed_by="", shelved_until=None)
    calm = called & Q(status="Actual")
    waits = Q(state=Alarm.State.RAISED) & calm
    parts = {
        "red": calm & Q(level=4),
        "orange": calm & Q(level=3),
        "yellow": calm & Q(level=2),
        "blue": calm & Q(level=1),
        "unacknowledged": waits,
        "urgent": waits & Q(level__gte=3),
        "mine": mine(asker),
        "recovered": Q(level=0),
        "quiet": ~called,
        "trial": ~Q(status="Actual"),
        "stale": Q(is_stale=True),
        "late": Q(overdue(asker.now)),
    }
    figures = {name: Count("pk", filter=part) for name, part in parts.items()}
    found = alarms(asker).filter(closed_at=None).aggregate(total=Count("pk"), **figures)
    return Counts(**found)
