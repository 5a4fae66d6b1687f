"""What stands in the asker's jurisdiction, now and as it was."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from anlan.apps.atlas.models import (
    Enterprise,
    Facility,
    Limit,
    ObservedObject,
    Region,
    Sensor,
    Target,
)
from anlan.apps.people.queries import within
from anlan.desk.asker import Asker


def objects(asker: Asker) -> QuerySet[Any]:
    """The observed objects as they stand."""
    return ObservedObject.objects.standing().filter(within(asker.scope))


def objects_at(asker: Asker, moment: datetime) -> QuerySet[Any]:
    """The observed objects as they stood at a moment."""
    return ObservedObject.objects.at(moment).filter(within(asker.scope))


def object_for(asker: Asker, key: str) -> ObservedObject:
    """An observed object; Http404 where there is none, or it is not the asker's."""
    found: ObservedObject | None = objects(asker).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def enterprises(asker: Asker) -> QuerySet[Any]:
    """The enterprises as they stand."""
    return Enterprise.objects.standing().filter(within(asker.scope))


def facilities(asker: Asker) -> QuerySet[Any]:
    """The facilities as they stand."""
    return Facility.objects.standing().filter(within(asker.scope))


def targets(asker: Asker) -> QuerySet[Any]:
    """The protected targets as they stand."""
    return Target.objects.standing().filter(within(asker.scope))


def regions(asker: Asker) -> QuerySet[Any]:
    """The districts of the asker's jurisdiction as they stand."""
    return Region.objects.standing().filter(within(asker.scope, owner=""))


def sensors(asker: Asker) -> QuerySet[Sensor]:
    """The sensors in use."""
    return Sensor.objects.filter(within(asker.scope), retired=False)


def sensors_of(asker: Asker, object_key: str) -> QuerySet[Sensor]:
    """The sensors in use of an object."""
    return sensors(asker).filter(object_key=object_key)


def limits_of(sensor_key: str, at: datetime) -> list[Limit]:
    """The limits of a sensor in force at a moment, the lowest level first; where rows of a level
    overlap, the one that began later."""
    holds = Q(since=None) | Q(since__lte=at)
    open_ = Q(until=None) | Q(until__gt=at)
    rows = list(Limit.objects.filter(holds, open_, sensor_key=sensor_key).order_by("level", "id"))
    rows.sort(key=lambda one: one.since.timestamp() if one.since else 0.0)
    found = {one.level: one for one in rows}
    return [found[level] for level in sorted(found)]
