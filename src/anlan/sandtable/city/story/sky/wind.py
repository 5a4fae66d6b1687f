"""Wind over the island: a light breeze that turns with the days, and the outflow of cloudbursts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from anlan.sandtable.city.ground.chance import value_noise
from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.story.script import DAY_MS, HOUR_MS, MINUTE_MS
from anlan.sandtable.city.story.sky.rain import Rain, smooth

_REACH_KM = 9.0
"""How far from its middle the outflow of a cloudburst is strongest."""
_OUTFLOW, _DRIVEN = 0.12, 0.05
"""m/s for each mm of the cloudburst: away from its middle, and with it to the east."""


class Wind(NamedTuple):
    """(moments, sensors) speed: mean, m/s · gust: m/s · origin: where it comes from, degrees
    clockwise from north."""

    speed: Floats
    gust: Floats
    origin: Floats


def wind(x: Floats, y: Floats, at: Any, *, rains: Sequence[Rain], seed: int) -> Wind:
    """The wind at places (km of the plane) and moments (ms UTC)."""
    east, north = _breeze(at, seed)
    for rain in rains:
        if rain.burst:
            more_east, more_north = _outflow(rain, x, y, at=at)
            east, north = east + more_east, north + more_north
    own = value_noise(x / 4, y / 4, seed + 41)
    waves = value_noise(at / (7 * MINUTE_MS) + 31 * x, y, seed + 42)
    speed = np.hypot(east, north) * (0.8 + 0.25 * own) * (0.85 + 0.3 * waves)
    bursts = value_noise(at / (3 * MINUTE_MS) + 17 * x, y, seed + 43)
    turned = 24.0 * (value_noise(at / (11 * MINUTE_MS) + 13 * x, y, seed + 44) - 0.5)
    origin = np.degrees(np.arctan2(-east, -north)) + turned
    return Wind(speed, speed * (1.35 + 0.35 * bursts), np.mod(origin, 360.0))


def _breeze(at: Any, seed: int) -> tuple[Floats, Floats]:
    """(east, north) m/s: from the south-east as a rule, stronger in the afternoon."""
    days = at / DAY_MS
    hour = ((at + 8 * HOUR_MS) % DAY_MS) / DAY_MS
    afternoon = np.clip(np.sin(2 * np.pi * (hour - 0.36)), 0.0, 1.0)
    zero = np.zeros(at.shape)
    speed = 1.0 + 2.6 * value_noise(days / 0.8, zero, seed + 45) + 2.0 * afternoon
    origin = np.radians(130.0 + 150.0 * (value_noise(days / 1.3, zero, seed + 46) - 0.5))
    return -speed * np.sin(origin), -speed * np.cos(origin)


def _outflow(rain: Rain, x: Floats, y: Floats, *, at: Any) -> tuple[Floats, Floats]:
    """(east, north) m/s: up within the first quarter of an hour, down over the next hour."""
    across, along = (x - rain.x) / _REACH_KM, (y - rain.y) / _REACH_KM
    far = np.hypot(across, along)
    since = (at - rain.onset) / MINUTE_MS
    force = rain.amount_mm * smooth((since - 4) / 14) * (1.0 - smooth((since - 24) / 50))
    out = force * _OUTFLOW * np.exp((1.0 - far * far) / 2)
    return out * across + force * _DRIVEN * np.exp(-far * far / 8), out * along
