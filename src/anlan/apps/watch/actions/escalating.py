"""Deadlines and who is told: at once where it is urgent, the next in the tree where it is late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.actions import notify
from anlan.apps.people.models import Responsibility, User
from anlan.apps.people.queries import responsible_for
from anlan.apps.watch.actions.finding import find_places
from anlan.apps.watch.actions.follow import locked_source
from anlan.apps.watch.actions.quieting import keep_quiet
from anlan.apps.watch.models import Alarm, Deadline, Step
from anlan.apps.watch.models.timetable import CALLS_FROM, WHATS, time_for
from anlan.terms.levels import Level

_AT_ONCE = 200
_OLD = timedelta(days=1)
_LOUD = Q(suppressed_by="", shelved_until=None, closed_at=None)
"""Open, and kept quiet by nothing."""


def escalate(now: datetime) -> int:
    """One step of the worker: lost alarms find their place, quiet begins and ends, deadlines are
    set, the late are told.

    How much there was to do; every notice goes out once, however many workers there are.
    """
    return find_places() + keep_quiet(now) + _set_deadlines(now) + _call(now) + _ask_next(now)


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
    """Tells the first responsible of what stands at orange or red, once for each level."""
    due = Alarm.objects.filter(_LOUD, level__gte=CALLS_FROM, level__gt=F("called"))
    if not due.exists():
        return 0
    with transaction.atomic():
        source = locked_source()
        alarms = list(due.order_by("pk")[:_AT_ONCE])
        for alarm in alarms:
            people = responsible_for(alarm.region, alarm.object_key, 1)
            source.revision += 1
            _tell(alarm, people, "called", {"rank": 1}, now)
            rank = Deadline.objects.filter(alarm=alarm, what="acknowledge", rank=1)
            rank.update(rank=2)
            Alarm.objects.filter(pk=alarm.pk).update(called=alarm.level, revision=source.revision)
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
        for deadline in deadlines:
            source.revision += 1
            _ask(deadline, now)
            Alarm.objects.filter(pk=deadline.alarm_id).update(revision=source.revision)
        source.save(update_fields=["revision"])
    return len(deadlines)


def _ask(deadline: Deadline, now: datetime) -> None:
    alarm = deadline.alarm
    people = responsible_for(alarm.region, alarm.object_key, deadline.rank)
    _tell(alarm, people, "escalated", {"what": deadline.what, "rank": deadline.rank}, now)
    deadline.rank += 1
    span = time_for(deadline.what, max(alarm.level or alarm.peak, 1))
    deadline.due_at = now + span if people else None
    deadline.save(update_fields=["rank", "due_at"])


def _tell(
    alarm: Alarm, people: Sequence[Responsibility], kind: str, detail: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    """Sends a notice to everybody who has an address; the step names all of them."""
    addresses, told = _addresses(people), []
    for line in people:
        address = addresses.get(line.pk, "")
        told.append({"person": line.person, "organisation": line.organisation.name,
                     "phone": line.phone, "by": "email" if address else ""})  # fmt: skip
        if address:
            notify(
                kind="email", address=address, person=line.person,
                subject=_subject(alarm, kind), text=_text(alarm, detail),
                cause=f"alarm:{alarm.key}", region=alarm.region, owner=alarm.owner,
                status=alarm.status, now=now,
            )  # fmt: skip
    Step.objects.create(alarm=alarm, at=now, kind=kind, detail={**detail, "to": told})


def _addresses(people: Sequence[Responsibility]) -> dict[int, str]:
    """The e-mail addresses of lines of the tree; of the account where the line has none."""
    keys = {line.user_key for line in people if line.user_key and not line.email}
    rows = User.objects.filter(key__in=keys, is_active=True) if keys else User.objects.none()
    known = dict(rows.values_list("key", "email"))
    return {line.pk: line.email or known.get(line.user_key, "") for line in people}


def _subject(alarm: Alarm, kind: str) -> str:
    words = {"level": Level(alarm.level or alarm.peak).chinese, "object": alarm.object_name}
    if kind == "escalated":
        return _("Late: alarm at level %(level)s, %(object)s") % words
    return _("Alarm at level %(level)s: %(object)s") % words


def _text(alarm: Alarm, detail: dict[str, Any]) -> str:
    lines = [
        f"{alarm.object_name} ({alarm.object_key})",
        _("Raised at %(at)s") % {"at": f"{timezone.localtime(alarm.raised_at):%F %T}"},
    ]
    if alarm.value is not None:
        value, limit = f"{alarm.value:g}", "-" if alarm.limit is None else f"{alarm.limit:g}"
        lines.append(_("Value %(value)s, limit %(limit)s %(unit)s")
                     % {"value": value, "limit": limit, "unit": alarm.unit})  # fmt: skip
    late = {
        "acknowledge": _("It was not acknowledged in time."),
        "answer": _("It was not explained in time."),
        "close": _("It was not closed in time."),
    }
    if "what" in detail:
        lines.append(late[detail["what"]])
    return "\n".join([*lines, f"/alarms/{alarm.key}"])
