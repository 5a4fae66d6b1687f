"""Reads what was sent and what happened in a time, and lets them be judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from anlan.apps.people.models import Organisation
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.evaluation.judging import Event, Verdict, judge
from anlan.apps.warning.queries.evaluation.scoring import Case, Score, cases, score
from anlan.apps.warning.queries.evaluation.sent import LONGEST, warned
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
    """A warning with its row and its verdict; issuer: of the department."""

    row: Warning
    issuer: str
    verdict: Verdict


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
    def verdicts(self) -> list[Verdict]:
        """Of all lines."""
        return [one.verdict for one in self.lines]


def evaluation(asker: Asker, span: Span) -> Evaluation:
    """Warnings first issued in a time, and events that began in it; actual ones only."""
    courses, rows, alarms_ = warned(_stood(span)), _rows(asker, span), _happened(asker, span)
    verdicts, missed = judge(list(courses.values()), [event_of(one) for one in alarms_], span.level)
    own = {one.warned.key: one for one in verdicts}
    rows = [one for one in rows if one.key in own and _is_wanted(own[one.key], span)]
    names = dict(Organisation.objects.values_list("key", "name"))
    lines = [Line(one, names.get(one.owner, one.owner), own[one.key])
             for one in rows if not one.is_in_force]  # fmt: skip
    lost = [one for one in missed if one.began_at >= span.since]
    keys = {one.key for one in lost}
    happened = cases([one.verdict for one in lines], lost)
    return Evaluation(
        span, lines, [one for one in alarms_ if one.key in keys], happened,
        score([one.verdict for one in lines], happened),
        sum(one.is_in_force for one in rows), max(len(alarms_), len(rows)) >= MOST,
    )  # fmt: skip


def _is_wanted(verdict: Verdict, span: Span) -> bool:
    return not span.warned or verdict.warned.level == span.warned


def _stood(span: Span) -> QuerySet[Message]:
    """What was sent of all warnings that may have stood in the time, whoever's they are: by
    another's an event is warned of too."""
    of_kind = Q(warning__pack=span.kind) if span.kind else Q()
    return Message.objects.filter(
        of_kind, status="Actual", warning__messages__order=1,
        warning__messages__issued_at__gte=span.since - LONGEST,
        warning__messages__issued_at__lt=span.until,
    )  # fmt: skip


def _rows(asker: Asker, span: Span) -> list[Warning]:
    """The asker's warnings that were first issued in the time."""
    first = Message.objects.filter(order=1, status="Actual", issued_at__gte=span.since,
                                   issued_at__lt=span.until)  # fmt: skip
    rows = warnings(asker).filter(_place(span), pk__in=first.values("warning"))
    return list(rows.only(*_SHOWN).order_by("-pk")[:MOST])


def _place(span: Span) -> Q:
    """What of records that have a region and a pack is asked for."""
    asked = {"region__startswith": span.region, "pack": span.kind}
    return Q(**{name: value for name, value in asked.items() if value})


def _happened(asker: Asker, span: Span) -> list[Alarm]:
    """Alarms of the asker that ran in the time and came near the level; false ones are none."""
    still = Q(recovered_at=None) | Q(recovered_at__gte=span.since)
    rows = alarms(asker).filter(
        _place(span), still, status="Actual", is_false=False, peak__gte=span.level - 1,
        first_at__lt=span.until, first_at__gte=span.since - LONGEST,
    )  # fmt: skip
    return list(rows.order_by("-first_at")[:MOST])


def event_of(one: Alarm) -> Event:
    """An alarm as it is judged."""
    return Event(one.key, one.pack, one.region, one.first_at, one.recovered_at, one.peak,
                 one.lon, one.lat, one.rule)  # fmt: skip


def events_of(rows: Iterable[Alarm]) -> list[Event]:
    """Alarms as they are judged."""
    return [event_of(one) for one in rows]
