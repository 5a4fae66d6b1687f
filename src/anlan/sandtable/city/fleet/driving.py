"""Where a vehicle is on its route at a moment: there and back, now faster, now slower."""

import math
from typing import Any, NamedTuple

from anlan.sandtable.city.ground.frame import degrees

_SWAY_S, _SWAY = 260.0, 0.3
"""How long it takes to get faster and slower again, and by which share."""
_AHEAD_KM = 0.05


class Spot(NamedTuple):
    """Degrees WGS 84 · km/h · degrees from north · km driven."""

    lon: float
    lat: float
    speed: float
    direction: int
    mileage: float


def spot(route: Any, mean_kmh: float, at_ms: int) -> Spot:
    """Of a vehicle that goes at mean_kmh; route: a line on the plane, in km."""
    seconds = at_ms / 1000
    turn = 2 * math.pi * seconds / _SWAY_S
    sway_km = mean_kmh / 3600 * _SWAY * _SWAY_S / (2 * math.pi)
    driven = mean_kmh / 3600 * seconds + sway_km * math.sin(turn)
    x, y = _along(route, driven)
    nx, ny = _along(route, driven + _AHEAD_KM)
    lon, lat = degrees(x, y)
    return Spot(
        round(lon, 6), round(lat, 6), round(mean_kmh * (1 + _SWAY * math.cos(turn)), 1),
        round(math.degrees(math.atan2(nx - x, ny - y))) % 360, round(driven % 100_000, 1),
    )  # fmt: skip


def _along(route: Any, driven: float) -> tuple[float, float]:
    way = driven % (2 * route.length)
    place = route.interpolate(min(way, 2 * route.length - way))
    return place.x, place.y
