"""Delivery curves 送达曲线: by channel how many were handed over, delivered, confirmed, and when.

The database counts by channel, state and whole second; here the counts are only added up. Times
are counted from the issue of the message; of a call-down, from when the person was asked.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from anlan.apps.people.models import Notice
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Call, CallLetter, Message
from anlan.apps.warning.models.mass import Outcome, name_of
from anlan.apps.warning.queries.evaluation.delivery.lag import Lag
from anlan.apps.warning.queries.evaluation.delivery.passage import addressees, parcels
from anlan.desk.asker import Asker

Group = Literal["people", "call", "answer", "mass"]
GROUPS: tuple[Group, ...] = ("people", "call", "answer", "mass")
MOST_REASONS = 8
_STATES = Notice.State


@dataclass
class Steps:
    """How many at each whole second: at[s] came about in the second that ended then."""

    at: Counter[int] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        """How many there are in all."""
        return self.at.total()

    def within(self, share: float) -> int | None:
        """Seconds within which a share of them came about, by the nearest rank; None of none."""
        rank, so_far = max(1, math.ceil(share * self.n)), 0
        for second, n in sorted(self.at.items()):
            so_far += n
            if so_far >= rank:
                return second
        return None

    def sums(self) -> list[tuple[int, int]]:
        """How many had come about by each second."""
        found, so_far = [], 0
        for second, n in sorted(self.at.items()):
            so_far += n
            found.append((second, so_far))
        return found


@dataclass
class Curve:
    """One channel of one group. many: addressed · handed: the next hop took it · delivered: it is
    there, says the far end · confirmed: a person answered · known: delivered of subscribers, whose
    moments are not kept · failed: refused or given up, reasons: why · waiting: still in the
    outbox · other: stopped, replaced or over."""

    group: Group
    channel: str
    many: int = 0
    handed: Steps = field(default_factory=Steps)
    delivered: Steps = field(default_factory=Steps)
    confirmed: Steps = field(default_factory=Steps)
    known: int = 0
    failed: int = 0
    waiting: int = 0
    other: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def arrived(self) -> int:
        """Of how many it is known that it is there."""
        return self.delivered.n + self.known


Curves = dict[tuple[Group, str], Curve]


def curves(asker: Asker, sent: QuerySet[Message]) -> list[Curve]:
    """Of some messages, as far as the asker's jurisdiction; six queries, however many."""
    found: Curves = {}
    _people(found, asker, sent)
    _calls(found, asker, sent)
    _answers(found, asker, sent)
    _mass(found, asker, sent)
    return sorted(found.values(), key=lambda one: (GROUPS.index(one.group), -one.many))


def _of(found: Curves, group: Group, channel: str) -> Curve:
    return found.setdefault((group, channel), Curve(group, channel))


def _people(found: Curves, asker: Asker, sent: QuerySet[Message]) -> None:
    rows = addressees(asker, sent).annotate(
        state=F("notice__state"), why=F("notice__reason"),
        lag=Lag(Coalesce("notice__handed_at", "notice__answered_at"), "message__issued_at"),
        there=Lag("notice__answered_at", "message__issued_at"),
    )  # fmt: skip
    counted = rows.values_list("kind", "state", "lag", "there").annotate(n=Count("pk"))
    for kind, state, lag, there, n in counted.iterator(chunk_size=5000):
        _count(_of(found, "people", kind), state, (lag, there), n=n)
    _reasons(found, "people", rows.filter(_failed("notice__state")).values_list("kind", "why"))


def _calls(found: Curves, asker: Asker, sent: QuerySet[Message]) -> None:
    seen = within(asker.scope_for(SEE), "calls__region", "calls__owner")
    letters = CallLetter.objects.filter(seen, call_down__message__in=sent).order_by()
    causes = letters.annotate(said=Concat(Value("call:"), "key")).values("said")
    rows = Notice.objects.filter(cause__in=causes).order_by().annotate(
        lag=Lag(Coalesce("handed_at", "answered_at"), "created_at"),
        there=Lag("answered_at", "created_at"),
    )  # fmt: skip
    counted = rows.values_list("kind", "state", "lag", "there").annotate(n=Count("pk"))
    for kind, state, lag, there, n in counted.iterator(chunk_size=5000):
        _count(_of(found, "call", kind), state, (lag, there), n=n)
    _reasons(found, "call", rows.filter(_failed("state")).values_list("kind", "reason"))


def _failed(column: str) -> Q:
    return Q(**{f"{column}__in": (_STATES.REFUSED, _STATES.GIVEN_UP)})


def _count(curve: Curve, state: str, lags: tuple[int | None, int | None], *, n: int) -> None:
    """Adds so many notices of one state to a curve; lags: to the hand-over, to the last word."""
    curve.many += n
    lag, there = lags
    if state in (_STATES.SENT, _STATES.DELIVERED) and lag is not None:
        curve.handed.at[lag] += n
    if state == _STATES.DELIVERED and there is not None:
        curve.delivered.at[there] += n
    curve.failed += n if state in (_STATES.REFUSED, _STATES.GIVEN_UP) else 0
    curve.waiting += n if state == _STATES.WAITING else 0


def _reasons(found: Curves, group: Group, rows: QuerySet[Any, Any]) -> None:
    for channel, why, n in rows.annotate(n=Count("pk")).order_by("-n")[:200]:
        _of(found, group, channel).reasons[why] += n


def _answers(found: Curves, asker: Asker, sent: QuerySet[Message]) -> None:
    """By what way people confirmed, from when they were asked; those of a call once."""
    own = Call.objects.filter(within(asker.scope_for(SEE)), call_down__message__in=sent)
    answered = own.filter(state=Call.State.ANSWERED).order_by()
    rows = answered.annotate(lag=Lag("ended_at", "asked_at")).values_list("way", "lag")
    for way, lag, n in rows.annotate(n=Count("pk")):
        curve = _of(found, "answer", way)
        curve.many += n
        curve.confirmed.at[lag or 0] += n


def _mass(found: Curves, asker: Asker, sent: QuerySet[Message]) -> None:
    """By whole parcels: what was handed over counts from when its parcel ended, never sooner."""
    rows = parcels(asker, sent).annotate(lag=Lag("ended_at", "message__issued_at"))
    for way, size, counts, lag in rows.values_list("way", "size", "counts", "lag").iterator():
        curve = _of(found, "mass", way)
        curve.many += size
        told = Counter[Outcome]()
        for code, n in counts.items():
            outcome, fault = name_of(int(code))
            told[outcome] += n
            if fault is not None and outcome in (Outcome.REFUSED, Outcome.GIVEN_UP):
                curve.reasons[fault.value] += n
        _add(curve, told, lag)


def _add(curve: Curve, told: Counter[Outcome], lag: int | None) -> None:
    handed = told[Outcome.HANDED] + told[Outcome.DELIVERED]
    if lag is None:
        curve.waiting += handed
    elif handed:
        curve.handed.at[lag] += handed
    curve.known += told[Outcome.DELIVERED]
    curve.failed += told[Outcome.REFUSED] + told[Outcome.GIVEN_UP]
    curve.waiting += told[Outcome.WAITING]
    curve.other += told[Outcome.STOPPED] + told[Outcome.REPLACED] + told[Outcome.OVER]


def total(several: Iterable[Curve]) -> int:
    """How many were addressed by all channels."""
    return sum(one.many for one in several if one.group != "answer")
