"""Limits over time, proposals to change them, and who may decide on a proposal."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.acts import APPROVE_LIMITS, PROPOSE_LIMITS
from anlan.apps.atlas.models import Limit, LimitChange, LimitFile, Proposal, Sensor
from anlan.apps.atlas.queries.objects import objects, sensors
from anlan.apps.people.queries import within
from anlan.desk.asker import Asker
from anlan.packs.warning.lowering import LOWERED, is_lowered

_STATES = Proposal.State
PAST, PRESENT, COMING = "past", "present", "coming"


class Line(NamedTuple):
    """A limit with where it stands in time; holds: past, present or coming."""

    limit: Limit
    holds: str


def changes(asker: Asker) -> QuerySet[LimitChange]:
    """The proposals of the asker's jurisdiction, the newest first."""
    return LimitChange.objects.filter(within(asker.scope))


def change_for(asker: Asker, key: str) -> LimitChange:
    """A proposal; Http404 where there is none, or it is not the asker's."""
    return get_object_or_404(changes(asker), key=key)


def files(asker: Asker) -> QuerySet[LimitFile]:
    """The proposed files of the asker's jurisdiction, the newest first."""
    return LimitFile.objects.filter(within(asker.scope))


def file_for(asker: Asker, key: str) -> LimitFile:
    """A proposed file; Http404 where there is none, or it is not the asker's."""
    return get_object_or_404(files(asker), key=key)


def sensor_for(asker: Asker, key: str) -> Sensor:
    """A sensor in use; Http404 where there is none, or it is not the asker's."""
    return get_object_or_404(sensors(asker), key=key)


def limited_objects(asker: Asker, text: str = "") -> QuerySet[Any]:
    """The objects of the asker whose sensors have limits; text: a part of name or key."""
    limited = Limit.objects.values("sensor_key")
    keys = sensors(asker).filter(key__in=limited).values("object_key")
    found = objects(asker).filter(key__in=keys)
    if text:
        found = found.filter(name__icontains=text) | found.filter(key__icontains=text)
    return found.order_by("key")


def lines_of(sensor_key: str, at: datetime) -> list[Line]:
    """All limits of a sensor over time, the highest level first, each level in order of time."""
    rows = list(Limit.objects.filter(sensor_key=sensor_key))
    rows.sort(key=lambda one: (-one.level, one.since.timestamp() if one.since else 0.0))
    return [Line(one, _holds(one, at)) for one in rows]


def _holds(one: Limit, at: datetime) -> str:
    if one.since is not None and one.since > at:
        return COMING
    return PAST if one.until is not None and one.until <= at else PRESENT


def held_at(sensor_key: str, level: int, at: datetime) -> Limit | None:
    """The limit of a level at a moment, without lowered ones; where rows overlap, the one that
    began later."""
    found = [one.limit for one in lines_of(sensor_key, at) if one.holds == PRESENT]
    found = [one for one in found if one.level == level and not is_lowered(one.source)]
    return found[-1] if found else None


def basis_of(sensor_key: str, level: int) -> str:
    """A digest of the limits of one level: what a proposal rests on; lowered ones come and go."""
    rows: Iterable[Any] = (
        Limit.objects.filter(sensor_key=sensor_key, level=level)
        .exclude(source__startswith=LOWERED)
        .order_by("since", "value", "id")
        .values_list("value", "direction", "deadband", "since", "until")
    )
    told = repr([(v, d, b, *(t and t.timestamp() for t in times)) for v, d, b, *times in rows])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def why_not_propose(asker: Asker, sensor: Sensor) -> str | None:
    """Why the asker may not propose a limit of a sensor; None where it may."""
    if asker.may(PROPOSE_LIMITS, sensor.region, sensor.owner):
        return None
    return _("Limits are proposed by the managers of the jurisdiction.")


def why_not_decide(asker: Asker, change: Proposal) -> str | None:
    """Why the asker may not approve or refuse a proposal; None where it may."""
    if change.state != _STATES.PROPOSED:
        return told_state(change)
    if not asker.may(APPROVE_LIMITS, change.region, change.owner):
        return _("Limits are approved by a chief of the jurisdiction.")
    if change.proposed_by == asker.key:
        return _("Your own proposal is decided by another person.")
    return None


def why_not_withdraw(asker: Asker, change: Proposal) -> str | None:
    """Why the asker may not take a proposal back; None where it may."""
    if change.state != _STATES.PROPOSED:
        return told_state(change)
    if change.proposed_by != asker.key:
        return _("Only who proposed it can take it back.")
    return None


def told_state(change: Proposal) -> str:
    """Who did what to a proposal, and when."""
    name, at = change.proposed_name, change.proposed_at
    if change.decided_at is not None:
        name, at = change.decided_name, change.decided_at
    words = {"state": change.get_state_display(), "name": name,
             "at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"}  # fmt: skip
    return _("This proposal is already decided: %(state)s (%(name)s, %(at)s).") % words
