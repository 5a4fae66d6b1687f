"""The grid of tiles: Web Mercator, the world cut in 2^z by 2^z squares, y from the north."""

import math
from typing import Any, NamedTuple

import numpy as np

from anlan.terms.errors import Malformed

EXTENT = 4096
"""Units of a tile's side."""
DEEP = 26
"""Positions are kept as whole numbers on the grid of this zoom times 2^4: 0.04 m."""
_BITS = DEEP + 4
DEEPEST = 16
"""The deepest zoom of which there are tiles; the map magnifies them further."""
_EDGE = 85.0511287798066


class Tile(NamedTuple):
    """A square of the grid."""

    z: int
    x: int
    y: int

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        n = 1 << self.z
        return (
            self.x / n * 360 - 180, _latitude(self.y + 1, n),
            (self.x + 1) / n * 360 - 180, _latitude(self.y, n),
        )  # fmt: skip

    def widened(self, units: int) -> tuple[float, float, float, float]:
        """The box with so many units more on every side."""
        n, more = 1 << self.z, units / EXTENT
        return (
            (self.x - more) / n * 360 - 180, _latitude(self.y + 1 + more, n),
            (self.x + 1 + more) / n * 360 - 180, _latitude(self.y - more, n),
        )  # fmt: skip

    @property
    def span(self) -> tuple[int, int]:
        """The lowest curve position within, and the first beyond."""
        at = int(curve(np.array([self.x]), np.array([self.y]))[0])
        shift = 2 * (_BITS - self.z)
        return at << shift, (at + 1) << shift

    def units(self, xy: Any) -> Any:
        """Degrees as units of this tile, y downwards."""
        n = 1 << self.z
        x = (xy[:, 0] + 180) / 360 * n - self.x
        y = _down(xy[:, 1]) * n - self.y
        return np.stack([x, y], axis=1) * EXTENT


def tile_named(z: int, x: int, y: int) -> Tile:
    """A tile of the grid; Malformed where there is none."""
    if not (0 <= z <= DEEPEST and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Malformed(f"no tile {z}/{x}/{y}")
    return Tile(z, x, y)


def places(lon: Any, lat: Any) -> tuple[Any, Any]:
    """Degrees as whole numbers on the finest grid."""
    side = 1 << _BITS
    x = np.clip((np.asarray(lon) + 180) / 360 * side, 0, side - 1)
    y = np.clip(_down(np.asarray(lat)) * side, 0, side - 1)
    return x.astype(np.int64), y.astype(np.int64)


def curve(x: Any, y: Any) -> Any:
    """Positions on the curve that visits each square of every zoom in one go (Morton order)."""
    return _spread(x) | (_spread(y) << np.uint64(1))


def units_in(tile: Tile, x: Any, y: Any) -> tuple[Any, Any]:
    """Positions on the finest grid as units of a tile."""
    shift = _BITS - tile.z
    side = 1 << shift
    return (
        ((x - (tile.x << shift)) * EXTENT) // side,
        ((y - (tile.y << shift)) * EXTENT) // side,
    )


def _spread(values: Any) -> Any:
    """The bits of numbers below 2^32, each moved to twice its place."""
    v = values.astype(np.uint64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333), (1, 0x5555555555555555),
    ):  # fmt: skip
        v = (v | (v << np.uint64(shift))) & np.uint64(mask)
    return v


def _down(lat: Any) -> Any:
    """How far down the square of the world, 0 to 1."""
    phi = np.radians(np.clip(lat, -_EDGE, _EDGE))
    return (1 - np.arcsinh(np.tan(phi)) / np.pi) / 2


def _latitude(row: float, n: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / n))))
