"""Sensors, their newest values, their limits and their course."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.apps.atlas.acts import SEE
from anlan.apps.atlas.history import MOST_POINTS, STORE
from anlan.apps.atlas.meaning import unit_of_quantity
from anlan.apps.atlas.models import Sensor
from anlan.apps.atlas.queries import limits_of, sensors
from anlan.apps.people.asker import Person
from anlan.site.api import shapes
from anlan.site.api.answers.newest import NEWEST, Row
from anlan.site.api.answers.places import in_region
from anlan.site.api.door import asker_with
from anlan.site.api.paging import Asked, page
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level

_LONGEST, _DAY = timedelta(days=400), timedelta(days=1)
router = Router(tags=["sensors"])


class Reading(Schema):
    """A reading; value: null where it is missing."""

    time: datetime
    value: float | None
    quality: str


class SensorOut(Schema):
    """A sensor in use; unit: UCUM · newest: null where none was heard, or `live` is false."""

    key: str
    name: str
    object: str
    quantity: str
    unit: str
    region: str
    lon: float | None
    lat: float | None
    interval_s: float | None
    newest: Reading | None


class LimitOut(Schema):
    """A limit in force; direction: up or down."""

    level: str | None
    value: float
    direction: str
    deadband: float
    since: datetime | None
    until: datetime | None
    source: str


class SensorMore(SensorOut):
    """A sensor with its limits in force."""

    limits: list[LimitOut]


class Sensors(Schema):
    """A page of sensors; live: whether the newest values could be read."""

    items: list[SensorOut]
    next: str
    live: bool


class PointOut(Schema):
    """A value of a course; low and high differ where it stands for several readings."""

    time: datetime
    value: float
    low: float
    high: float


class Course(Schema):
    """Known values with from ≤ time < to; steps are as fine as the points allow."""

    sensor: str
    quantity: str
    unit: str
    points: list[PointOut]


class Wanted(Asked, shapes.Boxed):
    """Which sensors."""

    region: str = Field("", max_length=12, description="Code; what lies in it.")
    object: str = Field("", max_length=128)
    quantity: str = Field("", max_length=64)


class Stretch(Schema):
    """From when to when: ISO 8601 (without a zone: the site's), or ms UTC; the last day if none."""

    start: datetime | None = Field(None, alias="from")
    end: datetime | None = Field(None, alias="to")
    points: int = Field(1000, ge=1, le=MOST_POINTS, description="About so many at most.")


@router.get("/sensors", response=Sensors, summary="Sensors with their newest values")
def list_sensors(request: HttpRequest, asked: Query[Wanted]) -> Any:
    """By region, object, quantity and bounding box."""
    named = {"object_key": asked.object, "quantity": asked.quantity}
    rows = sensors(asker_with(request, SEE)).filter(in_region(asked.region))
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    box = shapes.box_of(asked.bbox)
    found = page(rows.filter(shape__box=box) if box else rows, asked, order=("key",))
    newest = NEWEST.of([row.handle for row in found.rows])
    items = [_sensor(row, (newest or {}).get(row.handle)) for row in found.rows]
    return {"items": items, "next": found.next, "live": newest is not None}


@router.get("/sensors/{path:key}/readings", response=Course, summary="The course of a sensor")
def readings(request: HttpRequest, key: str, asked: Query[Stretch]) -> Any:
    """At most 400 days at once. 503 while the store cannot be read."""
    asker = asker_with(request, SEE)
    sensor = _sensor_for(asker, key)
    low, high = _span(asked, asker.now)
    points = STORE.course(sensor.handle, low, high, points=asked.points)
    return {
        "sensor": sensor.key,
        "quantity": sensor.quantity,
        "unit": unit_of_quantity(sensor.quantity),
        "points": [point._asdict() | {"time": _moment(point.time)} for point in points],
    }


@router.get("/sensors/{path:key}", response=SensorMore, summary="One sensor")
def one_sensor(request: HttpRequest, key: str) -> Any:
    """With its newest value and the limits in force."""
    asker = asker_with(request, SEE)
    row = _sensor_for(asker, key)
    newest = (NEWEST.of([row.handle]) or {}).get(row.handle)
    return _sensor(row, newest) | {"limits": [_limit(one) for one in limits_of(key, asker.now)]}


def _sensor_for(asker: Person, key: str) -> Sensor:
    found = sensors(asker).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _sensor(row: Sensor, newest: Row | None) -> dict[str, Any]:
    said = None
    if newest is not None:
        said = {"time": _moment(newest[0]), "value": newest[1], "quality": newest[2]}
    return {
        "key": row.key, "name": row.name, "object": row.object_key, "quantity": row.quantity,
        "unit": unit_of_quantity(row.quantity), "region": row.region,
        "interval_s": row.interval_s, "newest": said, **shapes.place_of(row),
    }  # fmt: skip


def _limit(one: Any) -> dict[str, Any]:
    names = ("value", "direction", "deadband", "since", "until", "source")
    return {"level": Level(one.level).word} | {name: getattr(one, name) for name in names}


def _span(asked: Stretch, now: datetime) -> tuple[int, int]:
    """The stretch in ms UTC; Malformed where it is none, or too long."""
    end = _zoned(asked.end) or now
    start = _zoned(asked.start) or end - _DAY
    if not timedelta() < end - start <= _LONGEST:
        raise Malformed("from must lie before to, by 400 days at most.", where="from")
    return round(start.timestamp() * 1000), round(end.timestamp() * 1000)


def _zoned(at: datetime | None) -> datetime | None:
    if at is None or at.tzinfo:
        return at
    return at.replace(tzinfo=timezone.get_current_timezone())


def _moment(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
