"""How quickly each message came about and went out: from its draft to the last that confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from anlan.apps.warning.models import CallDown, HandOver, Message, Step
from anlan.apps.warning.queries.evaluation.delivery.passage import Passage

_BEGINS = ("draft", "update", "relevel", "cancel")


@dataclass(frozen=True, slots=True)
class Pace:
    """The moments of one message, None for what has not come yet or is not known.

    begun_at: its draft · signed_at: the last signature · first_at, last_at: of all its hand-overs
    · called_at: the call-down began, all_at: it ended; both None where nobody was asked.
    """

    message: int
    warning: int
    order: int
    issued_at: datetime
    begun_at: datetime | None = None
    submitted_at: datetime | None = None
    reviewed_at: datetime | None = None
    signed_at: datetime | None = None
    handed_at: datetime | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    called_at: datetime | None = None
    all_at: datetime | None = None

    @property
    def spans_s(self) -> dict[str, float | None]:
        """How long each part of the way took, in seconds."""
        return {
            "write": _s(self.begun_at, self.submitted_at),
            "decide": _s(self.submitted_at, self.signed_at),
            "sign": _s(self.begun_at, self.signed_at),
            "first": _s(self.signed_at or self.issued_at, self.first_at),
            "last": _s(self.signed_at or self.issued_at, self.last_at),
            "answer": _s(self.called_at, self.all_at),
        }


def paces(sent: QuerySet[Message], passed: Iterable[Passage]) -> list[Pace]:
    """Of some messages, in the order of their issue; four queries. passed: of the same messages."""
    rows = list(sent.order_by("issued_at", "pk").values_list("pk", "warning", "order", "issued_at"))
    steps = _steps(sent)
    handed = dict(HandOver.objects.filter(message__in=sent).values_list("message", "at"))
    called = {pk: (began, ended) for pk, began, ended in CallDown.objects.filter(
        message__in=sent, why=CallDown.Why.ASKED).values_list(
        "message", "began_at", "ended_at")}  # fmt: skip
    first, last = _ends(passed)
    return [
        Pace(pk, warning, order, issued, handed_at=handed.get(pk), first_at=first.get(pk),
             last_at=last.get(pk), called_at=called.get(pk, (None, None))[0],
             all_at=called.get(pk, (None, None))[1], **steps.get((warning, order), {}))
        for pk, warning, order, issued in rows
    ]  # fmt: skip


def _steps(sent: QuerySet[Message]) -> dict[tuple[int, int], dict[str, datetime]]:
    """By warning and order of a message when it was begun first, and decided on last."""
    rows = Step.objects.filter(warning__in=sent.order_by().values("warning")).order_by("pk")
    found: dict[tuple[int, int], dict[str, datetime]] = {}
    for warning, order, kind, at in rows.values_list("warning", "order", "kind", "at"):
        own = found.setdefault((warning, order), {})
        if kind in _BEGINS:
            own.setdefault("begun_at", at)
        elif kind in _DONE:
            own[_DONE[kind]] = at
    return found


_DONE = {"submit": "submitted_at", "review": "reviewed_at", "sign": "signed_at"}


def _ends(passed: Iterable[Passage]) -> tuple[dict[int, datetime], dict[int, datetime]]:
    """By message the first and the last hand-over of all channels."""
    first, last = dict[int, datetime](), dict[int, datetime]()
    for one in passed:
        if one.first_at is not None:
            first[one.message] = min(first.get(one.message, one.first_at), one.first_at)
        if one.last_at is not None:
            last[one.message] = max(last.get(one.message, one.last_at), one.last_at)
    return first, last


def _s(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return max(0.0, (until - since).total_seconds())
