"""The steps of the worker: begin, hear, ask the next, end."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import Q

from anlan.apps.people.actions import deed
from anlan.apps.people.asker import Machine
from anlan.apps.warning.actions.calling.asking import Asking, answer_of
from anlan.apps.warning.actions.calling.ending import calling, end_open, settle
from anlan.apps.warning.actions.calling.passing import pass_all
from anlan.apps.warning.actions.calling.replies import hear_replies
from anlan.apps.warning.acts import CALL_DOWN, CALL_END, CALL_NEXT
from anlan.apps.warning.models import Call, CallDown, Message, Warning
from anlan.apps.warning.queries.calling.rule import calling_of, why
from anlan.apps.warning.queries.calling.seats import first_of

_AT_ONCE, _MOST = 50, 500
_WHY, _STATES = CallDown.Why, Call.State


def keep_calling(now: datetime) -> int:
    """One step of the worker; how much there was to do. A course that fails keeps back no other:
    its fault is raised at the end."""
    done, faults = 0, list[Exception]()
    for step, found in ((_begin, _fresh()), (_end, _over(now)), (_go_on, _late(now))):
        for pk in found:
            done += _tried(step, pk, now, faults=faults)
    done += hear_replies(now)
    if faults:
        raise faults[0]
    return done


def _tried(
    step: Callable[[int, datetime], int], pk: int, now: datetime, *, faults: list[Exception]
) -> int:
    try:
        return step(pk, now)
    except Exception as error:  # noqa: BLE001 - raised by the caller, after the other courses
        faults.append(error)
        return 0


def _fresh() -> list[int]:
    """Messages that were handed over and have no call-down yet, in their order."""
    rows = Message.objects.filter(call_down=None).exclude(hand_over=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def _begin(pk: int, now: datetime) -> int:
    """Begins the call-down of a message, once; what an earlier one still asks ends where this
    message asks anew, or asks no more."""
    message = Message.objects.select_related("warning").get(pk=pk)
    reason, rule = why(message, now), calling_of(message)
    clock = Machine("anlan", now)
    try:
        with deed(clock, CALL_DOWN, message.identifier, region=message.warning.region) as detail:
            one = CallDown.objects.create(message=message, why=reason, began_at=now,
                                          answer_ms=rule.answer_ms, tiers=rule.tiers)  # fmt: skip
            detail |= {"why": reason, "status": message.status}
            if reason != _WHY.SAME:
                detail["not_needed"] = sum(_drop(early, now) for early in _earlier(message))
            if reason == _WHY.ASKED:
                asking = Asking(one, 1, now)
                asking.add(first_of(message))
                detail["asked"] = asking.post()
            settle(one, now)
    except IntegrityError:
        if not CallDown.objects.filter(message=message).exists():
            raise
        return 0
    return 1


def _earlier(message: Message) -> list[CallDown]:
    """What earlier messages of the course still ask; locked."""
    rows = CallDown.objects.filter(
        message__warning=message.warning_id, message__order__lt=message.order, ended_at=None
    )
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _drop(early: CallDown, now: datetime) -> int:
    ended = end_open(early, now)
    settle(early, now)
    return ended


def _over(now: datetime) -> list[int]:
    """Call-downs of warnings that are no longer in force."""
    rows = CallDown.objects.filter(ended_at=None)
    rows = rows.exclude(message__warning__standing__in=Warning.IN_FORCE)
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def _end(pk: int, now: datetime) -> int:
    with calling(Machine("anlan", now), CALL_END, pk) as (one, detail):
        detail["not_needed"] = end_open(one, now)
    return 1


def _late(now: datetime) -> list[int]:
    """Call-downs with somebody whose time is up, or was set by a clock that ran ahead."""
    rows = CallDown.objects.filter(ended_at=None).filter(_is_due(now)).order_by("pk").distinct()
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def _is_due(now: datetime) -> Q:
    late = Q(calls__due_at__lte=now) | Q(calls__asked_at__gt=now + timedelta(minutes=1))
    return Q(calls__state=_STATES.ASKED) & late


def _go_on(pk: int, now: datetime) -> int:
    with calling(Machine("anlan", now), CALL_NEXT, pk) as (one, detail):
        asked = one.calls.select_for_update().filter(state=_STATES.ASKED)
        # Asked by a clock that ran ahead: they have their time from now on.
        early = asked.filter(asked_at__gt=now + timedelta(minutes=1))
        detail["early"] = early.update(asked_at=now, due_at=now + answer_of(one))
        late = list(asked.filter(due_at__lte=now).order_by("due_at", "pk")[:_MOST])
        detail |= pass_all(one, late, Machine("anlan", now))
        detail["late"] = len(late)
    return len(late) or 1
