"""The fictional city as values: what stands where, who owns it, what watches it.

Everything is invented. Positions are WGS 84 degrees (longitude, latitude); shapes are Shapely
geometries in the same. Codes and keys begin with 99, which no region has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from anlan.engine.rules import Group
from anlan.sandtable.city.ground.frame import Floats, Ints
from anlan.terms.sensors import Limit, Sensor

Point = tuple[float, float]
"""(longitude, latitude)."""


class Contact(NamedTuple):
    """An invented post and a number of no network: 199-0000-xxxx."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A district; kind: the level of its code · seat: where its office stands."""

    code: str
    zh: str
    en: str
    parent: str
    polygon: Any
    seat: Point
    population: int
    households: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A body: kind is government, department, enterprise, team or public; parent is a key."""

    key: str
    zh: str
    en: str
    kind: str
    region: str
    parent: str
    address: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """A firm or works; industry is a Chinese word; its key is its organisation's too."""

    key: str
    zh: str
    en: str
    industry: str
    region: str
    address: str
    point: Point
    credit_code: str
    contact: Contact

    @property
    def short(self) -> str:
        """Its Chinese name without the word that says it is fictional."""
        return self.zh.removesuffix("(虚构)")

    @property
    def short_en(self) -> str:
        """The same in English."""
        return self.en.removesuffix(" (fictional)")

    @property
    def organisation(self) -> str:
        """The key of its organisation."""
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An observed object: its kind is a type of its pack, its attributes are by that schema.

    region: of a village · owner: an organisation's key · enterprise: a key, or empty · parent: the
    key of the wider object, or empty.
    """

    key: str
    kind: str
    pack: str
    zh: str
    en: str
    region: str
    owner: str
    enterprise: str
    shape: Any
    point: Point
    attributes: Mapping[str, object]
    contact: Contact
    address: str
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A protected target 防护目标; kind: school, kindergarten, hospital, care_home, quarter,
    village, market, station or shelter."""

    key: str
    kind: str
    zh: str
    en: str
    region: str
    point: Point
    people_day: int
    people_night: int
    contact: Contact
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """What stands in the city and no sensor watches: shelters, teams, most bridges and lifts …

    size: people of a shelter or a team, tonnes of a store, metres of a bridge, tunnel or pipe.
    """

    key: str
    kind: str
    zh: str
    en: str
    region: str
    owner: str
    shape: Any
    point: Point
    size: int
    contact: Contact
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of the base map; rank 1 is drawn from afar, 9 only near."""

    kind: str
    zh: str
    en: str
    shape: Any
    rank: int = 5
    attributes: Mapping[str, object] = field(default_factory=dict)


class Cell(NamedTuple):
    """People in one cell of the grid; the cell is a square of `side_m` about its point."""

    region: str
    point: Point
    side_m: float
    people_day: float
    people_night: float


class Fleet(NamedTuple):
    """One row a sensor, in the order of the city's sensors.

    recipe: row of fleet.recipes.RECIPES · owner: row of the city's objects · number: which of its
    kind at the object, from 0 · base: resting value · gain: how strongly it answers (1 as the
    recipe says) · x, y: km of the plane · interval_s, phase_s: of its readings · story: whether a
    story plays here, so that it reports faster then.
    """

    recipe: Ints
    owner: Ints
    number: Ints
    base: Floats
    gain: Floats
    x: Floats
    y: Floats
    interval_s: Ints
    phase_s: Ints
    story: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class City:
    """All of it.

    facilities: shelters, stores and teams besides what no sensor watches · watched: the keys of
    those that an earlier version had as facilities, and that are objects now · draw: the base map.
    """

    size: str
    seed: int
    zh: str
    en: str
    notice_zh: str
    notice_en: str
    regions: tuple[Region, ...]
    organisations: tuple[Organisation, ...]
    enterprises: tuple[Enterprise, ...]
    objects: tuple[Observed, ...]
    targets: tuple[Target, ...]
    facilities: tuple[Facility, ...]
    watched: frozenset[str]
    routes: Mapping[str, Any]
    draw: Callable[[], Mapping[str, tuple[Feature, ...]]]
    population: tuple[Cell, ...]
    sensors: tuple[Sensor, ...]
    limits: tuple[Limit, ...]
    groups: tuple[Group, ...]
    fleet: Fleet

    @property
    def layers(self) -> Mapping[str, tuple[Feature, ...]]:
        """The base map: sea, land, contour, green, water, river, road, building, label; drawn
        when it is first asked for."""
        return self.draw()

    def of_kind(self, *kinds: str) -> tuple[Facility, ...]:
        """The facilities of these kinds: shelter, store, team …"""
        return tuple(one for one in self.facilities if one.kind in kinds)

    @property
    def shelters(self) -> tuple[Facility, ...]:
        """Where people go."""
        return self.of_kind("shelter")

    @property
    def stores(self) -> tuple[Facility, ...]:
        """Where supplies lie."""
        return self.of_kind("store")

    @property
    def teams(self) -> tuple[Facility, ...]:
        """Who comes to help."""
        return self.of_kind("team")
