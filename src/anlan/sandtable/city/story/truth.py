"""When each object truly became dangerous: from the physics, not from what instruments sent.

A danger is judged by what it does, never by a rule: water by the height at which it floods,
gas and carbon monoxide by what they do to people, slopes by their movement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.sandtable.city.fleet.recipes import ROWS
from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.model import City
from anlan.sandtable.city.story.columns import keys
from anlan.sandtable.city.story.physics import surged, truth
from anlan.sandtable.city.story.script import Script
from anlan.sandtable.city.story.sky.rain import rains
from anlan.sandtable.city.story.stage import Course, stage
from anlan.terms.levels import Level

STEP_MS = 10_000
_SPAN_TURNS = 720
"""Moments worked out at once: two hours."""


@dataclass(frozen=True, slots=True)
class Danger:
    """An object was dangerous from `start` to before `end`, ms UTC.

    level: ORANGE where people must act, RED where they are in danger of life · what: of what kind.
    """

    object: str
    level: Level
    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class Harm:
    """From which true value on a quantity harms: above the resting value when `above`.

    per_min: the harm is in the rate of change, per minute, not in the value · mean_min: in the
    mean over so many minutes.
    """

    what: str
    orange: float
    red: float
    above: bool = False
    low: bool = False
    per_min: bool = False
    mean_min: int = 0


# river: the bank's foot is flooded, the dyke runs over · depth: a car stops, people are swept ·
# gas in % of the explosive limit: no work without protection, near to ignition · CO: 1 h mean of
# 100 ppm gives head-aches, 10 min mean of 300 ppm unconsciousness in time · movement of slopes:
# 0.1 mm a minute cannot stop any more, 1 mm a minute is going · wind: trees fall and sheds fly, few
# buildings stand it · oxygen: people tire and fall · scour: the foundation stands free · drains:
# near the cover, over it · a lift: 1 is people in it.
HARMS = {
    "water_level": Harm("river over its banks", 2.9, 3.7, above=True),
    "waterlogging_depth": Harm("deep standing water", 0.30, 0.50),
    "chemical.flammable_gas": Harm("explosive gas", 20.0, 40.0),
    "chemical.toxic_gas": Harm("toxic gas", 100.0, 200.0),
    "geohazard.displacement": Harm("slope on the move", 0.1, 1.0, per_min=True),
    "mud_level": Harm("debris flow", 1.0, 2.0),
    "gust": Harm("destructive wind", 24.5, 32.7),
    "pool_level": Harm("pool too high", 0.7, 1.1, above=True),
    "co": Harm("carbon monoxide", 100.0, 200.0, mean_min=20),
    "methane": Harm("explosive gas", 20.0, 40.0),
    "well_methane": Harm("explosive gas", 40.0, 100.0),
    "tunnel.oxygen": Harm("too little oxygen", 18.5, 16.0, low=True),
    "scour_depth": Harm("foundation laid bare", 2.4, 3.4),
    "drain_depth": Harm("drain runs over", 3.0, 3.6),
    "trapped": Harm("people trapped", 0.5, 2.0),
}


def dangers(city: City, script: Script, low: int, high: int) -> list[Danger]:
    """Every span in which an object was truly dangerous within low … high, by start."""
    found: dict[tuple[str, Level], list[Danger]] = {}
    for course in stage(city).usual:
        for danger in _of(city, script, course, low, high):
            found.setdefault((danger.object, danger.level), []).append(danger)
    joined = [one for rows in found.values() for one in _joined(rows)]
    return sorted(joined, key=lambda one: (one.start, one.object, one.level))


def _of(
    city: City, script: Script, course: Course, low: int, high: int
) -> Iterator[Danger]:  # house: a span of one group
    harms = [HARMS.get(ROWS[k].quantity) for k in course.recipe]
    if not any(harms):
        return
    at = np.arange(low, high, STEP_MS, dtype=np.int64)
    value = _course(city, script, course, at)
    for column, harm in enumerate(harms):
        if harm is not None:
            owner = city.objects[city.fleet.owner[course.index[column]]].key
            yield from _spans(owner, harm, value[:, column] - harm.above * course.base[column], at)


def _course(city: City, script: Script, course: Course, at: Any) -> Floats:
    """(moments, sensors) the true values."""
    parts = []
    for piece in np.array_split(at, max(1, len(at) // _SPAN_TURNS)):
        when = np.repeat(piece[:, None], len(course.index), axis=1)
        weather = rains(script, int(piece[0]), int(piece[-1]) + 1)
        value = truth(course, when, weather=weather, seed=script.seed)
        surged(value, course, when, acts=script.acts, keys=keys(city))
        parts.append(value)
    return np.concatenate(parts)


def _spans(owner: str, harm: Harm, value: Floats, at: Any) -> Iterator[Danger]:
    """The spans in which one course harms."""
    if harm.per_min:
        value = np.gradient(value) * (60_000 / STEP_MS)
    if harm.mean_min:
        value = _mean(value, harm.mean_min * 60_000 // STEP_MS)
    for level, limit in ((Level.ORANGE, harm.orange), (Level.RED, harm.red)):
        is_there = value <= limit if harm.low else value >= limit
        edges = np.flatnonzero(np.diff(np.concatenate(([0], is_there.astype(np.int8), [0]))))
        for start, end in zip(edges[0::2], edges[1::2], strict=True):
            yield Danger(owner, level, int(at[start]), int(at[end - 1]) + STEP_MS, harm.what)


def _mean(value: Floats, count: int) -> Floats:
    """The mean over the last `count` values; over fewer at the beginning."""
    total = np.concatenate(([0.0], np.cumsum(value)))
    upto = np.arange(1, len(value) + 1)
    since = np.maximum(upto - count, 0)
    return np.asarray((total[upto] - total[since]) / (upto - since))


def _joined(rows: Sequence[Danger]) -> list[Danger]:
    """Spans of one object and level that touch or overlap, as one."""
    out: list[Danger] = []
    for one in sorted(rows, key=lambda row: row.start):
        if out and one.start <= out[-1].end + 60_000:
            last = out.pop()
            end = max(last.end, one.end)
            one = Danger(last.object, last.level, last.start, end, last.what)
        out.append(one)
    return out
