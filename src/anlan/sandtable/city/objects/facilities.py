"""Shelters, stores and teams; and bridges, tunnels, pipes, gas stations, elevators …

Of the latter some are watched and become observed objects; the others stand on the map and count.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import shapely

from anlan.sandtable.city.fabric.roads import Road
from anlan.sandtable.city.ground.frame import degrees, to_degrees
from anlan.sandtable.city.ground.water import RIVERS
from anlan.sandtable.city.model import Facility
from anlan.sandtable.city.owners.enterprises import Premises
from anlan.sandtable.city.regions.survey import Survey

_TUNNELS = (
    ((60.6, 38.3), (61.2, 37.8), "城东隧道", "Chengdong tunnel"),
    ((42.6, 47.2), (44.4, 46.0), "石岩山隧道", "Shiyanshan tunnel"),
    ((68.9, 49.5), (69.3, 47.9), "松岭隧道", "Songling tunnel"),
)
PIPES = (
    ((63.6, 32.9), (61.0, 36.6), "化工园—城关燃气管道", "chemical park to Chengguan gas pipe"),
    ((84.0, 20.0), (80.6, 25.0), "港区天然气主干管", "port gas main"),
    ((60.2, 37.75), (61.3, 37.15), "城关综合管廊", "Chengguan utility tunnel"),
)


def facilities(survey: Survey, premises: Premises, roads: list[Road]) -> Iterator[Facility]:
    """All of them, those for help first."""
    yield from _help(survey)
    yield from _bridges(survey, roads)
    for rows, kind in ((_TUNNELS, "tunnel"), (PIPES, "pipe")):
        for a, b, zh, en in rows:
            yield _line(survey, kind, shapely.LineString((a, b)), names=(zh, en))
    for firm in premises.stations:
        yield _at(survey, "gas_station", premises.lots[firm.key], names=(firm.zh, firm.en),
                  owner=firm.key, size=90)  # fmt: skip
    for firm in premises.fireworks:
        yield _at(survey, "fireworks_shop", premises.lots[firm.key], names=(firm.zh, firm.en),
                  owner=firm.key, size=1)  # fmt: skip
    for firm in premises.mines:
        yield _at(survey, "mine", premises.lots[firm.key], names=(firm.zh, firm.en),
                  owner=firm.key, size=180)  # fmt: skip
    for k, (x, y, village) in enumerate(survey.among_people(120, power=1.5), 1):
        keeper = next(o for o in premises.keepers if o.region[:6] == village.code[:6])
        names = f"{village.short}电梯{k}", f"{village.en} elevator {k}"
        yield _at(survey, "elevator", (x, y), names=names, owner=keeper.key, size=13)
    yield from _loudspeakers(survey)
    yield from _screens(survey)


def _help(survey: Survey) -> Iterator[Facility]:
    """A team and a store for each town, shelters where people are."""
    for one in survey.divided.every:
        if len(one.code) not in (6, 9):
            continue
        is_county = len(one.code) == 6
        names = f"{one.zh}应急救援队", f"{one.en} rescue team"
        owner = f"{one.code}-gov"
        yield _at(survey, "team", (one.x + 0.15, one.y + 0.1), names=names, owner=owner,
                  size=60 if is_county else 22)  # fmt: skip
        names = f"{one.zh}应急物资库", f"{one.en} emergency store"
        yield _at(survey, "store", (one.x + 0.2, one.y - 0.12), names=names, owner=owner,
                  size=320 if is_county else 40)  # fmt: skip
    for k, (x, y, village) in enumerate(survey.among_people(140, power=0.8), 1):
        names = f"{village.short}避难场所{k}", f"{village.en} shelter {k}"
        yield _at(survey, "shelter", (x, y), names=names, owner=f"{village.code[:9]}-gov",
                  size=int(survey.chance.integers(80, 1500)))  # fmt: skip


def _loudspeakers(survey: Survey) -> Iterator[Facility]:
    """One in the middle of each village, with a resource code of its own."""
    for number, one in enumerate(survey.villages, 1):
        names = f"{one.short}应急广播", f"{one.en} loudspeaker"
        found = _at(survey, "loudspeaker", (one.x, one.y), names=names,
                    owner=f"{one.code[:9]}-gov", size=800)  # fmt: skip
        yield replace(found, attributes={"device": f"{found.region}0314{number:04d}"})


def _screens(survey: Survey) -> Iterator[Facility]:
    """One in the square of each town of the first county, and of the seats of the others."""
    first = min(one.code for one in survey.divided.every if len(one.code) == 6)
    for one in survey.divided.every:
        is_town = len(one.code) == 9 and one.code.startswith(first)
        if is_town or (len(one.code) == 6 and one.code != first):
            names = f"{one.zh}广场显示屏", f"{one.en} square screen"
            yield _at(survey, "screen", (one.x, one.y), names=names, owner=f"{one.code}-gov",
                      size=24)  # fmt: skip


def _bridges(survey: Survey, roads: list[Road]) -> Iterator[Facility]:
    """Where roads cross rivers."""
    words = {
        "motorway": "高速桥",
        "national": "大桥",
        "provincial": "桥",
        "county": "小桥",
        "rail": "铁路桥",
    }
    for river in RIVERS:
        line = survey.land.rivers[river.key]
        number = 0
        for road in roads:
            for place in shapely.get_parts(shapely.intersection(road.line, line)):
                if place.geom_type != "Point":
                    continue
                number += 1
                names = f"{river.zh}{words[road.kind]}{number}", f"{river.en} bridge {number}"
                yield _at(survey, "bridge", (place.x, place.y), names=names, owner="",
                          size=round(river.width_m))  # fmt: skip


def _line(survey: Survey, kind: str, line: Any, *, names: tuple[str, str]) -> Facility:
    middle = line.interpolate(0.5, normalized=True)
    length_m = round(1000 * line.length)
    one = _at(survey, kind, (middle.x, middle.y), names=names, owner="", size=length_m)
    return replace(one, shape=to_degrees(line))


def _at(  # house: one row's fields
    survey: Survey, kind: str, at: tuple[float, float], *, names: tuple[str, str], owner: str,
    size: int,
) -> Facility:  # fmt: skip
    region, point = survey.village(*at).code, degrees(*at)
    return Facility(
        key=survey.key(region, _SHORT[kind]), kind=kind, zh=names[0], en=names[1], region=region,
        owner=owner or f"{region[:6]}-jt", shape=shapely.Point(point),
        point=point, size=size, contact=survey.contact("负责人"),
    )  # fmt: skip


_SHORT = {
    "team": "TM", "store": "ST", "shelter": "SL", "bridge": "BR", "tunnel": "TU", "pipe": "PI",
    "gas_station": "GS", "fireworks_shop": "FW", "mine": "MI", "elevator": "EL",
    "loudspeaker": "LS", "screen": "SC",
}  # fmt: skip
