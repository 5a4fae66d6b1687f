"""Small troubles of ordinary days: a leaking valve, a tank filled too high, a smoky kitchen, a lift
that stops.

They are true, not faults of instruments: a desk sees a few of them every day.
"""

from typing import Any, NamedTuple

import numpy as np

from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.story.draw import drawn, share, words
from anlan.sandtable.city.story.script import DAY_MS
from anlan.sandtable.city.story.sky.rain import smooth
from anlan.sandtable.city.story.stage import Course


class Trouble(NamedTuple):
    """One kind: chance a sensor and day · least, most: up to how high · short, long: minutes."""

    chance: float
    least: float
    most: float
    short: float
    long: float


TROUBLES = {
    "gas": Trouble(1 / 420, 26.0, 38.0, 14.0, 45.0),
    "stock": Trouble(1 / 260, 10.25, 10.7, 60.0, 240.0),
    "co": Trouble(1 / 900, 24.0, 36.0, 55.0, 80.0),
    "load": Trouble(1 / 10, 50.0, 62.0, 12.0, 25.0),
    "lift": Trouble(1 / 60, 1.0, 1.0, 15.0, 90.0),
    "quake": Trouble(1 / 40, 12_000.0, 60_000.0, 12.0, 25.0),
}


def troubled(seed: int, course: Course, at: Any, *, value: Floats) -> Floats:
    """The values with the troubles of these days."""
    kind = TROUBLES.get(course.answer)
    if kind is None:
        return value
    days = at // DAY_MS
    is_drawn = drawn(seed, course, days, salt=25, chance=kind.chance)
    if is_drawn is None:
        return value
    turn, column = np.nonzero(is_drawn)
    bits = words(seed, course, days, salt=26)[turn, column]
    first, second = share(bits), share(bits * np.uint64(0x9FB21C651E98DF25))
    lasting = kind.short + (kind.long - kind.short) * second
    since = (at[turn, column] % DAY_MS) / 60_000 - first * (1380.0 - 1.5 * lasting)
    rise = np.minimum(6.0, lasting / 4)
    lift = smooth(since / rise) - smooth((since - lasting) / rise)
    high = kind.least + (kind.most - kind.least) * first
    out = value.copy()
    out[turn, column] += lift * np.maximum(high - out[turn, column], 0.0)
    return out
