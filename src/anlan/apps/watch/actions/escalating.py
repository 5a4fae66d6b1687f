"""Deadlines and who is told: at once where it is urgent, the next in the tree where it is late."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from anlan.apps.people.queries import responsible_for
from anlan.apps.watch.actions.finding import find_places
from anlan.apps.watch.actions.follow import locked_source
from anlan.apps.watch.actions.quieting import end_trials, keep_quiet
from anlan.apps.watch.actions.telling import Letters
from anlan.apps.watch.models import Alarm, Deadline
from anlan.apps.watch.models.timetable import CALLS_FROM, WHATS, time_for

_AT_ONCE = 200
_OLD = timedelta(days=1)
_LOUD = Q(suppressed_by="", shelved_until=None, closed_at=None)
"""Open, and kept quiet by nothing."""


def escalate(now: datetime) -> int:
    """One step of the worker: lost alarms find their place, quiet, exercises and tests begin and
    end, deadlines are set, the late are told.

    How much there was to do; every notice goes out once, however many workers there are.
    """
    found = find_places() + keep_quiet(now) + end_trials(now)
    return found + _set_deadlines(now) + _call(now) + _ask_next(now)


def _set_deadlines(now: datetime) -> int:
    """Gives new alarms their deadlines, and shorter ones to those that have become worse.

    What was over a day before it was heard of is history, and has none.
    """
    due = Alarm.objects.filter(Q(level__gt=0) | Q(raised_at__gt=now - _OLD), closed_at=None,
                               peak__gt=F("timed"))  # fmt: skip
    if not due.exists():
        return 0
    with transaction.atomic():
        locked_source()
        alarms = list(due.order_by("pk")[:_AT_ONCE])
        for alarm in alarms:
            _time(alarm, now)
    return len(alarms)


def _time(alarm: Alarm, now: datetime) -> None:
    known = {deadline.what: deadline for deadline in alarm.deadlines.all()}
    for what in WHATS:
        due_at = now + time_for(what, alarm.peak)
        deadline = known.get(what) or Deadline(alarm=alarm, what=what, due_at=due_at)
        if what == "acknowledge" and alarm.state == Alarm.State.RAISED:
            deadline.done_at = None  # what was acknowledged and became worse waits again
        deadline.due_at = min(deadline.due_at or due_at, due_at)
        deadline.save()
    Alarm.objects.filter(pk=alarm.pk).update(timed=alarm.peak)


def _call(now: datetime) -> int:
    """Tells the first responsible of what stands at orange or red, once for each level.

    What last changed long ago is history that is only now read: nobody is called for it.
    """
    due = Alarm.objects.filter(
        _LOUD, level__gte=CALLS_FROM, level__gt=F("called"), changed_at__gt=now - _OLD
    )
    if not due.exists():
        return 0
    with transaction.atomic():
        source = locked_source()
        alarms, letters = list(due.order_by("pk")[:_AT_ONCE]), Letters(now)
        for alarm in alarms:
            people = responsible_for(alarm.region, alarm.object_key, 1)
            source.revision += 1
            letters.tell(alarm, people, "called", {"rank": 1})
            rank = Deadline.objects.filter(alarm=alarm, what="acknowledge", rank=1)
            rank.update(rank=2)
            Alarm.objects.filter(pk=alarm.pk).update(called=alarm.level, revision=source.revision)
        letters.post()
        source.save(update_fields=["revision"])
    return len(alarms)


def _ask_next(now: datetime) -> int:
    """Asks the next in the responsibility tree about what is late."""
    late = Deadline.objects.filter(done_at=None, due_at__lte=now).filter(
        alarm__suppressed_by="", alarm__shelved_until=None, alarm__closed_at=None
    ).exclude(what="acknowledge", alarm__level=0)  # fmt: skip
    if not late.exists():
        return 0
    with transaction.atomic():
        source = locked_source()
        deadlines = list(late.select_related("alarm").order_by("due_at", "pk")[:_AT_ONCE])
        letters = Letters(now)
        for deadline in deadlines:
            source.revision += 1
            _ask(deadline, letters)
            Alarm.objects.filter(pk=deadline.alarm_id).update(revision=source.revision)
        letters.post()
        source.save(update_fields=["revision"])
    return len(deadlines)


def _ask(deadline: Deadline, letters: Letters) -> None:
    alarm = deadline.alarm
    people = responsible_for(alarm.region, alarm.object_key, deadline.rank)
    letters.tell(alarm, people, "escalated", {"what": deadline.what, "rank": deadline.rank})
    deadline.rank += 1
    span = time_for(deadline.what, max(alarm.level or alarm.peak, 1))
    deadline.due_at = letters.now + span if people else None
    deadline.save(update_fields=["rank", "due_at"])
