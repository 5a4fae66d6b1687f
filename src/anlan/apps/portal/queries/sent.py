"""What was sent to the public, read from the messages' own bytes."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby

import shapely
from django.db.models import Count, Max
from shapely.geometry.base import BaseGeometry

from anlan.apps.warning.models import Message
from anlan.apps.warning.queries.audience.sinks import takes
from anlan.cap.message import Alert, Area, Info, moment_of
from anlan.cap.national.colours import level_of_severity
from anlan.cap.national.notice import GEOCODE
from anlan.cap.national.regions import read_region
from anlan.cap.read import read
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level

PUBLIC = "Actual"
"""The status of this sink: what the public reads is meant."""
IN_FORCE, CANCELLED, EXPIRED = "in_force", "cancelled", "expired"
_log = logging.getLogger("anlan.portal")
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_AT_ONCE = 200


@dataclass(frozen=True)
class Sent:
    """A message as it was sent; warning: the key of its course."""

    pk: int
    warning: str
    message: Alert

    @property
    def sent_at(self) -> datetime:
        """When it was sent."""
        return moment_of(self.message.sent) or _BEGINNING

    @property
    def expires_at(self) -> datetime | None:
        """When it ends by itself; the first of its languages says so."""
        return moment_of(self.message.info[0].expires)

    @property
    def onset_at(self) -> datetime | None:
        """When what it warns of is expected to begin."""
        return moment_of(self.message.info[0].onset)

    @property
    def level(self) -> Level:
        """How grave it is; NONE where it says none of ours."""
        try:
            return level_of_severity(self.message.info[0].severity)
        except Malformed:
            return Level.NONE

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The codes of the places that are warned."""
        return tuple(dict.fromkeys(_codes(self.message.info[0].area)))

    @cached_property
    def shape(self) -> BaseGeometry | None:
        """The area that is drawn, in degrees; None where only places are named."""
        rings = [ring for area in self.message.info[0].area for ring in area.polygon]
        return shapely.union_all([_polygon(ring) for ring in rings]) if rings else None

    def said(self, language: str) -> Info:
        """What it says to a reader of zh or en; the first language where it has not theirs."""
        own = (info for info in self.message.info if info.spoken[:2].lower() == language)
        return next(own, self.message.info[0])


def _codes(areas: Iterable[Area]) -> Iterator[str]:
    for area in areas:
        for pair in area.geocode:
            with suppress(Malformed):  # a place of another country's codes
                if pair.value_name == GEOCODE:
                    yield read_region(pair.value)


def _polygon(ring: str) -> BaseGeometry:
    corners = [tuple(map(float, corner.split(",")[::-1])) for corner in ring.split()]
    return shapely.make_valid(shapely.Polygon(corners))


@dataclass(frozen=True, slots=True)
class Course:
    """A warning as the public knows it: its messages, the first one first."""

    messages: tuple[Sent, ...]

    @property
    def key(self) -> str:
        """Of the warning."""
        return self.last.warning

    @property
    def last(self) -> Sent:
        """What holds now, or held last."""
        return self.messages[-1]

    def state(self, at: datetime) -> str:
        """in_force, cancelled or expired."""
        if self.last.message.msg_type == "Cancel":
            return CANCELLED
        end = self.last.expires_at
        return EXPIRED if end is not None and end <= at else IN_FORCE

    def touches(self, region: str) -> bool:
        """Whether it warns a place, a place above it, or a part of it; nowhere is no place."""
        codes = self.last.regions
        return bool(region) and any(
            region.startswith(code) or code.startswith(region) for code in codes
        )

    def warns(self, region: str, where: BaseGeometry | None) -> bool:
        """Whether it holds at a place: in a district named, or in the area drawn.

        region: the smallest district known there · where: the border of the place, of which a part
        is enough; or a point, which lies in no part that has a code; None where neither is known.
        """
        if any(region.startswith(code) for code in self.last.regions):
            return True
        is_point = where is not None and where.geom_type == "Point"
        if not is_point and self.touches(region):
            return True
        shape = self.last.shape
        return shape is not None and where is not None and bool(shape.intersects(where))


class Reader:
    """Reads messages, each one once: they never change. Threads may share one."""

    def __init__(self) -> None:
        self._known: dict[int, Sent | None] = {}

    def courses(self) -> list[Course]:
        """All that was sent to the public, the newest course first."""
        rows = Message.objects.filter(status=PUBLIC).order_by("pk")
        wanted = list(rows.values_list("pk", flat=True))
        # Another thread may put its own in place meanwhile: it never sees this one half filled.
        known = dict(self._known)
        known |= _read([pk for pk in wanted if pk not in known])
        self._known = known = {pk: known[pk] for pk in wanted if pk in known}
        sent = [one for one in known.values() if one is not None]
        sent.sort(key=lambda one: (one.warning, one.pk))
        groups = groupby(sent, key=lambda one: one.warning)
        found = [Course(tuple(messages)) for _key, messages in groups]
        return sorted(found, key=lambda course: course.last.pk, reverse=True)


def _read(fresh: list[int]) -> dict[int, Sent | None]:
    found = {}
    for start in range(0, len(fresh), _AT_ONCE):
        rows = Message.objects.filter(pk__in=fresh[start : start + _AT_ONCE])
        for row in rows.select_related("warning"):
            found[row.pk] = _sent_of(row)
    return found


def _sent_of(row: Message) -> Sent | None:
    """A message for the public; None, and told, where its bytes are none, so that one that is
    damaged does not keep the others back."""
    try:
        message = read(row.xml)
    except Malformed as error:
        _log.error("message %s cannot be read and is not shown: %s", row.identifier, error)
        return None
    if not takes(PUBLIC, message.status) or not message.info:
        _log.error("message %s is not for the public: %s", row.identifier, message.status)
        return None
    return Sent(row.pk, row.warning.key, message)


def in_force(courses: Iterable[Course], at: datetime) -> list[Course]:
    """Those that hold, the gravest first, of the same level the newest."""
    found = [one for one in courses if one.state(at) == IN_FORCE]
    return sorted(found, key=lambda one: (-one.last.level, -one.last.pk))


def body_of(sent: Sent) -> bytes:
    """The bytes of a message, exactly as it was sent."""
    return Message.objects.get(pk=sent.pk).xml


def cursor() -> str:
    """How far the messages have come: the newest row and how many there are."""
    told = Message.objects.aggregate(newest=Max("pk"), count=Count("pk"))
    return f"{told['newest'] or 0}/{told['count']}"
