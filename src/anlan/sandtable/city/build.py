"""Builds the whole city of one size and seed."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import NamedTuple

from anlan.sandtable.city.fabric.layers import layers_of
from anlan.sandtable.city.fabric.roads import roads
from anlan.sandtable.city.fleet.registry import count_of, register
from anlan.sandtable.city.ground.frame import degrees, to_degrees
from anlan.sandtable.city.ground.land import land_of
from anlan.sandtable.city.ground.relief import STEP
from anlan.sandtable.city.model import Cell, City, Observed, Region
from anlan.sandtable.city.objects.chemical import chemical
from anlan.sandtable.city.objects.facilities import facilities
from anlan.sandtable.city.objects.flood import flood
from anlan.sandtable.city.objects.geohazard import geohazard
from anlan.sandtable.city.objects.homes import homes
from anlan.sandtable.city.objects.lifelines import lifelines
from anlan.sandtable.city.objects.reporting import hosts, outlets, vehicles
from anlan.sandtable.city.objects.sites import sites
from anlan.sandtable.city.objects.standing import Standing
from anlan.sandtable.city.objects.tailings import tailings
from anlan.sandtable.city.objects.targets import targets
from anlan.sandtable.city.objects.wind import wind_stations
from anlan.sandtable.city.owners.enterprises import Premises, premises
from anlan.sandtable.city.owners.organisations import organisations
from anlan.sandtable.city.regions.divisions import Divided, divided_of
from anlan.sandtable.city.regions.people import PEOPLE_A_HOUSEHOLD, People, settle
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import SIZES, Amounts
from anlan.terms.errors import Malformed

NOTICE_ZH = "安澜市是虚构的城市，地形、机构、企业、人口、电话和读数均为程序生成。"
NOTICE_EN = (
    "Anlan is a fictional city: its ground, bodies, people, numbers and readings are made up."
)


@cache
def city(size: str = "S", seed: int = 99) -> City:
    """The fictional city; size S (2,000 sensors), M (50,000) or L (1,000,000).

    Raises Malformed for another size.
    """
    if size not in SIZES:
        raise Malformed(f"no such size: {size!r} ({', '.join(SIZES)})")
    amounts, land = SIZES[size], land_of(seed)
    divided = divided_of(seed)
    people = settle(land.relief, divided, dry=land.dry, crowd=amounts.crowd)
    survey = Survey(land, divided, people, seed=seed)
    firms = premises(survey, amounts)
    early = _early(survey, amounts, firms)
    aims = tuple(targets(survey, amounts))
    ways = roads(divided, seed=seed)
    standing = Standing(survey, facilities(survey, firms, ways))
    newer = [*lifelines(survey, amounts, firms, standing), *sites(survey, amounts, firms, standing)]
    newest = [*hosts(survey, amounts, aims), *outlets(survey, amounts, firms)]
    routes = list(vehicles(survey, amounts, firms, ways))
    objects = early.with_room_for(newer, [*newest, *(one for one, _ in routes)])
    registry = register(objects, land.relief, seed=seed)
    return City(
        size=size, seed=seed, zh="安澜市(虚构)", en="Anlan City (fictional)",
        notice_zh=NOTICE_ZH, notice_en=NOTICE_EN,
        regions=tuple(_regions(divided, people)),
        organisations=tuple(organisations(survey, firms.every)),
        enterprises=firms.every,
        objects=objects,
        targets=aims,
        facilities=standing.unwatched,
        watched=standing.watched,
        routes={one.key: line for one, line in routes},
        draw=partial(layers_of, seed),
        population=tuple(_cells(people)),
        **registry._asdict(),
    )  # fmt: skip


class _Early(NamedTuple):
    """The objects of the first packs, the homes that fill up, and wind, which came after them.

    The newest packs stand where homes make room for them, so that whatever was there before keeps
    its place and its readings.
    """

    first: tuple[Observed, ...]
    homes: tuple[Observed, ...]
    wind: tuple[Observed, ...]

    def with_room_for(
        self, newer: Sequence[Observed], newest: Sequence[Observed]
    ) -> tuple[Observed, ...]:
        """All objects, with as many homes as the size's sensors leave."""
        room = sum(count_of(one) for one in (*newest, *self.wind, *newer))
        kept = self.homes[: max(0, len(self.homes) - room)]
        return (*self.first, *kept, *newest, *self.wind, *newer)


def _early(survey: Survey, amounts: Amounts, firms: Premises) -> _Early:
    first = (
        *flood(survey, amounts),
        *chemical(survey, amounts, firms),
        *tailings(survey, firms.mines),
        *geohazard(survey, amounts),
    )
    left = amounts.sensors - sum(count_of(one) for one in first)
    lived_in = tuple(homes(survey, count=left, shops=amounts.shops))
    return _Early(first, lived_in, tuple(wind_stations(survey, amounts.wind_stations)))


def _regions(divided: Divided, people: People) -> Iterator[Region]:
    total = people.of()
    for one in divided.every:
        count = round(total.get(one.code, 0.0))
        yield Region(
            code=one.code, zh=one.zh, en=one.en, parent=one.parent, polygon=to_degrees(one.shape),
            seat=degrees(one.x, one.y), population=count,
            households=round(count / PEOPLE_A_HOUSEHOLD),
        )  # fmt: skip


def _cells(people: People) -> Iterator[Cell]:
    rows = zip(
        people.village, people.x.tolist(), people.y.tolist(),
        people.day.tolist(), people.night.tolist(), strict=True,
    )  # fmt: skip
    for village, x, y, day, night in rows:
        yield Cell(village, degrees(x, y), 1000 * STEP, day, night)
