"""What instruments do: noise, drift, spikes, drop-outs, silence, maintenance."""

from typing import Any

import numpy as np

from anlan.sandtable.city.fleet.recipes import ROWS
from anlan.sandtable.city.ground.chance import Words64
from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.story.draw import drawn
from anlan.sandtable.city.story.draw import words as words_of
from anlan.sandtable.city.story.script import DAY_MS, HOUR_MS, Script
from anlan.sandtable.city.story.stage import Course
from anlan.terms.quality import Quality

_SILENT, _LOST, _EMPTY, _SPIKES = 0.0015, 1 / 500, 1 / 4000, 1 / 25000
"""Shares: of two-hour blocks, of readings, of readings, of readings."""
_SERVICED, _CAUGHT = 1 / 90, 1 / 6000
"""Shares of a sensor's days."""
_JUMPS = {
    "river": 2.2, "reservoir": 3.1, "waterlogging": 0.6, "creep": 45.0, "pool": 14.0,
}  # fmt: skip
_STEPS = {"river": 2.2, "reservoir": 3.1, "waterlogging": 0.35}
"""How far a value that stays wrong is off; of others, sixty times their noise."""
_BLOCK_MS = 2 * HOUR_MS
_TURNED, _AGAIN = np.uint64(0xF1357AEA2E62A9C5), np.uint64(0x9FB21C651E98DF25)
_EVEN = np.uint64(0x0000FFFF0000FFFF)
_TABLE = {
    name: np.array([getattr(one, name) for one in ROWS]) for name in ("noise", "decimals", "floor")
}


def chances(script: Script, course: Course, at: Any) -> Words64:
    """64 bits of chance for each reading."""
    return words_of(script.seed, course, at, salt=23)


def is_silent(script: Script, course: Course, at: Any, *, words: Words64) -> Any:
    """Whether nothing comes: a block of two hours, or a lost reading."""
    silent = drawn(script.seed, course, at // _BLOCK_MS, salt=21, chance=_SILENT)
    lost = (words * _TURNED) < np.uint64(int(_LOST * 2**64))
    return lost if silent is None else silent | lost


def measured(
    script: Script, course: Course, at: Any, *, true: Floats, words: Words64
) -> tuple[Floats, Any]:
    """Values and qualities as the instruments send them."""
    quality = np.zeros(at.shape, np.uint8)
    if course.answer in ("rain", "entered"):
        return _rounded(course, true), quality
    value = true + _TABLE["noise"][course.recipe] * _normal(words)
    if course.answer == "vane":
        value = np.mod(value, 360.0)
    if course.answer == "gas":
        value = value + _drift(course, at)
    if course.answer in _JUMPS:
        is_spike = (words ^ np.uint64(0x5555555555555555)) < np.uint64(int(_SPIKES * 2**64))
        value = value + np.where(is_spike, _JUMPS[course.answer], 0.0)
        value = value + _shifted(script, course, at)
    serviced = drawn(script.seed, course, at // DAY_MS, salt=24, chance=_SERVICED)
    if serviced is not None:
        hour = (at % DAY_MS) / HOUR_MS
        quality[serviced & (hour >= 2.0) & (hour < 2.7)] = Quality.UNCERTAIN
    value = _rounded(course, value)
    value[(words * _AGAIN) < np.uint64(int(_EMPTY * 2**64))] = np.nan
    return value, quality


def _shifted(script: Script, course: Course, at: Any) -> Any:
    """A wrong value that stays for an hour or two: a caught float, a car under the gauge."""
    days = at // DAY_MS
    is_drawn = drawn(script.seed, course, days, salt=27, chance=_CAUGHT)
    if is_drawn is None:
        return 0.0
    chance = (words_of(script.seed, course, days, salt=28) >> np.uint64(40)) / float(1 << 24)
    since = (at % DAY_MS) / HOUR_MS - 20.0 * chance
    size = _STEPS.get(course.answer, 0.0) or 60.0 * _TABLE["noise"][course.recipe]
    return np.where(is_drawn & (since >= 0.0) & (since < 1.0 + chance), size, 0.0)


def _normal(words: Words64) -> Floats:
    """About normal: four 16-bit numbers of each word together."""
    pairs = (words & _EVEN) + ((words >> np.uint64(16)) & _EVEN)
    total = (pairs & np.uint64(0xFFFFFFFF)) + (pairs >> np.uint64(32))
    return (total.astype(np.float64) - 131070.0) * (1.7320508 / 65536.0)


def _drift(course: Course, at: Any) -> Floats:
    """Zero drift of a detector: up by 1.6 in some sixty days, then set right."""
    turns = at / (DAY_MS * (50 + 25 * course.turn)) + course.turn
    return np.asarray(1.6 * (turns - np.floor(turns)))


def _rounded(course: Course, value: Floats) -> Floats:
    """Above the floor, and as many decimals as the instrument gives."""
    scale = 10.0 ** _TABLE["decimals"][course.recipe]
    out: Floats = np.maximum(value, _TABLE["floor"][course.recipe])
    out *= scale
    np.rint(out, out=out)
    out /= scale
    out += 0.0  # a plain 0.0 for −0.0
    return out
