"""Reads what was sent and what happened in a time, and lets them be judged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import Q, QuerySet

from anlan.apps.people.models import Organisation
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.evaluation.judging import Event, Verdict, Warned, judge
from anlan.apps.warning.queries.evaluation.place import closed_to, of_place, over, place_of
from anlan.apps.warning.queries.evaluation.scoring import Case, Score, cases, score
from anlan.apps.warning.queries.evaluation.sent import LONGEST, Issued, warned, with_areas
from anlan.apps.warning.queries.reach import warnings
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import alarms
from anlan.desk.asker import Asker

MOST = 50_000
"""Warnings, and events, that are looked at; of more the newest."""
LOWEST_LEVEL = 2
"""An event is an alarm from yellow on, unless another level is asked for."""
_COLUMNS = ("key", "pack", "region", "first_at", "recovered_at", "peak", "lon", "lat", "rule",
            "object_name")  # fmt: skip
"""Of an alarm, in the order of an event's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a moment until before another; level: the least of an event, 1 to 4.

    region: a code that all lie in, kind: the pack they are of, warned: the level that a warning
    had at its highest; empty and 0 for any.
    """

    since: datetime
    until: datetime
    level: int = LOWEST_LEVEL
    region: str = ""
    kind: str = ""
    warned: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A warning with its row and its verdict; issuer: of the department · is_own: whether the asker
    may look into it, and not only at what was issued."""

    row: Issued
    issuer: str
    verdict: Verdict
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Evaluation:
    """lines: the warnings of the time that have ended, the newest first · missed: the events
    without a warning · happened: every event that counts, once · open: how many are still in force
    and not judged · is_cut: there was more than is looked at."""

    span: Span
    lines: list[Line]
    missed: list[Event]
    happened: list[Case]
    total: Score
    open: int
    is_cut: bool

    @property
    def counts_missed(self) -> bool:
        """Whether the warnings are all there are, so that what they were not for was missed."""
        return not self.span.warned

    @property
    def verdicts(self) -> list[Verdict]:
        """Of all lines."""
        return [one.verdict for one in self.lines]


def evaluation(asker: Asker, span: Span) -> Evaluation:
    """Warnings first issued in a time with all that happened under them, whenever and wherever,
    and the events that began in the time and the place without one; actual ones only."""
    place = place_of(asker, span.region)
    asked = _asked(span, warnings(asker) | Warning.objects.filter(over(place)))
    rows, own, are_all = _warned(asked, span.warned)
    events = _happened(asker, span, max([span.until, *(one.until for one in own.values())]))
    verdicts, missed = judge(list(with_areas(own, events).values()), events, span.level)
    rows, verdicts = of_place(place or _chosen(span), rows, verdicts)
    lost, others_are_all = _lost(span, missed, asked)
    lines = _lines(asker, [one for one in rows if not one.is_in_force], verdicts)
    ended = [one.verdict for one in lines]
    happened = cases(ended, lost)
    return Evaluation(
        span, lines, lost, happened,
        score(ended, happened, with_missed=not span.warned), len(rows) - len(lines),
        not (are_all and others_are_all and len(events) < MOST),
    )  # fmt: skip


def _lines(asker: Asker, rows: list[Issued], verdicts: list[Verdict]) -> list[Line]:
    of = {one.warned.key: one for one in verdicts}
    names = dict(Organisation.objects.values_list("key", "name"))
    closed = closed_to(asker, rows)
    return [Line(one, names.get(one.owner, one.owner), of[one.key], one.key not in closed)
            for one in rows]  # fmt: skip


def _asked(span: Span, seen: QuerySet[Warning]) -> QuerySet[Warning]:
    """Of some warnings those that were first issued in the time, the newest."""
    first = Message.objects.filter(order=1, status="Actual", issued_at__gte=span.since,
                                   issued_at__lt=span.until)  # fmt: skip
    asked = seen.filter(_for_place(span), pk__in=first.values("warning"))
    return asked.order_by("-pk")[:MOST]


def _warned(asked: QuerySet[Warning], level: int) -> tuple[list[Issued], dict[str, Warned], bool]:
    """Of some warnings those of a level, or all; by key what they said; whether less were asked
    than are looked at."""
    said = warned(Message.objects.filter(warning__in=asked.values("pk")), drawn=False)
    own = {key: one for key, one in said.items() if level in (0, one.level)}
    rows = map(Issued._make, asked.values_list(*Issued._fields))
    return [one for one in rows if one.key in own], own, len(said) < MOST


def _lost(
    span: Span, missed: Iterable[Event], judged: QuerySet[Warning]
) -> tuple[list[Event], bool]:
    """Those of the time and the place that no warning was for, whoever's, besides those judged;
    and whether all of these were looked at. Of warnings of one level none is told: the others are
    no misses."""
    own = [
        one
        for one in missed
        if span.since <= one.began_at < span.until and one.region.startswith(span.region)
    ]
    if span.warned or not own:
        return [], True
    beside = _beside(own, span.since - LONGEST).exclude(pk__in=judged.values("pk"))
    newest = beside.order_by("-pk").values("pk")[:MOST]
    others = warned(Message.objects.filter(warning__in=newest), drawn=False)
    _known, still = judge(list(others.values()), own, span.level)
    _known, lost = judge(list(with_areas(others, still).values()), still, span.level)
    return lost, len(others) < MOST


def _beside(events: Sequence[Event], since: datetime) -> QuerySet[Warning]:
    """The warnings, of whoever, that may have stood at some of the events."""
    ends = [one.ended_at for one in events]
    before = Q() if None in ends else Q(issued_at__lte=max(filter(None, ends)))
    first = Message.objects.filter(before, order=1, status="Actual", issued_at__gte=since)
    return Warning.objects.filter(pk__in=first.values("warning"),
                                  pack__in={one.kind for one in events})  # fmt: skip


def _for_place(span: Span) -> Q:
    """The warnings of a place, and those of the offices over it, which may be for it as well; all
    of the kind asked for."""
    chosen = _chosen(span)
    place = Q(region__startswith=span.region) | over(chosen) if chosen else Q()
    return place & (Q(pack=span.kind) if span.kind else Q())


def _chosen(span: Span) -> tuple[str, ...]:
    return (span.region,) if span.region else ()


def _happened(asker: Asker, span: Span, until: datetime) -> list[Event]:
    """Alarms of the asker, wherever, that ran from the time on until a moment and came near the
    level, the newest first; false ones are none."""
    of_kind = Q(pack=span.kind) if span.kind else Q()
    still = Q(recovered_at=None) | Q(recovered_at__gte=span.since)
    rows = alarms(asker).filter(
        of_kind, still, status="Actual", is_false=False, peak__gte=span.level - 1,
        first_at__lt=until, first_at__gte=span.since - LONGEST,
    )  # fmt: skip
    return events_of(rows.order_by("-first_at", "-pk")[:MOST])


def events_of(rows: QuerySet[Alarm]) -> list[Event]:
    """Alarms as they are judged, in the order of the rows."""
    return list(map(Event._make, rows.values_list(*_COLUMNS)))


def event_of(one: Alarm) -> Event:
    """An alarm as it is judged."""
    return Event._make(attrgetter(*_COLUMNS)(one))
