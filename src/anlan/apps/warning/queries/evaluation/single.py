"""The evaluation of one warning: its course, what happened, its verdict and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q

from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.evaluation.delivery.passage import Passage, passages
from anlan.apps.warning.queries.evaluation.finding import event_of
from anlan.apps.warning.queries.evaluation.judging import Event, Verdict, Warned, judge
from anlan.apps.warning.queries.evaluation.pace import Pace, paces
from anlan.apps.warning.queries.evaluation.sent import LONGEST, warned
from anlan.apps.warning.queries.evaluation.timeline import Moment, timeline
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import alarms
from anlan.desk.asker import Asker

_MOST = 500
Standing = Literal["judged", "open", "drill", "unsent"]
Word = Literal["hit", "late", "near"]


@dataclass(frozen=True, slots=True)
class Happening:
    """An alarm beside a warning: hit, late or near. lead_s: of a hit; of a late one how much later
    the warning came, below nothing."""

    alarm: Alarm
    found: Word
    lead_s: float


@dataclass(frozen=True, slots=True)
class Single:
    """standing: judged; or why not: it is in force, a drill, or nothing was sent · verdict: so far,
    None where nothing was sent · beside: how many events of its kind were elsewhere at the time ·
    level: the least of an event · since, until: from its issue to its end, or to now."""

    warning: Warning
    standing: Standing
    level: int
    verdict: Verdict | None
    happenings: list[Happening]
    beside: int
    moments: list[Moment]
    passed: list[Passage]
    paces: list[Pace]
    since: datetime | None
    until: datetime | None


def single(asker: Asker, warning: Warning, level: int) -> Single:
    """Of a warning that the asker sees; what happened only as far as the asker sees it."""
    sent = Message.objects.filter(warning=warning)
    own = warned(sent).get(warning.key)
    passed = sorted(passages(asker, sent), key=lambda one: (one.order, one.mass, one.channel))
    found = _alarms(asker, own, warning.status, level) if own else []
    verdict, beside = _judged(own, found, level)
    happenings = _happenings(verdict, found) if verdict else []
    return Single(
        warning, _standing(warning, own), level, verdict, happenings, beside,
        timeline(asker, warning, passed, [one.alarm for one in happenings]), passed,
        paces(sent, passed), own.issued_at if own else None,
        min(own.until, asker.now) if own else None,
    )  # fmt: skip


def _standing(warning: Warning, own: Warned | None) -> Standing:
    if own is None:
        return "unsent"
    if warning.status != Warning.Status.ACTUAL:
        return "drill"
    return "open" if warning.is_in_force else "judged"


def _alarms(asker: Asker, own: Warned, status: str, level: int) -> list[Alarm]:
    """Alarms of its kind and status that ran while it stood, and came near the level."""
    still = Q(recovered_at=None) | Q(recovered_at__gt=own.issued_at)
    rows = alarms(asker).filter(
        still, pack=own.kind, status=status, is_false=False, peak__gte=level - 1,
        first_at__lt=own.until, first_at__gte=own.issued_at - LONGEST,
    )  # fmt: skip
    return list(rows.order_by("first_at")[:_MOST])


def _judged(own: Warned | None, found: list[Alarm], level: int) -> tuple[Verdict | None, int]:
    if own is None:
        return None, 0
    verdicts, missed = judge([own], [event_of(one) for one in found], level)
    return verdicts[0], len(missed)


def _happenings(verdict: Verdict, found: list[Alarm]) -> list[Happening]:
    """In the order in which they began."""
    rows = {one.key: one for one in found}
    named: tuple[tuple[Word, list[Event]], ...] = (
        ("hit", verdict.hits), ("late", verdict.late), ("near", verdict.near),
    )  # fmt: skip
    several = [Happening(rows[event.key], word, verdict.warned.lead_s(event))
               for word, events in named for event in events]  # fmt: skip
    return sorted(several, key=lambda one: one.alarm.first_at)
