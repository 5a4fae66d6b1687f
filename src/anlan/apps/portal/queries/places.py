"""Places by their names, and the nearest shelters: what a resident asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import Q
from django.db.models.functions import Length

from anlan.apps.atlas.models import BaseFeature, Facility, Region, Target
from anlan.apps.atlas.queries.naming import region_path
from anlan.desk.geometry.lookups import box_around, distance_m
from anlan.desk.search import Match, matching, terms_of

_MOST, _LONGEST, _MOST_READ, _MOST_CALLED, _MOST_STREETS = 12, 60, 2_000, 50, 200
_DIGITS = 18
_RINGS_M = (2_000.0, 8_000.0, 32_000.0, 100_000.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere; region: the smallest district it lies in, or itself · shape: its border or where
    it is, in degrees; None where that is not known · thing: the row that it is, for `thing_at`;
    empty for a district, which its code names."""

    name: str
    region: str
    shape: Any
    thing: str = ""

    @property
    def point(self) -> Any:
        """A point within, or None."""
        return None if self.shape is None else self.shape.representative_point()

    @property
    def path(self) -> str:
        """The districts it lies in, by name."""
        return region_path(self.region)


@dataclass(frozen=True, slots=True)
class Shelter:
    """A shelter and how far it is as the crow flies; people: how many it holds."""

    row: Any
    metres: float
    point: Any

    @property
    def people(self) -> int | None:
        """How many it holds, where the atlas knows."""
        return getattr(self.row, "size", None)


def places_named(text: str) -> list[Place]:
    """Districts, quarters and streets of that name: an exact one first, then the shortest.

    Words before the last one name districts that it lies in: 安澜县 向阳社区. Streets are looked
    for where nothing else there is called so; one of a name is told for each district.
    """
    *above, name = text.replace("\0", "")[:_LONGEST].split() or [""]
    if not name:
        return []
    found = _called(name, above)
    if above and not found:
        found = _called(" ".join([*above, name]), [])
    return found[:_MOST]


def _called(name: str, above: list[str]) -> list[Place]:
    found = _lying(_by_words(Region, name) + _by_words(Target, name), name, above)
    return found or _lying(_streets(name, above), name, above)


def _lying(rows: list[Any], name: str, above: list[str]) -> list[Place]:
    """The best ones first, of each name and district one, in the districts of those words."""
    rows.sort(key=lambda row: (not _is_called(row, name), len(row.name)))
    once: dict[tuple[str, str], Place] = {}
    for one in _placed(rows):
        once.setdefault((one.name, one.region), one)
    return [one for one in once.values() if all(word in one.path for word in above)]


def _streets(name: str, above: list[str]) -> list[Any]:
    rows = BaseFeature.objects.filter(_named(name), layer="road")
    shapes = [row.shape for row in _by_words(Region, above[-1])] if above else []
    within = shapely.union_all([shape for shape in shapes[:_MOST] if shape is not None])
    if not within.is_empty:
        rows = rows.filter(shape__intersects=within)
    return list(rows.order_by(Length("name"), "rank", "pk")[:_MOST_STREETS])


def _is_called(row: Any, name: str) -> bool:
    return name.casefold() in (row.name.casefold(), row.name_en.casefold())


def _by_words(model: Any, name: str) -> list[Any]:
    ids = matching(model, Match(tuple(terms_of(name))), limit=_MOST_READ)
    rows = model.objects.standing().filter(pk__in=ids)
    # The words of a thing are those of its codes too: here only its name is meant.
    return list(rows.filter(_named(name)).order_by(Length("name"), "pk")[:_MOST_CALLED])


def _named(name: str) -> Q:
    return Q(name__icontains=name) | Q(name_en__icontains=name)


def _placed(rows: list[Any]) -> Iterator[Place]:
    """Rows as places; the districts of those that carry none are looked up at once."""
    bare = [row for row in rows if not getattr(row, "region", "") and row.shape is not None]
    keys = _regions_at([row.shape.representative_point() for row in bare])
    found = {id(row): key for row, key in zip(bare, keys, strict=True)}
    words = {Target: "target", BaseFeature: "road"}
    for row in rows:
        region: str = getattr(row, "region", "") or found.get(id(row), "")
        thing = f"{words[type(row)]}.{row.pk}" if type(row) in words else ""
        yield Place(row.name, region, row.shape, thing)


def place_in(region: str) -> Place | None:
    """A district by its code; None where there is none."""
    return next(_placed(list(Region.objects.standing().filter(key=region)[:1])), None)


def thing_at(thing: str) -> Place | None:
    """What `Place.thing` names, as its row is now; None where there is none."""
    kind, _dot, number = thing.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= _DIGITS):
        return None
    rows = {
        "target": Target.objects.standing(),
        "road": BaseFeature.objects.filter(layer="road"),
    }.get(kind)
    return None if rows is None else next(_placed(list(rows.filter(pk=int(number)))), None)


def _regions_at(points: list[Any]) -> list[str]:
    """The smallest district at each point; empty outside of all."""
    found = [""] * len(points)
    if not points:
        return found
    rows = Region.objects.standing().filter(shape__intersects=shapely.MultiPoint(points))
    tree = shapely.STRtree(points)
    for row in rows.order_by(Length("key")):
        for number in tree.query(row.shape, predicate="intersects"):
            found[number] = row.key
    return found


def shelters_near(point: Any, most: int = 3) -> list[Shelter]:
    """The nearest shelters within 100 km, the nearest first."""
    found: list[Shelter] = []
    for metres in _RINGS_M:
        box = box_around(point.x, point.y, metres)
        rows = [
            row
            for model in (Facility, Target)
            for row in model.objects.standing().filter(kind="shelter", shape__box=box)[:_MOST_READ]
        ]
        near = (Shelter(row, distance_m(row.shape, point.x, point.y),
                        row.shape.representative_point()) for row in rows)  # fmt: skip
        found = sorted((one for one in near if one.metres <= metres), key=lambda one: one.metres)
        if len(found) >= most:
            break
    return found[:most]


def borders() -> list[Place]:
    """The counties with their borders, and the towns where there is one county only."""
    rows = Region.objects.standing().exclude(shape=None).annotate(n=Length("key"))
    counties = list(rows.filter(n=6))
    found = counties if len(counties) > 1 else list(rows.filter(n=9)) or counties
    return [Place(row.name, row.key, row.shape) for row in found]
