"""Reads what was sent and what happened in a time, and lets them be judged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely

from anlan.apps.people.models import Organisation
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.evaluation.judging import (
    Event,
    Score,
    Stretch,
    Verdict,
    Warned,
    judge,
    score,
)
from anlan.apps.warning.queries.reach import warnings
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import alarms
from anlan.desk.asker import Asker

MOST = 5_000
"""Warnings, and events, that are looked at; of more the newest."""
LONGEST = timedelta(days=60)
"""A warning issued longer before the time than this is not looked for as standing in it."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until before another, and the least level of an event, 1 to 4."""

    since: datetime
    until: datetime
    level: int = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A warning with its row and its verdict; issuer: of the department."""

    row: Warning
    issuer: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Evaluation:
    """lines: the warnings of the time that have ended, the newest first · missed: the alarms
    without a warning · open: how many are still in force and not judged · is_cut: there was more
    than is looked at."""

    span: Span
    lines: list[Line]
    missed: list[Alarm]
    total: Score
    by_event: list[tuple[str, Score]]
    by_issuer: list[tuple[str, Score]]
    open: int
    is_cut: bool


def evaluation(asker: Asker, span: Span) -> Evaluation:
    """Warnings first issued in a time, and events that began in it; actual ones only."""
    every, rows = _warned(span), _rows(asker, span)
    happened = _happened(asker, span)
    events = [_event(one) for one in happened]
    verdicts, missed = judge(list(every.values()), events, span.level)
    own = {one.warned.key: one for one in verdicts}
    names = dict(Organisation.objects.values_list("key", "name"))
    ended = [one for one in rows if not one.is_in_force and one.key in own]
    lines = [Line(one, names.get(one.owner, one.owner), own[one.key]) for one in ended]
    lost = {one.key for one in missed if one.began_at >= span.since}
    return Evaluation(
        span, lines, [one for one in happened if one.key in lost],
        score([one.verdict for one in lines], [one for one in missed if one.key in lost]),
        _grouped(lines, lambda line: line.row.event_zh), _grouped(lines, lambda line: line.issuer),
        sum(one.is_in_force for one in rows), max(len(happened), len(rows)) >= MOST,
    )  # fmt: skip


def _rows(asker: Asker, span: Span) -> list[Warning]:
    """The asker's warnings that were first issued in the time."""
    first = Message.objects.filter(order=1, status="Actual", issued_at__gte=span.since,
                                   issued_at__lt=span.until)  # fmt: skip
    rows = warnings(asker).filter(pk__in=first.values("warning"))
    return list(rows.order_by("-pk")[:MOST])


def _warned(span: Span) -> dict[str, Warned]:
    """All warnings that may have stood in the time, whoever's they are: by another's an event is
    warned of too."""
    rows = Message.objects.filter(
        status="Actual", warning__messages__order=1,
        warning__messages__issued_at__gte=span.since - LONGEST,
        warning__messages__issued_at__lt=span.until,
    )  # fmt: skip
    courses: dict[str, list[Message]] = {}
    for one in rows.defer("body").select_related("warning").order_by("warning", "order"):
        courses.setdefault(one.warning.key, []).append(one)
    return {key: _course(key, messages) for key, messages in courses.items()}


def _course(key: str, messages: list[Message]) -> Warned:
    first, ends = messages[0], [one.issued_at for one in messages[1:]]
    stretches = []
    for n, one in enumerate(messages):
        if one.kind == Warning.Kind.CANCEL:
            continue
        expires = datetime.fromisoformat(one.content["expires"]) if one.content["expires"] else None
        until = min(filter(None, (ends[n] if n < len(ends) else None, expires)), default=None)
        drawn = one.content["shape"]
        stretches.append(Stretch(one.issued_at, until or one.issued_at + LONGEST,
                                 tuple(one.content["regions"] or ()),
                                 shapely.from_geojson(drawn) if drawn else None))  # fmt: skip
    return Warned(key, first.warning.pack, first.issued_at, tuple(stretches))


def _happened(asker: Asker, span: Span) -> list[Alarm]:
    """Alarms of the asker that ran in the time and came near the level; false ones are none."""
    rows = alarms(asker).filter(
        status="Actual", is_false=False, peak__gte=span.level - 1, first_at__lt=span.until,
        first_at__gte=span.since - LONGEST,
    )  # fmt: skip
    return [one for one in rows.order_by("-first_at")[:MOST]
           if one.recovered_at is None or one.recovered_at >= span.since]  # fmt: skip


def _event(one: Alarm) -> Event:
    return Event(one.key, one.pack, one.region, one.first_at, one.recovered_at, one.peak,
                 one.lon, one.lat)  # fmt: skip


def _grouped(lines: Iterable[Line], name_of: Callable[[Line], str]) -> list[tuple[str, Score]]:
    """By name, without misses: those belong to no warning."""
    groups: dict[str, list[Verdict]] = {}
    for line in lines:
        groups.setdefault(name_of(line), []).append(line.verdict)
    return [(name, score(groups[name], [])) for name in sorted(groups)]
