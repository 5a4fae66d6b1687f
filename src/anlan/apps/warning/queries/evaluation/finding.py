"""Reads what was sent and what happened in a time, and lets them be judged."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from anlan.apps.people.models import Organisation
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.evaluation.judging import Event, Verdict, Warned, judge
from anlan.apps.warning.queries.evaluation.place import closed_to, of_place, over, place_of
from anlan.apps.warning.queries.evaluation.scoring import Case, Score, cases, score
from anlan.apps.warning.queries.evaluation.sent import LONGEST, warned, with_areas
from anlan.apps.warning.queries.reach import warnings
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import alarms
from anlan.desk.asker import Asker

MOST = 50_000
"""Warnings, and events, that are looked at; of more the newest."""
LOWEST_LEVEL = 2
"""An event is an alarm from yellow on, unless another level is asked for."""
_SHOWN = ("key", "region", "owner", "event_zh", "event_en", "standing", "rule", "pack", "level",
          "cause", "state", "status")  # fmt: skip


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

    row: Warning
    issuer: str
    verdict: Verdict
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Evaluation:
    """lines: the warnings of the time that have ended, the newest first · missed: the alarms
    without a warning · happened: every event that counts, once · open: how many are still in force
    and not judged · is_cut: there was more than is looked at."""

    span: Span
    lines: list[Line]
    missed: list[Alarm]
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
    rows, own, are_all = _warned(span, warnings(asker) | Warning.objects.filter(over(place)))
    alarms_ = _happened(asker, span, max([span.until, *(one.until for one in own.values())]))
    events = events_of(alarms_)
    verdicts, missed = judge(list(with_areas(own, events).values()), events, span.level)
    rows, verdicts = of_place(place or _chosen(span), rows, verdicts)
    lost, others_are_all = _lost(span, missed, own)
    lines = _lines(asker, [one for one in rows if not one.is_in_force], verdicts)
    keys, ended = {one.key for one in lost}, [one.verdict for one in lines]
    happened = cases(ended, lost)
    return Evaluation(
        span, lines, [one for one in alarms_ if one.key in keys], happened,
        score(ended, happened, with_missed=not span.warned), len(rows) - len(lines),
        not (are_all and others_are_all and len(alarms_) < MOST),
    )  # fmt: skip


def _lines(asker: Asker, rows: list[Warning], verdicts: list[Verdict]) -> list[Line]:
    of = {one.warned.key: one for one in verdicts}
    names = dict(Organisation.objects.values_list("key", "name"))
    closed = closed_to(asker, rows)
    return [Line(one, names.get(one.owner, one.owner), of[one.key], one.key not in closed)
            for one in rows]  # fmt: skip


def _warned(span: Span, seen: QuerySet[Warning]) -> tuple[list[Warning], dict[str, Warned], bool]:
    """Of some warnings those that were first issued in the time, by key what they said, and
    whether those are all."""
    first = Message.objects.filter(order=1, status="Actual", issued_at__gte=span.since,
                                   issued_at__lt=span.until)  # fmt: skip
    asked = seen.filter(_for_place(span), pk__in=first.values("warning"))
    newest = asked.order_by("-pk")[:MOST]
    said = warned(Message.objects.filter(warning__in=newest.values("pk")), drawn=False)
    own = {key: one for key, one in said.items() if span.warned in (0, one.level)}
    return [one for one in newest.only(*_SHOWN) if one.key in own], own, len(said) < MOST


def _lost(span: Span, missed: Iterable[Event], judged: Container[str]) -> tuple[list[Event], bool]:
    """Those of the time and the place that no warning was for, whoever's; and whether all
    warnings were looked at. Of warnings of one level none is told: the others are no misses."""
    own = [
        one
        for one in missed
        if span.since <= one.began_at < span.until and one.region.startswith(span.region)
    ]
    if span.warned or not own:
        return [], True
    beside = warned(_beside(own, span.since - LONGEST), drawn=False)
    others = {key: one for key, one in beside.items() if key not in judged}
    _known, still = judge(list(others.values()), own, span.level)
    _known, lost = judge(list(with_areas(others, still).values()), still, span.level)
    return lost, len(beside) < MOST


def _beside(events: Sequence[Event], since: datetime) -> QuerySet[Message]:
    """What was sent of the warnings, of whoever, that may have stood at some of the events."""
    ends = [one.ended_at for one in events]
    before = Q() if None in ends else Q(issued_at__lte=max(filter(None, ends)))
    first = Message.objects.filter(
        before, order=1, status="Actual", issued_at__gte=since,
        warning__pack__in={one.kind for one in events},
    )  # fmt: skip
    newest = first.order_by("-issued_at", "-pk").values("warning")[:MOST]
    return Message.objects.filter(warning__in=newest)


def _for_place(span: Span) -> Q:
    """The warnings of a place, and those of the offices over it, which may be for it as well; all
    of the kind asked for."""
    chosen = _chosen(span)
    place = Q(region__startswith=span.region) | over(chosen) if chosen else Q()
    return place & (Q(pack=span.kind) if span.kind else Q())


def _chosen(span: Span) -> tuple[str, ...]:
    return (span.region,) if span.region else ()


def _happened(asker: Asker, span: Span, until: datetime) -> list[Alarm]:
    """Alarms of the asker, wherever, that ran from the time on until a moment and came near the
    level; false ones are none."""
    of_kind = Q(pack=span.kind) if span.kind else Q()
    still = Q(recovered_at=None) | Q(recovered_at__gte=span.since)
    rows = alarms(asker).filter(
        of_kind, still, status="Actual", is_false=False, peak__gte=span.level - 1,
        first_at__lt=until, first_at__gte=span.since - LONGEST,
    )  # fmt: skip
    return list(rows.order_by("-first_at")[:MOST])


def event_of(one: Alarm) -> Event:
    """An alarm as it is judged."""
    return Event(one.key, one.pack, one.region, one.first_at, one.recovered_at, one.peak,
                 one.lon, one.lat, one.rule)  # fmt: skip


def events_of(rows: Iterable[Alarm]) -> list[Event]:
    """Alarms as they are judged."""
    return [event_of(one) for one in rows]
