"""Whom the messages of a warning reached, as far as the asker's jurisdiction goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, QuerySet, Value, When

from anlan.apps.people.models import Notice
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Addressee, HandOver, Message, Warning
from anlan.desk.asker import Asker

MOST_ROWS, MOST_CALLS = 200, 500
_REPORTS = timedelta(hours=1)
"""So long after the hand-over a page waits for status reports."""
_BY, _STATES = Addressee.By, Notice.State
_TOLD_LATER = (_BY.SMS, _BY.SPEAKER, _BY.SCREEN)
_ORDER = [_STATES.REFUSED, _STATES.GIVEN_UP, _STATES.WAITING, _STATES.SENT, _STATES.DELIVERED]
"""What somebody must look at comes first."""


@dataclass(frozen=True, slots=True)
class Tally:
    """By one kind of address: how many were addressed, and of those how many are in each state."""

    kind: str
    label: str
    addressed: int
    waiting: int
    sent: int
    delivered: int
    refused: int
    given_up: int


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of one message.

    at: when it was handed over, None before · lacking: as in `HandOver` · rows: those who were
    written to, what did not arrive first, at most 200; more: how many further there are · to_call:
    those whom nobody could write to, at most 500; calls: how many there are · seen_at: when.
    """

    message: Message
    at: datetime | None
    lacking: list[str]
    tallies: list[Tally]
    rows: list[Addressee]
    more: int
    to_call: list[Addressee]
    calls: int
    seen_at: datetime

    @property
    def is_on_its_way(self) -> bool:
        """Whether something may still change soon: by SMS or to a device it may yet arrive."""
        if self.at is None or any(one.waiting for one in self.tallies):
            return True
        is_fresh = self.seen_at - self.at < _REPORTS
        return is_fresh and any(one.sent for one in self.tallies if one.kind in _TOLD_LATER)


def reached(asker: Asker, warning: Warning) -> list[Reached]:
    """Of each message of a warning that the asker sees, the newest first."""
    return [_of(asker, message) for message in warning.messages.order_by("-order")]


def _of(asker: Asker, message: Message) -> Reached:
    done = HandOver.objects.filter(message=message).first()
    seen = Addressee.objects.filter(within(asker.scope_for(SEE)), message=message)
    tallies = _tallies(seen)
    whens = [When(notice__state=state, then=Value(n)) for n, state in enumerate(_ORDER)]
    rows = seen.exclude(kind=_BY.PHONE).select_related("notice").order_by(Case(*whens), "pk")
    by_phone = seen.filter(kind=_BY.PHONE).order_by("region", "pk")
    written = sum(one.addressed for one in tallies)
    return Reached(
        message=message,
        at=done.at if done else None,
        lacking=list(done.lacking) if done else [],
        tallies=tallies,
        rows=list(rows[:MOST_ROWS]),
        more=max(0, written - MOST_ROWS),
        to_call=list(by_phone[:MOST_CALLS]),
        calls=by_phone.count(),
        seen_at=asker.now,
    )


def _tallies(seen: QuerySet[Addressee]) -> list[Tally]:
    found = seen.exclude(kind=_BY.PHONE).order_by().values_list("kind", "notice__state")
    counts: dict[str, dict[str, int]] = {}
    for kind, state, n in found.annotate(n=Count("id")):
        counts.setdefault(kind, {})[state] = n
    return [
        Tally(kind, str(_BY(kind).label), sum(of.values()), *(of.get(s, 0) for s in _TALLIED))
        for kind, of in sorted(counts.items())
    ]


_TALLIED = (_STATES.WAITING, _STATES.SENT, _STATES.DELIVERED, _STATES.REFUSED, _STATES.GIVEN_UP)
