"""Places by their names, and the nearest shelters: what a resident asks."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Length

from anlan.apps.atlas.models import BaseFeature, Facility, Region, Target
from anlan.apps.atlas.queries.naming import region_path
from anlan.desk.geometry.lookups import box_around, distance_m
from anlan.desk.search import Match, matching, terms_of

_MOST, _LONGEST, _MOST_READ, _MOST_CALLED = 12, 60, 2_000, 50
_RINGS_M = (2_000.0, 8_000.0, 32_000.0, 100_000.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere; region: the smallest district it lies in, or itself · shape: its border or where
    it is, in degrees; None where that is not known."""

    name: str
    region: str
    shape: Any

    @property
    def point(self) -> Any:
        """A point within, or None."""
        return None if self.shape is None else self.shape.representative_point()

    @property
    def path(self) -> str:
        """The districts it lies in, by name."""
        return region_path(self.region)

    @property
    def at(self) -> str:
        """Where exactly, as an address carries it: longitude, latitude; empty for a district."""
        if self.shape is None or self.shape.area:
            return ""
        return f"{self.point.x:.5f},{self.point.y:.5f}"


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
    for where nothing else is called so.
    """
    *above, name = text.replace("\0", "")[:_LONGEST].split() or [""]
    if not name:
        return []
    found = _called(name)
    if above:
        found = [one for one in found if all(word in one.path for word in above)]
        found = found or _called(" ".join([*above, name]))
    return found[:_MOST]


def _called(name: str) -> list[Place]:
    found = _by_words(Region, name) + _by_words(Target, name)
    if not found:
        rows = BaseFeature.objects.filter(Q(name__icontains=name) | Q(name_en__icontains=name))
        found = list(rows.filter(layer="road").order_by("rank", "pk")[:_MOST_READ])
    found.sort(key=lambda row: (not _is_called(row, name), len(row.name)))
    once = {(row.name, getattr(row, "region", "")): row for row in reversed(found)}
    return [_place(row) for row in reversed(once.values())]


def _is_called(row: Any, name: str) -> bool:
    return name.casefold() in (row.name.casefold(), row.name_en.casefold())


def _by_words(model: Any, name: str) -> list[Any]:
    ids = matching(model, Match(tuple(terms_of(name))), limit=_MOST_READ)
    rows = model.objects.standing().filter(pk__in=ids)
    # The words of a thing are those of its codes too: here only its name is meant.
    named = Q(name__icontains=name) | Q(name_en__icontains=name)
    return list(rows.filter(named).order_by(Length("name"), "pk")[:_MOST_CALLED])


def _place(row: Any) -> Place:
    region = getattr(row, "region", "") or region_at(row.shape.representative_point())
    return Place(row.name, region, row.shape)


def place_in(region: str) -> Place | None:
    """A district by its code; None where there is none."""
    row = Region.objects.standing().filter(key=region).first()
    return _place(row) if row is not None else None


def region_at(point: Any) -> str:
    """The smallest district at a point; empty outside of all."""
    rows = Region.objects.standing().filter(shape__intersects=point)
    key = rows.annotate(n=Length("key")).order_by("-n").values_list("key", flat=True).first()
    return key or ""


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
