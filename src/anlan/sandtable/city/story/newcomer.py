"""A gauge that somebody put up and that nobody registered: it sends all the same."""

from typing import NamedTuple

import numpy as np

from anlan.sandtable.city.model import City
from anlan.sandtable.city.story.script import Script
from anlan.sandtable.city.story.sky.rain import rains

NEWCOMER = "990101RV904-P1"
"""A rain gauge beside the staff of the river section 澜水·城关站."""
_BESIDE = "990101RV904-Z1"
_EVERY_MS = 20_000


class Drop(NamedTuple):
    """What it measured. time: ms UTC · value: mm in the 20 s before."""

    time: int
    value: float


def newcomer(city: City, script: Script, low: int, high: int) -> list[Drop]:
    """Its readings with low ≤ time < high (ms UTC), one each 20 s.

    The same script gives the same readings, whatever the pieces in which they are asked for.
    """
    row = next(row for row, one in enumerate(city.sensors) if one.key == _BESIDE)
    x, y = city.fleet.x[row : row + 1], city.fleet.y[row : row + 1]
    at = np.arange(-(-low // _EVERY_MS) * _EVERY_MS, high, _EVERY_MS, dtype=np.int64)
    edges = np.append(at - _EVERY_MS, at[-1:])
    fallen = np.zeros(len(edges))
    for rain in rains(script, low - _EVERY_MS, high):
        fallen += rain.amount(x, y) * rain.fallen(edges)
    tipped = np.round(np.diff(np.floor(10 * fallen + 1e-9)) / 10, 1)
    return [Drop(*one) for one in zip(at.tolist(), tipped.tolist(), strict=True)]
