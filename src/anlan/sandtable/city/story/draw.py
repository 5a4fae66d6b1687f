"""Chance of each sensor: at a moment, or for a whole block of time."""

from typing import Any

import numpy as np

from anlan.sandtable.city.ground.chance import Words64, mixed
from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.story.stage import Course

_STRIDE = np.uint64(0xD1342543DE82EF95)


def words(seed: int, course: Course, parts: Any, *, salt: int) -> Words64:
    """64 bits of each (sensor, part): parts are whole numbers, such as moments or blocks."""
    with np.errstate(over="ignore"):
        own = course.number ^ np.uint64((seed << 32) + salt)
        return mixed(own + parts.astype(np.uint64) * _STRIDE)


def share(bits: Words64) -> Floats:
    """A number in [0, 1) of each word."""
    return (bits >> np.uint64(11)).astype(np.float64) / (1 << 53)


def drawn(seed: int, course: Course, blocks: Any, *, salt: int, chance: float) -> Any:
    """Whether the block of each moment is drawn for its sensor; None where none is."""
    first = int(blocks.min())
    every = np.arange(first, int(blocks.max()) + 1, dtype=np.int64)
    found = share(words(seed, course, every[:, None], salt=salt)) < chance
    return found[blocks - first, np.arange(blocks.shape[1])] if found.any() else None
