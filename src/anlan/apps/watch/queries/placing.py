"""Where an alarm belongs: name, region and owner of its object, as the atlas has them."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Q

from anlan.apps.atlas.models import Enterprise, ObservedObject, Region, Sensor

_AT_ONCE = 500


class Place(NamedTuple):
    """What an alarm takes over of its object; region is empty where nobody knows it."""

    name: str
    kind: str = ""
    pack: str = ""
    region: str = ""
    owner: str = ""
    lon: float | None = None
    lat: float | None = None


def places_of(keys: Collection[str]) -> dict[str, Place]:
    """The places of objects, enterprises and districts by key; unknown ones by their sensors.

    A key that the atlas does not know has no region, so that it is shown to nobody but the
    administrators, as a fault.
    """
    found: dict[str, Place] = {}
    for read in (_objects, _enterprises, _regions, _sensors):
        missing = [key for key in keys if key not in found]
        for some in chunks(missing):
            found.update(read(some))
    return found


def is_placeable() -> Q:
    """A condition on alarms: `places_of` knows a region for their object."""
    keys = [
        model.objects.standing().exclude(region="").values("key")
        for model in (ObservedObject, Enterprise, Region)
    ]
    sensors = Sensor.objects.exclude(region="").values("object_key")
    return Q(*(("object_key__in", some) for some in (*keys, sensors)), _connector=Q.OR)


def chunks(items: Iterable[Any], size: int = _AT_ONCE) -> Iterator[list[Any]]:
    """The items in lists that a database takes at once."""
    rows = list(items)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _objects(keys: list[str]) -> dict[str, Place]:
    rows = ObservedObject.objects.standing().filter(key__in=keys)
    return {r.key: Place(r.name, r.kind, r.pack, r.region, r.owner, *_middle(r)) for r in rows}


def _enterprises(keys: list[str]) -> dict[str, Place]:
    rows = Enterprise.objects.standing().filter(key__in=keys)
    return {r.key: Place(r.name, "", "", r.region, r.owner, *_middle(r)) for r in rows}


def _regions(keys: list[str]) -> dict[str, Place]:
    rows = Region.objects.standing().filter(key__in=keys)
    return {r.key: Place(r.name, "", "", r.key, "", *_middle(r)) for r in rows}


def _sensors(keys: list[str]) -> dict[str, Place]:
    rows = Sensor.objects.filter(object_key__in=keys).order_by("-handle")
    return {r.object_key: Place(r.object_key, "", "", r.region, r.owner, *_middle(r)) for r in rows}


def _middle(row: Any) -> tuple[float | None, float | None]:
    """Longitude and latitude in the middle of a thing."""
    if row.shape is None or row.shape.is_empty:
        return None, None
    point = row.shape.representative_point()
    return point.x, point.y
