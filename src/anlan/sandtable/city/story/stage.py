"""The sensors sorted for the signals: groups that report alike, and how each answers to rain."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from anlan.sandtable.city.fleet.recipes import ROWS
from anlan.sandtable.city.ground.chance import mixed, uniform
from anlan.sandtable.city.ground.frame import Floats, Ints
from anlan.sandtable.city.ground.water import RIVERS
from anlan.sandtable.city.model import City

_AT_ONCE = 16_384
"""Sensors of one group at most."""
# Of a river by its width in m: minutes from rain to rise, of rise, of fall.
_QUICK, _MIDDLE, _SLOW = (4.0, 24.0, 75.0), (14.0, 55.0, 200.0), (9.0, 40.0, 260.0)
# Story spots: depth in m that a burst of 100 mm brings, and the minutes as above.
_SPOTS = {
    "990101LP901": (0.98, 2.65, 22.0, 38.0),
    "990101LP902": (0.62, 3.5, 24.0, 34.0),
    "990101LP903": (0.44, 5.0, 25.0, 40.0),
    "990101LP904": (0.38, 5.5, 26.0, 32.0),
    "990101LP905": (0.52, 6.0, 27.0, 45.0),
    "990101LP906": (0.30, 4.0, 24.0, 30.0),
}


@dataclass(frozen=True, slots=True)
class Course:
    """One group of sensors of one answer and interval, by phase; every array is a row a sensor.

    index: the city's · recipe: of each · rise: per mm of effective rain · lag, up, down: minutes ·
    turn: of daily courses, 0–1 · number: 64 bits of its own.
    """

    answer: str
    step_s: int
    index: Ints
    phase_s: Ints
    recipe: Ints
    base: Floats
    gain: Floats
    x: Floats
    y: Floats
    rise: Floats
    lag: Floats
    up: Floats
    down: Floats
    turn: Floats
    number: Any
    story: Ints


@dataclass(frozen=True, slots=True)
class Stage:
    """The ordinary groups, and those of the story sensors when they report fast."""

    usual: tuple[Course, ...]
    busy: tuple[Course, ...]


@lru_cache(maxsize=4)
def stage(city: City, sparse: int = 1) -> Stage:
    """The groups of a city, but for what drives; sparse: see Act."""
    fleet = city.fleet
    answers = np.array([one.answer for one in ROWS])[fleet.recipe]
    step = fleet.interval_s
    quick = np.array([one.story_s for one in ROWS])[fleet.recipe] * sparse
    response = _responses(city)
    number = mixed(np.arange(len(step), dtype=np.uint64) + np.uint64(city.seed << 40))
    story = np.flatnonzero(fleet.story)
    every = np.flatnonzero(answers != "driven")
    fast = np.minimum(quick, step)
    return Stage(
        usual=_grouped(city, answers, response, rows=every, step=step, number=number),
        busy=_grouped(city, answers, response, rows=story, step=fast, number=number),
    )


def _grouped(  # house: the columns of one table
    city: City, answers: Any, response: Floats, *, rows: Ints, step: Ints, number: Any
) -> tuple[Course, ...]:  # fmt: skip
    fleet, out, more = city.fleet, [], (number, response)
    phase = fleet.phase_s % np.maximum(step, 1)
    for answer in sorted(set(answers[rows])):
        for step_s in sorted(set(step[rows][answers[rows] == answer].tolist())):
            own = rows[(answers[rows] == answer) & (step[rows] == step_s)]
            own = own[np.argsort(phase[own], kind="stable")]
            for part in np.array_split(own, -(-len(own) // _AT_ONCE)):
                out.append(_course(city, str(answer), step_s, own=part, phase=phase, more=more))
    return tuple(out)


def _course(  # house: the columns of one table
    city: City, answer: str, step_s: int, *, own: Ints, phase: Ints, more: tuple[Any, Floats]
) -> Course:  # fmt: skip
    fleet = city.fleet
    rise, lag, up, down = more[1][:, own]
    return Course(
        answer, step_s, own, phase[own], fleet.recipe[own], fleet.base[own], fleet.gain[own],
        fleet.x[own], fleet.y[own], rise, lag, up, down, uniform(more[0][own] ^ np.uint64(5)),
        more[0][own], fleet.story[own],
    )  # fmt: skip


def _responses(city: City) -> Floats:
    """(rise, lag, up, down) of each sensor."""
    width = {one.zh: one.width_m for one in RIVERS}
    out = np.zeros((4, len(city.sensors)))
    hashed = uniform(np.arange(len(city.sensors), dtype=np.uint64) * np.uint64(7) + np.uint64(3))
    for owner, k in zip(city.fleet.owner.tolist(), range(len(city.sensors)), strict=True):
        answer = ROWS[city.fleet.recipe[k]].answer
        if answer in _FIXED:
            out[:, k] = _FIXED[answer]
        elif answer == "river":
            wide = width[str(city.objects[owner].attributes["river"])]
            speed = _QUICK if wide < 100 else _MIDDLE if wide < 300 else _SLOW
            out[:, k] = (0.046 if wide < 100 else 0.036, *speed)
        elif answer == "waterlogging":
            plain = (0.12 + 0.5 * hashed[k] ** 2, 4 + 5 * hashed[k], 25.0, 40.0)
            depth, *times = _SPOTS.get(city.objects[owner].key, plain)
            out[:, k] = (depth / 72.0, *times)
    return out


# rise per mm, lag, up, down in minutes
_FIXED = {
    "reservoir": (0.014, 25.0, 240.0, 4000.0),
    "soil": (0.0115, 8.0, 60.0, 1500.0),
    "pool": (0.0032, 30.0, 260.0, 1800.0),
    "mud": (0.004, 6.0, 25.0, 90.0),
    "creep": (0.02, 20.0, 300.0, 1e9),
}
