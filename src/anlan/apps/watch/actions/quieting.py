"""Keeping quiet on purpose: shelves and maintenance windows, with a trace and an end."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.apps.people.actions import deed
from anlan.apps.people.queries import within
from anlan.apps.watch import acts
from anlan.apps.watch.actions.follow import locked_source
from anlan.apps.watch.actions.handling import acting, said
from anlan.apps.watch.actions.standing import ACTUAL, Standing, made_real
from anlan.apps.watch.models import Alarm, Maintenance, Part, Shelf, Step
from anlan.apps.watch.models.timetable import LONGEST_SHELF, LONGEST_WINDOW
from anlan.apps.watch.queries.placing import chunks
from anlan.apps.watch.queries.quiet import quiets_at, shelves_at, trials_between, windows_at
from anlan.apps.watch.queries.reach import plain
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused


def shelve(
    asker: Asker, alarm_key: str, *, version: int, until: datetime, reason: str,
    whole: bool = False,
) -> Alarm:  # fmt: skip
    """The alarm's deciding sensor 屏蔽, or its whole object, does not call until a moment.

    Alarms of it are kept all the same, and call again by themselves.
    """
    reason = said(reason, most=256, name=_("Reason"))
    if not asker.now < until <= asker.now + LONGEST_SHELF:
        raise Refused(_("A shelf ends within %(hours)d hours.")
                      % {"hours": LONGEST_SHELF.total_seconds() // 3600})  # fmt: skip
    with transaction.atomic():
        with acting(asker, acts.SHELVE, alarm_key, version=version) as doing:
            alarm = doing.alarm
            target = alarm.object_key if whole else alarm.sensor_key or alarm.object_key
            Shelf.objects.create(
                key=secrets.token_hex(8), target=target, region=alarm.region, owner=alarm.owner,
                starts_at=asker.now, until=until, reason=reason, made_by=asker.key,
            )  # fmt: skip
            doing.step.text = reason
            doing.step.detail = {"target": target, "until": until.isoformat()}
            doing.detail |= doing.step.detail
        _hush(asker.now, Q(object_key=alarm.object_key))
    alarm.refresh_from_db()
    return alarm


def lift(asker: Asker, alarm_key: str, *, version: int) -> Alarm:
    """Ends the shelves that keep an alarm quiet."""
    with transaction.atomic():
        with acting(asker, acts.LIFT, alarm_key, version=version) as doing:
            alarm = doing.alarm
            targets = [alarm.object_key, *alarm.parts.values_list("sensor_key", flat=True)]
            for some in chunks(targets):
                rows = Shelf.objects.filter(target__in=some, lifted_at=None, until__gt=asker.now)
                rows.update(lifted_at=asker.now)
        _hush(asker.now, Q(object_key=alarm.object_key))
    alarm.refresh_from_db()
    return alarm


def plan_window(
    asker: Asker, *, target: str, starts_at: datetime, ends_at: datetime, reason: str,
    status: str = "",
) -> Maintenance:  # fmt: skip
    """A window 检修窗口 in which an object or a sensor of the asker's does not call.

    With a status, Exercise or Test, one in which whatever it raises is no more than that; it
    begins now at the earliest, for what was raised before was meant.
    """
    if status not in Maintenance.Status.values:
        raise Refused(_("A window is for maintenance, an exercise or a test."))
    starts_at = max(starts_at, asker.now) if status else starts_at
    reason = said(reason, most=256, name=_("Reason"))
    if not starts_at < ends_at <= starts_at + LONGEST_WINDOW or ends_at <= asker.now:
        raise Refused(_("A window ends after it begins, in the future, and within %(days)d days.")
                      % {"days": LONGEST_WINDOW.days})  # fmt: skip
    place = _place(asker, target)
    window = Maintenance(
        key=secrets.token_hex(8), target=target, region=place.region, owner=place.owner,
        starts_at=starts_at, ends_at=ends_at, reason=reason, made_by=asker.key, status=status,
    )  # fmt: skip
    with transaction.atomic():
        locked_source()
        with deed(asker, acts.MAINTAIN, window.key, region=window.region) as detail:
            window.save()
            detail |= {"target": target, "ends_at": ends_at.isoformat()}
            detail |= {"status": status} if status else {}
        _hush(asker.now, _about(target))
    return window


def end_window(asker: Asker, key: str) -> None:
    """Ends a window before its time; Http404 where the asker sees none of that key."""
    _end(asker, acts.MAINTAIN, Maintenance.objects.all(), key, _("The window has ended already."))


def end_shelf(asker: Asker, key: str) -> None:
    """Ends a shelf before its time; Http404 where the asker sees none of that key."""
    _end(asker, acts.LIFT, Shelf.objects.all(), key, _("The shelf has ended already."))


def _end(asker: Asker, act: str, rows: QuerySet[Any], key: str, told: str) -> None:
    """Ends what keeps quiet, and lets the alarms of its target call at once."""
    with transaction.atomic():
        locked_source()
        reach = within(asker.scope_for(act))
        one = rows.filter(reach, key=plain(key)).select_for_update().first()
        if one is None:
            raise Http404
        if not one.is_pending(asker.now):
            raise Refused(told)
        with deed(asker, act, one.key, region=one.region) as detail:
            one.end(asker.now)
            detail |= {"target": one.target, "ended": True}
        _hush(asker.now, _about(one.target))
    end_trials(asker.now)


def _about(target: str) -> Q:
    """The alarms of an object, or of a sensor."""
    return Q(object_key=target) | Q(parts__sensor_key=target)


def _place(asker: Asker, target: str) -> ObservedObject | Sensor:
    """The object or the sensor of that key; Refused alike for what is not there or not yours."""
    reach = within(asker.scope_for(acts.MAINTAIN))
    for rows in (ObservedObject.objects.standing(), Sensor.objects.all()):
        found: ObservedObject | Sensor | None = rows.filter(reach, key=plain(target)).first()
        if found is not None:
            return found
    raise Refused(_("There is no such object or sensor in your jurisdiction."))


def end_trials(now: datetime) -> int:
    """What still stands when its exercise or test is over is real from now on; how many alarms.

    Nobody is called for it within the window, everybody after it.
    """
    rows = Alarm.objects.filter(closed_at=None, level__gt=0).exclude(status=ACTUAL)
    if not rows.exists():
        return 0
    with transaction.atomic():
        source = locked_source()
        trials, moved, steps = trials_between(now, now), 0, list[Step]()
        for alarm in rows.select_for_update().order_by("pk"):
            standing = alarm.parts.filter(level__gt=0).values_list("sensor_key", flat=True)
            places = [trials.status(now, alarm.object_key, sensor) for sensor in standing]
            if ACTUAL not in places:
                continue
            source.revision += 1
            moved += 1
            steps += made_real(alarm, now)
            alarm.revision = source.revision
            alarm.save(update_fields=["status", "called", "revision"])
        Step.objects.bulk_create(steps)
        source.save(update_fields=["revision"])
    return moved


def keep_quiet(now: datetime) -> int:
    """Lets windows and shelves begin and end by themselves; how many alarms changed."""
    some = Q(shelved_until__isnull=False) | ~Q(suppressed_by="")
    for targets in (windows_at(now).values("target"), shelves_at(now).values("target")):
        some |= Q(object_key__in=targets) | Q(parts__sensor_key__in=targets)
    return _hush(now, some)


def _hush(now: datetime, some: Q) -> int:
    """Sets again what keeps the open ones among some alarms quiet; how many alarms changed."""
    rows = Alarm.objects.filter(some, closed_at=None)
    if not _moved(rows, now)[0]:
        return 0
    with transaction.atomic():
        source = locked_source()
        moved, steps = _moved(rows, now)
        source.revision += 1
        for alarm in moved:
            alarm.revision = source.revision
            alarm.save(update_fields=["suppressed_by", "shelved_until", "revision"])
        Step.objects.bulk_create(steps)
        source.save(update_fields=["revision"])
    return len(moved)


def _moved(rows: QuerySet[Alarm], now: datetime) -> tuple[list[Alarm], list[Step]]:
    """The alarms that something else keeps quiet now, or nothing any more; and the steps."""
    quiets = quiets_at(now)
    found = {alarm.pk: alarm for alarm in rows.distinct()}
    parts: dict[int, list[Part]] = {pk: [] for pk in found}
    for some in chunks(found):
        for part in Part.objects.filter(alarm_id__in=some):
            parts[part.alarm_id].append(part)
    before = {pk: (alarm.suppressed_by, alarm.shelved_until) for pk, alarm in found.items()}
    steps = [Standing(alarm, parts[pk]).hush(quiets, now) for pk, alarm in found.items()]
    moved = [a for pk, a in found.items() if (a.suppressed_by, a.shelved_until) != before[pk]]
    return moved, [step for step in steps if step is not None]
