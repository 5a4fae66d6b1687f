"""Sensors, limits and groups of the city as the engine's registry has them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from anlan.engine.rules import Group
from anlan.sandtable.city.fleet.recipes import RECIPES, ROWS, Recipe, recipes_of
from anlan.sandtable.city.ground.chance import uniform
from anlan.sandtable.city.ground.frame import KM_EAST, KM_NORTH, SOUTH, WEST
from anlan.sandtable.city.ground.relief import Relief
from anlan.sandtable.city.model import Fleet, Observed
from anlan.terms.levels import level_named
from anlan.terms.sensors import Limit, Sensor

SOURCE = "安澜市(虚构)演示阈值"
STORY = re.compile(r"990101[A-Z]{2}9\d\d(?!\d)")
"""The keys of what the stories play on: in 安澜县, numbers 900 to 999."""


class Registry(NamedTuple):
    """What the engine is told, and the same sensors as columns."""

    sensors: tuple[Sensor, ...]
    limits: tuple[Limit, ...]
    groups: tuple[Group, ...]
    fleet: Fleet


def count_of(one: Observed) -> int:
    """How many sensors an object has."""
    return sum(RECIPES[key][1].count for key in recipes_of(one.kind, one.key, one.attributes))


def register(objects: tuple[Observed, ...], relief: Relief, *, seed: int) -> Registry:
    """Everything for the registry."""
    rows = list(_rows(objects))
    fleet = _fleet(rows, objects, relief, seed=seed)
    sensors = tuple(
        _sensor(objects[owner], ROWS[recipe], number, interval)
        for (owner, recipe, number), interval in zip(rows, fleet.interval_s.tolist(), strict=True)
    )
    limits = [
        limit
        for sensor, (_, recipe, _), rest in zip(sensors, rows, fleet.base.tolist(), strict=True)
        for limit in _limits(sensor.key, ROWS[recipe], rest)
    ]
    return Registry(sensors, tuple(limits), tuple(_groups(objects)), fleet)


def _rows(objects: Iterable[Observed]) -> Iterator[tuple[int, int, int]]:
    """(object, recipe, number) of each sensor."""
    for owner, one in enumerate(objects):
        for key in recipes_of(one.kind, one.key, one.attributes):
            place, recipe = RECIPES[key]
            for number in range(recipe.count):
                yield owner, place, number


def _fleet(
    rows: list[tuple[int, int, int]], objects: tuple[Observed, ...], relief: Relief, *, seed: int
) -> Fleet:
    owner, recipe, number = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    points = np.array([one.point for one in objects])[owner]
    x, y = (points[:, 0] - WEST) * KM_EAST, (points[:, 1] - SOUTH) * KM_NORTH
    own = np.arange(len(rows), dtype=np.uint64) * np.uint64(2) + np.uint64(seed << 24)
    chance, again = uniform(own), uniform(own + np.uint64(1))
    table = {name: np.array([getattr(r, name) for r in ROWS]) for name in ("spread", "interval_s")}
    ground = np.array([np.nan if r.ground is None else r.ground for r in ROWS])[recipe]
    height = np.where(np.isnan(ground), 0.0, np.round(relief.at(x, y), 1) + np.nan_to_num(ground))
    base = np.array([r.base for r in ROWS])[recipe] + height
    base += table["spread"][recipe] * (2 * chance - 1)
    is_fine = np.array([r.decimals > 3 for r in ROWS])[recipe]
    base = np.where(is_fine, np.round(base, 4), np.round(base, 2))
    interval = table["interval_s"][recipe].astype(np.int64)
    story = np.array([STORY.match(one.key) is not None for one in objects])[owner].astype(np.int64)
    phase = (again * np.minimum(interval, 3600)).astype(np.int64)
    return Fleet(recipe, owner, number, base, 0.85 + 0.3 * again, x, y, interval, phase, story)


def _sensor(one: Observed, recipe: Recipe, number: int, interval_s: int) -> Sensor:
    short, which = recipe.key.rpartition(".")[2], f"{number + 1}号" if recipe.count > 1 else ""
    return Sensor(
        key=f"{one.key}-{short}{number + 1}",
        quantity=recipe.quantity,
        object=one.key,
        name=f"{one.zh} {which}{recipe.zh}",
        lon=one.point[0],
        lat=one.point[1],
        interval_ms=1000 * interval_s,
    )


def _limits(key: str, recipe: Recipe, rest: float) -> Iterator[Limit]:
    for word, value in recipe.marks.items():
        yield Limit(
            sensor=key,
            level=level_named(word),
            value=round(value + rest if recipe.above else value, 3),
            direction="low" if recipe.low else "high",
            deadband=recipe.deadband,
            source=SOURCE,
        )


def _groups(objects: Sequence[Observed]) -> Iterator[Group]:
    """Major hazards, ponds, lines, stations and mines are facilities above their objects."""
    above = {one.parent for one in objects if one.parent}
    for one in objects:
        kind = "facility" if one.key in above else "object"
        yield Group(key=one.key, kind=kind, parent=one.parent or None, name=one.zh)
