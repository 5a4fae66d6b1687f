"""The fictional basin as the registry knows it: sensors, limits, groups; and its schematic."""

from dataclasses import dataclass
from functools import cache

from anlan.engine.rules import Group
from anlan.sandtable.instruments import Instrument, instruments
from anlan.sandtable.places import FACILITIES, OBJECTS, RIVERS, Place, River
from anlan.terms.levels import level_named
from anlan.terms.sensors import Limit, Sensor

SOURCE = "澜水流域(虚构)演示阈值"

_WEST, _NORTH, _STEP = 160.0, 30.0, 0.006
"""Degrees of the schematic's corner, in the open Pacific where nobody lives, and of one unit."""


@dataclass(frozen=True)
class Basin:
    """What is there. places: objects and the groups above them, by key."""

    zh: str
    en: str
    sensors: tuple[Sensor, ...]
    limits: tuple[Limit, ...]
    groups: tuple[Group, ...]
    rivers: tuple[River, ...]
    places: dict[str, Place]
    instruments: dict[str, Instrument]


@cache
def basin() -> Basin:
    """The basin; the seed of a script changes its weather, not what stands there."""
    fleet = tuple(instruments())
    return Basin(
        zh="澜水流域(虚构)",
        en="Lan basin (fictional)",
        sensors=tuple(_sensor(one) for one in fleet),
        limits=tuple(limit for one in fleet for limit in _limits(one)),
        groups=tuple(_groups()),
        rivers=RIVERS,
        places={place.key: place for place in (*OBJECTS, *FACILITIES)},
        instruments={one.key: one for one in fleet},
    )


def _sensor(one: Instrument) -> Sensor:
    return Sensor(
        key=one.key,
        quantity=one.quantity,
        object=one.place.key,
        name=f"{one.place.zh} {one.zh}",
        lon=round(_WEST + _STEP * one.place.x, 6),
        lat=round(_NORTH - _STEP * one.place.y, 6),
        interval_ms=1000 * one.interval_s,
    )


def _limits(one: Instrument) -> list[Limit]:
    return [
        Limit(
            sensor=one.key,
            level=level_named(word),
            value=value,
            direction="low" if one.low else "high",
            deadband=one.deadband,
            source=SOURCE,
        )
        for word, value in one.marks.items()
    ]


def _groups() -> list[Group]:
    wide = [Group(key=place.key, kind="facility", name=place.zh) for place in FACILITIES]
    objects = [
        Group(key=place.key, kind="object", parent=place.parent or None, name=place.zh)
        for place in OBJECTS
    ]
    return wide + objects
