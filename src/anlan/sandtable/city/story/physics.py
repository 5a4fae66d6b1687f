"""What is true of each sensor's place at each moment, before an instrument looks at it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from anlan.sandtable.city.fleet.recipes import ROWS
from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.story.script import DAY_MS, HOUR_MS, MINUTE_MS, Act
from anlan.sandtable.city.story.sky.rain import FELT_MS, Rain, smooth
from anlan.sandtable.city.story.sky.wind import wind
from anlan.sandtable.city.story.stage import Course
from anlan.sandtable.city.story.surges import SURGES
from anlan.sandtable.city.story.troubles import troubled

YEAR_MS = 365.25 * DAY_MS
_NEW_YEAR = 1_767_196_800_000
"""2026-01-01 in Beijing: from here on slopes have crept."""
_LOSS_MM = 25.0
"""What the ground of a slope or a catchment takes before anything answers."""

_TABLE = {
    name: np.array([getattr(one, name) for one in ROWS])
    for name in ("daily", "season", "gain", "floor")
}
WINDS = {"wind": "speed", "gust": "gust", "vane": "origin"}
"""What of the wind each answer tells."""
_FADES = ("river", "waterlogging", "reservoir", "soil", "pool", "mud")


def truth(course: Course, at: Any, *, weather: Sequence[Rain], seed: int) -> Floats:
    """(moments, sensors) the true values; at: ms UTC, of the same shape. Not for rain."""
    value = course.base + _daily(course, at)
    if course.answer in _FADES:
        value = value + _wet(course, at, weather)
    elif course.answer == "creep":
        value = value + _crept(course, at)
    elif course.answer in WINDS:
        blown = wind(course.x, course.y, at, rains=weather, seed=seed)
        value = value + getattr(blown, WINDS[course.answer])
    return troubled(seed, course, at, value=value)


def surged(
    value: Floats, course: Course, at: Any, *, acts: Sequence[Act], keys: dict[str, int]
) -> None:
    """Adds what the acts do at their own objects, in place; keys: sensor → the city's row."""
    for act in acts:
        for surge in SURGES[act.kind]:
            column = np.flatnonzero(course.index == keys.get(surge.sensor, -1))
            if len(column):
                value[:, column] += surge.at(act, at[:, column])


def _daily(course: Course, at: Any) -> Floats:
    """Daily and seasonal courses, by what moves them."""
    daily, season = _TABLE["daily"][course.recipe], _TABLE["season"][course.recipe]
    hour = ((at + 8 * HOUR_MS) % DAY_MS) / DAY_MS
    if course.answer == "co":
        return np.asarray(daily * _meals(hour, course.turn) + season * _winter(at))
    if course.answer == "stock":
        days = at / DAY_MS / (1.7 + 2.6 * course.turn) + course.turn
        return np.asarray(daily * (4 * np.abs(days - np.floor(days) - 0.5) - 1))
    if not daily.any() and not season.any():
        return np.zeros(at.shape)
    lift = np.sin(2 * np.pi * (hour - 0.37 + 0.06 * course.turn))
    return np.asarray(daily * lift - season * _winter(at))


def _winter(at: Any) -> Floats:
    """1 in the middle of January, −1 in July; one number a turn, for a year turns slowly."""
    return np.asarray(np.cos(2 * np.pi * (at[:, :1] - _NEW_YEAR - 15 * DAY_MS) / YEAR_MS))


def _meals(hour: Any, turn: Floats) -> Floats:
    """Cooking at noon and in the evening."""
    noon = (hour - 0.49 - 0.03 * turn) / 0.016
    evening = (hour - 0.765 - 0.05 * turn) / 0.022
    return np.asarray(2.0 * np.exp(-noon * noon) + 3.2 * np.exp(-evening * evening))


def _wet(course: Course, at: Any, weather: Sequence[Rain]) -> Floats:
    """What the rains of the last days have raised."""
    total = np.zeros(at.shape)
    gain = _TABLE["gain"][course.recipe] * course.rise
    for rain in weather:
        amount = np.maximum(rain.amount(course.x, course.y) - _loss(course, rain), 0.0)
        if not (amount * gain).any():
            continue
        since = (at - rain.onset) / MINUTE_MS - course.lag
        fade = 1.0 - smooth((at - rain.onset - FELT_MS + DAY_MS) / DAY_MS)
        up = smooth(since / course.up)
        down = np.exp(-np.maximum(since - course.up, 0.0) / course.down)
        total += gain * amount * up * down * fade
    return total


def _loss(course: Course, rain: Rain) -> float:
    """What does not run off; standing water comes of bursts only, soil takes up every rain."""
    if course.answer == "waterlogging":
        return _LOSS_MM if rain.burst else 1e9
    return 0.0 if course.answer in ("soil", "reservoir", "pool") else _LOSS_MM


def _crept(course: Course, at: Any) -> Floats:
    """A steady creep, slower than the rate that is entered for the slope."""
    days = (at - _NEW_YEAR) / DAY_MS
    return np.asarray(_TABLE["gain"][course.recipe] * (0.5 + 0.9 * course.turn) * days)
