"""What lies around a place: people, protected targets, observed objects, within a distance."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from anlan.apps.atlas.models import PopulationCell, Region
from anlan.apps.atlas.queries.objects import enterprises, facilities, objects, targets
from anlan.apps.people.queries import within
from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed
from anlan.terms.places import COUNTRY

MOST, MOST_READ = 200, 100_000
_M_PER_DEGREE = 111_320.0


class Found(NamedTuple):
    """The first 200 rows of an area, how many there are in all, and of each kind."""

    rows: list[Any]
    total: int
    kinds: dict[str, int]


class Grid(NamedTuple):
    """Of a population grid the oldest day that a figure is of, and whose figures they are."""

    counted_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Around:
    """What an area holds of the asker's jurisdiction.

    people_day, people_night: by the cells of the population grid, in proportion where the border
    cuts one · is_cut: the area reaches beyond the jurisdiction; what lies there is not counted.
    """

    area: Any
    objects: Found
    targets: Found
    enterprises: Found
    facilities: Found
    people_day: int
    people_night: int
    is_cut: bool


def around(asker: Asker, shape: Any, *, metres: float = 0.0) -> Around:
    """What an area holds: a shape in degrees, widened on all sides by some metres.

    Raises Malformed where there is more than can be looked at.
    """
    area = widened(shape, metres)
    day, night = _people(asker, area)
    return Around(
        area=area,
        objects=_found(objects(asker), area, "kind"),
        targets=_found(targets(asker), area, "kind"),
        enterprises=_found(enterprises(asker), area, "industry"),
        facilities=_found(facilities(asker), area, "kind"),
        people_day=day,
        people_night=night,
        is_cut=_is_cut(asker, area),
    )


def grid_of(asker: Asker, area: Any) -> Grid:
    """What the figures of people in an area rest on, as the population grid says itself."""
    cells = PopulationCell.objects.filter(within(asker.scope, owner=""), shape__box=area.bounds)
    told = cells.aggregate(since=Min("counted_on"), source=Max("source"))
    return Grid(told["since"], told["source"] or "")


def widened(shape: Any, metres: float) -> Any:
    """A shape widened on all sides, on a plane at its own latitude; within 0.5 % up to 100 km."""
    if metres <= 0 or shape.is_empty:
        return shape
    middle = shape.centroid
    scale = np.array([math.cos(math.radians(middle.y)) * _M_PER_DEGREE, _M_PER_DEGREE])
    at = np.array([middle.x, middle.y])
    flat = shapely.transform(shape, lambda xy: (xy - at) * scale)
    return shapely.transform(flat.buffer(metres, quad_segs=32), lambda xy: xy / scale + at)


def _found(rows: QuerySet[Any], area: Any, kind: str) -> Found:
    inside = _not_too_many(rows, area).filter(shape__intersects=area)
    kinds = {
        str(one[kind]): int(one["n"])
        for one in inside.order_by(kind).values(kind).annotate(n=Count("id"))
    }
    return Found(list(inside.order_by("region", "key")[:MOST]), sum(kinds.values()), kinds)


def _not_too_many(rows: QuerySet[Any], area: Any) -> QuerySet[Any]:
    """The same rows, unless too many lie about an area; told by the index, before any is read."""
    if rows.filter(shape__box=area.bounds).order_by()[: MOST_READ + 1].count() > MOST_READ:
        raise Malformed(_("Too much lies within this area. Choose a smaller one."))
    return rows


def _people(asker: Asker, area: Any) -> tuple[int, int]:
    cells_here = PopulationCell.objects.filter(within(asker.scope, owner=""))
    inside = _not_too_many(cells_here, area).filter(shape__intersects=area)
    rows = list(inside.values_list("shape", "people_day", "people_night"))
    if not rows:
        return 0, 0
    cells = np.array([row[0] for row in rows], object)
    size = shapely.area(cells)
    share = np.where(
        size > 0, shapely.area(shapely.intersection(cells, area)) / np.maximum(size, 1e-30), 1.0
    )
    day, night = (np.array([row[i] for row in rows]) for i in (1, 2))
    return round(float(share @ day)), round(float(share @ night))


def _is_cut(asker: Asker, area: Any) -> bool:
    if any(grant.region == COUNTRY for grant in asker.scope.grants):
        return False
    codes = [grant.region for grant in asker.scope.grants]
    borders = Region.objects.standing().filter(Q(key__in=codes)).values_list("shape", flat=True)
    known = [border for border in borders if border is not None]
    return not known or not shapely.covers(shapely.union_all(known), area)
