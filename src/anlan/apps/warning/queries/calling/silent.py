"""Who has not answered, by village: the call-downs that count now, as far as one's jurisdiction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from anlan.apps.atlas.models import Region
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Call, CallDown, Warning
from anlan.apps.warning.queries.reach import plain, warnings
from anlan.desk.asker import Asker
from anlan.terms.levels import Level

DESK, ASKED = Level.RED, Level.ORANGE
"""The colour and shape of a place where somebody must call by hand, and of one that is silent."""
_STATES = Call.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A place with its calls of one warning.

    region: its code, as narrow as the call asks · asked: calls that were not answered yet · desk:
    those that somebody must handle by hand · all: every call there · due_at: when the first of
    them is passed on · asked_at: of the newest.
    """

    warning: Warning
    region: str
    place: Region | None
    asked: int
    desk: int
    all: int
    due_at: datetime | None
    asked_at: datetime

    @property
    def open(self) -> int:
        """How many have not answered."""
        return self.asked + self.desk


def villages(asker: Asker, *, warning: str = "", is_all: bool = False) -> list[Village]:
    """The places of call-downs of warnings in force, those to be handled by hand first.

    warning: of that key only · is_all: those too where everybody has answered.
    """
    if not asker.may(SEE):
        return []
    seen = warnings(asker).filter(standing__in=Warning.IN_FORCE)
    seen = seen.filter(key=plain(warning)) if warning else seen
    downs = CallDown.objects.filter(message__warning__in=seen, why=CallDown.Why.ASKED)
    newest = downs.order_by().values("message__warning").annotate(last=Max("pk")).values("last")
    rows = (
        Call.objects.filter(within(asker.scope_for(SEE)), call_down__in=newest)
        .order_by()
        .values("region", "call_down__message__warning")
        .annotate(
            asked=Count("id", filter=Q(state=_STATES.ASKED)),
            desk=Count("id", filter=Q(state=_STATES.DESK)),
            many=Count("id"), due=Min("due_at", filter=Q(state=_STATES.ASKED)),
            at=Max("asked_at"),
        )
    )  # fmt: skip
    found = [row for row in rows if is_all or row["asked"] or row["desk"]]
    known = Warning.objects.in_bulk({row["call_down__message__warning"] for row in found})
    lands = {
        one.key: one
        for one in Region.objects.standing().filter(key__in={row["region"] for row in found})
    }
    several = [
        Village(
            warning=known[row["call_down__message__warning"]], region=row["region"],
            place=lands.get(row["region"]), asked=row["asked"], desk=row["desk"], all=row["many"],
            due_at=row["due"], asked_at=row["at"],
        )
        for row in found
    ]  # fmt: skip
    return sorted(several, key=lambda one: (-one.desk, -one.asked, one.region, one.warning.key))


def number_of(found: Iterable[Village]) -> int:
    """In how many places somebody has not answered."""
    return len({one.region for one in found if one.open})
