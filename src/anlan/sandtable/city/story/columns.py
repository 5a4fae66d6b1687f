"""The readings of the whole city as columns, for any span, in pieces as well as at once."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from anlan.sandtable.city.fleet.recipes import ROWS
from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.model import City
from anlan.sandtable.city.story.faults import chances, is_silent, measured
from anlan.sandtable.city.story.physics import surged, truth
from anlan.sandtable.city.story.script import Busy, Script
from anlan.sandtable.city.story.sky.rain import Rain, rains
from anlan.sandtable.city.story.stage import Course, stage

_MINUTES_10 = 600_000
_SENSOR_PIECES = 72_000
"""Sensors, times tens of minutes, that are worked out at once: what caches hold."""


class Columns(NamedTuple):
    """Readings by time. sensor: int32 row of the city's sensors · time: int64 ms UTC · value:
    float64, NaN is missing · quality: uint8, as terms.quality."""

    sensor: Any
    time: Any
    value: Any
    quality: Any


class Scene(NamedTuple):
    """One span of a script; busy: of story sensors that report fast, None for usual days."""

    city: City
    script: Script
    weather: Sequence[Rain]
    low: int
    high: int
    busy: Busy | None = None


def columns(city: City, script: Script, low: int, high: int) -> Columns:
    """All readings with low ≤ time < high (ms UTC), in order of time.

    The same script gives the same readings, whatever the pieces in which they are asked for.
    """
    if low >= high:
        return _NOTHING
    piece = max(1, _SENSOR_PIECES // len(city.sensors)) * _MINUTES_10
    edges = [low, *range((low // piece + 1) * piece, high, piece), high]
    pieces = [_piece(city, script, a, b) for a, b in pairwise(edges)]
    return Columns(*(np.concatenate(parts) for parts in zip(*pieces, strict=True)))


_NOTHING = Columns(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8))


def _piece(city: City, script: Script, low: int, high: int) -> Columns:
    parts = list(_parts(Scene(city, script, rains(script, low, high), low, high)))
    joined = Columns(*(np.concatenate(rows) for rows in zip(*parts, strict=True)))
    order = np.argsort(joined.time, kind="stable")
    return Columns(*(column[order] for column in joined))


def _parts(scene: Scene) -> Iterator[Columns]:
    """The readings of each group: the usual ones, then those of story sensors in busy hours."""
    for course in stage(scene.city).usual:
        yield _sent(scene, course)
    for busy in scene.script.busy:
        low, high = max(scene.low, busy.low), min(scene.high, busy.high)
        if low < high:
            for course in stage(scene.city, busy.sparse).busy:
                yield _sent(scene._replace(low=low, high=high, busy=busy), course)


def _moments(course: Course, low: int, high: int) -> Any:
    """(turns, sensors) when each sensor of a group reports, ms UTC, around low … high."""
    step = course.step_s * 1000
    latest = int(course.phase_s.max()) * 1000
    turns = np.arange((low - latest) // step, -(-high // step), dtype=np.int64)
    return turns[:, None] * step + course.phase_s * 1000


def _sent(scene: Scene, course: Course) -> Columns:
    """What one group sends."""
    script, at = scene.script, _moments(course, scene.low, scene.high)
    words = chances(script, course, at)
    kept = (at >= scene.low) & (at < scene.high) & ~is_silent(script, course, at, words=words)
    if scene.busy is None and course.story.any():
        for busy in script.busy:
            kept &= ~((course.story == 1) & (at >= busy.low) & (at < busy.high))
    value, quality = measured(script, course, at, true=_true(scene, course, at), words=words)
    sensor = np.broadcast_to(course.index.astype(np.int32), at.shape)
    return Columns(sensor[kept], at[kept], value[kept], quality[kept])


def _true(scene: Scene, course: Course, at: Any) -> Floats:
    if course.answer == "rain":
        before = _before(scene.script, course, at, scene.busy)
        return _rained(course, at, before=before, weather=scene.weather)
    value = truth(course, at, weather=scene.weather, seed=scene.script.seed)
    surged(value, course, at, acts=scene.script.acts, keys=keys(scene.city))
    return value


def _rained(course: Course, at: Any, *, before: Any, weather: Sequence[Rain]) -> Floats:
    """What a gauge counts from its last reading to this one: whole tenths of a millimetre."""
    total, earlier = np.zeros(at.shape), np.zeros(at.shape)
    for rain in weather:
        amount = rain.amount(course.x, course.y)
        total += amount * rain.fallen(at)
        earlier += amount * rain.fallen(before)
    return np.floor(10 * total + 1e-9) / 10 - np.floor(10 * earlier + 1e-9) / 10


def _before(script: Script, course: Course, at: Any, busy: Busy | None) -> Any:
    """When each reading's predecessor was due: at the edges of busy hours, about then."""
    before = at - course.step_s * 1000
    if busy is not None:
        usual = _USUAL_MS[course.recipe]
        return np.where(before < busy.low, busy.low - usual // 2, before)
    for one in script.busy:
        is_after = (course.story == 1) & (before >= one.low) & (before < one.high)
        before = np.where(is_after, one.high - 1, before)
    return before


_USUAL_MS = np.array([1000 * one.interval_s for one in ROWS], np.int64)


@lru_cache(maxsize=4)
def keys(city: City) -> dict[str, int]:
    """Sensors of the stories by key."""
    return {
        one.key: row
        for row, (one, story) in enumerate(zip(city.sensors, city.fleet.story, strict=True))
        if story
    }
