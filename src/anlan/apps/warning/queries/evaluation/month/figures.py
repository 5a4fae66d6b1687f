"""What a month of warnings amounts to, from records alone: no clock has a part in a month that is
over, so the same records give the same report whenever it is made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Call, Message, Warning
from anlan.apps.warning.queries.evaluation.delivery.curves import Curve, curves
from anlan.apps.warning.queries.evaluation.delivery.passage import passages
from anlan.apps.warning.queries.evaluation.delivery.sent import sent_in
from anlan.apps.warning.queries.evaluation.finding import Evaluation, Span, evaluation
from anlan.apps.warning.queries.evaluation.pace import Pace, paces
from anlan.apps.watch.queries import Spans
from anlan.desk.asker import Asker

SLOWEST, MOST_SILENT = 5, 30


@dataclass(frozen=True, slots=True)
class Month:
    """sent: messages by kind · warned: first issues by hazard and level · took: how long each part
    of the way took · slowest: by part the messages that took longest, with their warnings' rows ·
    called: calls by state · silent: the first of those that nobody confirmed, of so many that were
    unanswered · as_of: the latest moment that
    any of it tells of, and never before the month's end; of a running month the moment of asking.
    """

    span: Span
    is_over: bool
    as_of: datetime
    sent: Counter[str]
    warned: Counter[tuple[str, int]]
    took: dict[str, Spans]
    slowest: dict[str, list[tuple[Warning, Pace]]]
    delivered: list[Curve]
    called: Counter[str]
    silent: list[Call]
    unanswered: int
    judged: Evaluation


def month_span(first: date, region: str) -> Span:
    """A calendar month by the clock of the place; first: any day of it."""
    zone, begins = timezone.get_current_timezone(), first.replace(day=1)
    ends = (begins + timedelta(days=32)).replace(day=1)
    return Span(since=datetime.combine(begins, time.min, zone),
                until=datetime.combine(ends, time.min, zone), region=region)  # fmt: skip


def month(asker: Asker, span: Span) -> Month:
    """Of the messages issued in it, as far as the asker's jurisdiction."""
    sent, is_over = sent_in(asker, span), span.until <= asker.now
    went = paces(sent, passages(asker, sent))
    own = Call.objects.filter(within(asker.scope_for(SEE)), call_down__message__in=sent)
    judged, silent = evaluation(asker, span), _silent(own)
    return Month(
        span=span, is_over=is_over,
        as_of=max([span.until, *_moments(went, own, judged)]) if is_over else asker.now,
        sent=Counter(dict(sent.values_list("kind").annotate(n=Count("pk")))),
        warned=_warned(sent), took=_took(went), slowest=_slowest(went),
        delivered=curves(asker, sent),
        called=Counter(dict(own.order_by().values_list("state").annotate(n=Count("pk")))),
        silent=list(silent[:MOST_SILENT]), unanswered=silent.count(), judged=judged,
    )  # fmt: skip


def _moments(went: Iterable[Pace], own: QuerySet[Call], judged: Evaluation) -> list[datetime]:
    happened = [one.event.began_at for one in judged.happened]
    found = [one.last_at for one in went] + [one.all_at for one in went]
    ended = own.exclude(ended_at=None).order_by("-ended_at").values_list("ended_at", flat=True)
    return [one for one in (*found, *happened, ended.first()) if one is not None]


def _warned(sent: QuerySet[Message]) -> Counter[tuple[str, int]]:
    """By hazard and level of the first message."""
    rows = sent.filter(order=1).values_list("warning__pack", "content__level")
    return Counter((pack, int(level)) for pack, level in rows)


def _took(went: Iterable[Pace]) -> dict[str, Spans]:
    spans: dict[str, list[float]] = {}
    for one in went:
        for name, seconds in one.spans_s.items():
            spans.setdefault(name, []).extend([] if seconds is None else [seconds])
    return {name: Spans.of(several) for name, several in spans.items()}


def _slowest(went: list[Pace]) -> dict[str, list[tuple[Warning, Pace]]]:
    """The longest waits for a signature, and for the last hand-over."""
    found: dict[str, list[Pace]] = {}
    for name in ("sign", "last"):
        known = [one for one in went if one.spans_s[name] is not None]
        known.sort(key=lambda one: (-(one.spans_s[name] or 0.0), one.message))
        found[name] = known[:SLOWEST]
    rows: dict[Any, Warning] = Warning.objects.in_bulk(
        {one.warning for several in found.values() for one in several})  # fmt: skip
    return {name: [(rows[one.warning], one) for one in several] for name, several in found.items()}


def _silent(own: QuerySet[Call]) -> QuerySet[Call]:
    """Calls that stay open, or that were passed on and never answered themselves."""
    states = (*Call.OPEN, Call.State.ESCALATED)
    rows = own.filter(state__in=states, late_at=None).order_by("region", "asked_at", "pk")
    return rows.select_related("call_down__message__warning")
