"""The fictional city put into an empty atlas."""

import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import shapely
from django.db import transaction
from django.utils import timezone

from anlan.apps.atlas.actions.registry import place_sensors
from anlan.apps.atlas.models import (
    BaseFeature,
    Enterprise,
    Facility,
    ObservedObject,
    PopulationCell,
    Region,
    Sensor,
    Target,
)
from anlan.apps.atlas.words import words_for

if TYPE_CHECKING:
    from anlan.sandtable.city.model import Cell, City

_BATCH = 2000
_M_PER_DEGREE = 111_320.0
_COUNTED_ON, _SOURCE = date(2026, 1, 1), "沙盘虚构城市"
"""What the figures of the population grid are of: an invented city."""


def found_city(city: "City", now: datetime) -> bool:
    """Fills the atlas with a city that stands since `now`.

    False where it holds something: then it gets only the objects of hazards that are new in it,
    and what was a facility before sensors came to it is one no longer.
    """
    with transaction.atomic():
        if Region.objects.exists() or ObservedObject.objects.exists():
            known = set(ObservedObject.objects.values_list("pack", flat=True).distinct())
            fresh = [one for one in city.objects if one.pack not in known] if known else []
            _put(ObservedObject, (_observed(one, now) for one in fresh))
            if fresh:
                gone = Facility.objects.standing().filter(key__in=city.watched)
                gone.update(until=timezone.now(), words="")
            return False
        _put(Region, (_region(one, now) for one in city.regions))
        _put(Enterprise, (_enterprise(one, now) for one in city.enterprises))
        _put(ObservedObject, (_observed(one, now) for one in city.objects))
        _put(Target, (_target(one, now) for one in city.targets))
        _put(Facility, (_facility(one, now) for one in city.facilities))
        _put(BaseFeature, _features(city))
        _put(PopulationCell, map(_cell, city.population))
        place_sensors(list(Sensor.objects.values_list("object_key", flat=True).distinct()))
    return True


def _put(model: Any, rows: Iterable[Any]) -> None:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        for row in batch:
            if hasattr(row, "words"):
                row.words = words_for(row)
        model.objects.bulk_create(batch)


def _named(one: Any, now: datetime) -> dict[str, Any]:
    return {"key": one.key, "name": one.zh, "name_en": one.en, "region": one.region, "since": now}


def _reached(one: Any) -> dict[str, Any]:
    return {"contact": one.contact.name, "phone": one.contact.phone}


def _region(one: Any, now: datetime) -> Region:
    return Region(
        key=one.code, name=one.zh, name_en=one.en, region=one.code, shape=one.polygon, since=now,
        population=one.population, households=one.households,
    )  # fmt: skip


def _enterprise(one: Any, now: datetime) -> Enterprise:
    return Enterprise(
        **_named(one, now), **_reached(one), owner=one.organisation, industry=one.industry,
        credit_code=one.credit_code, address=one.address, shape=shapely.Point(one.point),
    )  # fmt: skip


def _observed(one: Any, now: datetime) -> ObservedObject:
    return ObservedObject(
        **_named(one, now), **_reached(one), owner=one.owner, kind=one.kind, pack=one.pack,
        attributes=dict(one.attributes), enterprise=one.enterprise, parent=one.parent,
        address=one.address, shape=one.shape,
    )  # fmt: skip


def _target(one: Any, now: datetime) -> Target:
    return Target(
        **_named(one, now), **_reached(one), kind=one.kind, people_day=one.people_day,
        people_night=one.people_night, address=one.address, shape=shapely.Point(one.point),
    )  # fmt: skip


def _facility(one: Any, now: datetime) -> Facility:
    return Facility(
        **_named(one, now), **_reached(one), owner=one.owner, kind=one.kind, size=one.size,
        attributes={name: value for name, value in one.attributes.items() if name != "device"},
        device=one.attributes.get("device", ""), shape=one.shape,
    )  # fmt: skip


def _features(city: "City") -> Iterator[BaseFeature]:
    for layer, features in city.layers.items():
        for one in features:
            yield BaseFeature(
                layer=layer, kind=one.kind, name=one.zh, name_en=one.en, rank=one.rank,
                shape=one.shape,
            )  # fmt: skip


def _cell(one: "Cell") -> PopulationCell:
    lon, lat = one.point
    north = one.side_m / 2 / _M_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(lat)))
    return PopulationCell(
        region=one.region, shape=shapely.box(lon - east, lat - north, lon + east, lat + north),
        people_day=one.people_day, people_night=one.people_night, counted_on=_COUNTED_ON,
        source=_SOURCE,
    )  # fmt: skip
