"""What a course says now: what its last message says, whichever came last."""

from datetime import datetime, timedelta

import shapely
from shapely.geometry.base import BaseGeometry

from anlan.apps.atlas.models import Region
from anlan.apps.warning.models.incoming import (
    Incoming,
    IncomingMessage,
    IncomingPlace,
    IncomingReference,
)
from anlan.apps.warning.queries.incoming.listing import messages_of
from anlan.apps.warning.queries.incoming.reading import Told, frozen_in, told_in
from anlan.apps.warning.queries.incoming.shapes import shape_of
from anlan.terms.places import above_all

ASSUMED = timedelta(hours=24)
"""How long a message holds that does not say it."""
_COUNTY = 6


def settle(course: Incoming, now: datetime, *, region: str = "") -> None:
    """Brings a course up to date; region: where it holds if no message names a place."""
    messages = messages_of(course)
    last = messages[-1]
    saying = next((one for one in reversed(messages) if one.kind != "Cancel"), last)
    told = told_in(frozen_in(saying))
    course.sent_at, course.signature = last.sent_at, last.signature
    course.is_lifted, course.sender = last.kind == "Cancel", last.sender
    _say(course, told, saying)
    course.missing = _missing(messages)
    course.changed_at = now
    _place(course, told, region)
    course.save()
    course.places.all().delete()
    IncomingPlace.objects.bulk_create(
        IncomingPlace(warning=course, region=code) for code in course.regions
    )


def _say(course: Incoming, told: Told, saying: IncomingMessage) -> None:
    course.office, course.code, course.level = told.office[:256], told.code[:16], told.level
    course.event_zh, course.event_en = told.event_zh[:128], told.event_en[:128]
    course.headline_zh, course.headline_en = told.headline_zh[:512], told.headline_en[:512]
    course.area, course.onset_at = told.area[:512], told.onset_at
    course.is_assumed = told.ends_at is None
    course.ends_at = told.ends_at or saying.sent_at + ASSUMED


def _place(course: Incoming, told: Told, region: str) -> None:
    """Its places by their codes, else by its shape, else as the feed says."""
    codes, shape = sorted(told.regions), shape_of(told.areas)
    if not codes and shape is not None:
        codes = _under(shape)
    if not codes and region:
        codes = [region]
    course.regions, course.region = codes, above_all(codes) if codes else ""
    course.shape = shape if shape is not None else _border(codes)


def _under(shape: BaseGeometry) -> list[str]:
    """The counties that a shape touches with more than its edge."""
    rows = Region.objects.standing().filter(shape__box=shape.bounds).exclude(shape=None)
    near = ((row.key, row.shape) for row in rows if len(row.key) == _COUNTY)
    return sorted(key for key, land in near if land.intersection(shape).area > 0)


def _border(codes: list[str]) -> BaseGeometry | None:
    """The borders of places together; None where the atlas knows none of them."""
    rows = Region.objects.standing().filter(key__in=codes).exclude(shape=None)
    lands = [row.shape for row in rows if row.shape.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(lands) if lands else None


def _missing(messages: list[IncomingMessage]) -> int:
    """How many messages are referred to and never came; those of other hands did come."""
    rows = IncomingReference.objects.filter(message__in=messages)
    names = set(rows.values_list("called", flat=True)) - {one.called for one in messages}
    came = IncomingMessage.objects.filter(called__in=names, status=messages[-1].status)
    return len(names - set(came.values_list("called", flat=True)))
