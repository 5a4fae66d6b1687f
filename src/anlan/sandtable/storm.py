"""Storms: when they begin, how strong they are, and the shapes of what follows them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from anlan.sandtable.chance import uniform

SECOND_MS = 1000
CYCLE_MS = 18 * 60 * SECOND_MS
"""From one storm to the next: rain, flood, recession and a calm end."""

FIRST_RAIN_MS = 8 * SECOND_MS
"""From a start to the first rain."""

LASTING_MS = 2 * CYCLE_MS
"""After so long a storm has no effect but in what has moved for good."""

DAY_MS = 24 * 60 * SECOND_MS
"""A day of the sand table: one minute stands for one hour."""


@dataclass(frozen=True, slots=True)
class Storm:
    """One storm. onset: ms UTC · number: from 0 · strength: about 1 · north: share of the rain
    that falls in the north, 0–1."""

    onset: int
    number: int
    strength: float
    north: float

    def weight(self, northness: float) -> float:
        """How much of the storm a place feels; northness 1 in the north, 0 in the south."""
        return self.strength * (
            0.85 + 0.3 * (self.north * northness + (1 - self.north) * (1 - northness))
        )


@dataclass(frozen=True, slots=True)
class Script:
    """What happens: storms recur from the last start on; a later start begins a new one.

    starts: ms UTC, ascending. Readings before a start are unaffected by it.
    """

    seed: int
    starts: tuple[int, ...]

    def storms(self, until: int) -> Iterator[Storm]:
        """The storms that begin before `until`, in order."""
        number = 0
        for place, start in enumerate(self.starts):
            end = min(until, self.starts[place + 1] if place + 1 < len(self.starts) else until)
            onset = start + FIRST_RAIN_MS
            while onset < end:
                yield self._storm(onset, number)
                number += 1
                onset += CYCLE_MS

    def _storm(self, onset: int, number: int) -> Storm:
        strength = 0.95 + 0.2 * uniform(self.seed, onset, 11)
        return Storm(onset, number, strength, uniform(self.seed, onset, 12))


def smooth(x: float) -> float:
    """0 before 0, 1 after 1, an S between."""
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)


def wave(since_s: float, rise_s: float, fall_s: float) -> float:
    """A flood wave: up to 1 in `rise_s`, then down by e in each `fall_s`."""
    if since_s <= rise_s:
        return smooth(since_s / rise_s)
    return math.exp((rise_s - since_s) / fall_s)


def rained(since_s: float, lasting_s: float) -> float:
    """The share of a storm's rain that has fallen: heaviest in the middle."""
    return smooth(since_s / lasting_s)


def plateau(since_s: float, rise_s: float, lasting_s: float) -> float:
    """Up to 1, a while there, and down twice as slowly: a leak and its airing."""
    return smooth(since_s / rise_s) - smooth((since_s - lasting_s) / (2.0 * rise_s))
