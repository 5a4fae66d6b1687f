"""Rain over the island: showers of ordinary days, and the storms of scripts."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.sandtable.chance import uniform as chance
from anlan.sandtable.city.ground.frame import HIGH, WIDE, Floats
from anlan.sandtable.city.story.script import DAY_MS, HOUR_MS, MINUTE_MS, Act, Script

FELT_MS = 4 * DAY_MS
"""After so long a rain is forgotten; its effects fade out over the last day."""
_BLOCK_MS = 12 * HOUR_MS
_SHARE = 0.18


@dataclass(frozen=True, slots=True)
class Rain:
    """One rain. onset: ms UTC · amount_mm: in its middle · x, y, reach_km: where · burst: whether
    it is heavy enough to stand in streets and to move slopes."""

    onset: int
    lasting_ms: int
    amount_mm: float
    x: float
    y: float
    reach_km: float
    burst: bool = False

    def amount(self, x: Floats, y: Floats) -> Floats:
        """What falls at places, mm."""
        away = (x - self.x) ** 2 + (y - self.y) ** 2
        return np.asarray(self.amount_mm * np.exp(-away / (2 * self.reach_km**2)))

    def fallen(self, at: Any) -> Floats:
        """The share that has fallen by moments, ms UTC."""
        return smooth((at - self.onset) / self.lasting_ms)


def smooth(x: Any) -> Floats:
    """0 before 0, 1 after 1, an S between."""
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))


def rains(script: Script, low: int, high: int) -> list[Rain]:
    """Every rain that is still felt within low … high, by onset."""
    found = [rain for act in script.acts for rain in _storm(act) if act.kind == "storm"]
    first = (low - FELT_MS) // _BLOCK_MS - 1
    for block in range(first, high // _BLOCK_MS + 1):
        if chance(script.seed, block, 31) < _SHARE:
            found.append(_shower(script.seed, block))
    return sorted(
        (r for r in found if r.onset < high and r.onset + FELT_MS > low), key=lambda r: r.onset
    )


def _storm(act: Act) -> list[Rain]:
    """Hours of steady rain, then a cloudburst that begins minutes before the act."""
    at, strength = act.at, act.strength
    return [
        Rain(at - 8 * HOUR_MS, 7 * HOUR_MS + 50 * MINUTE_MS, 19.0 * strength, 55, 37, 60),
        Rain(at - 570_000, 40 * MINUTE_MS, 122.0 * strength, 53.5, 34.0, 14.0, burst=True),
    ]


def _shower(seed: int, block: int) -> Rain:
    """A shower of at most 8 mm in some hours."""
    amount = min(8.0, 1.0 - 2.6 * float(np.log(1.0 - chance(seed, block, 32))))
    return Rain(
        onset=block * _BLOCK_MS + int(chance(seed, block, 33) * 8 * HOUR_MS),
        lasting_ms=int((1.5 + 2.5 * chance(seed, block, 34)) * HOUR_MS),
        amount_mm=amount,
        x=WIDE * chance(seed, block, 35),
        y=HIGH * chance(seed, block, 36),
        reach_km=18 + 20 * chance(seed, block, 37),
    )
