"""The relief: metres above the sea over the plane, an island with hills in its north-west."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely

from anlan.sandtable.city.ground.chance import fractal
from anlan.sandtable.city.ground.frame import HIGH, WIDE, Floats
from anlan.sandtable.city.ground.water import river_lines

STEP = 0.5
"""Kilometres between the points of the grid."""


@dataclass(frozen=True, slots=True)
class Relief:
    """height_m: (rows, columns) on a grid of STEP km, row 0 in the south."""

    height_m: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """Metres above the sea at places of the plane, between the points of the grid."""
        column = np.clip(np.asarray(x) / STEP, 0, self.height_m.shape[1] - 1.001)
        row = np.clip(np.asarray(y) / STEP, 0, self.height_m.shape[0] - 1.001)
        i, j = row.astype(int), column.astype(int)
        u, v, z = column - j, row - i, self.height_m
        low = z[i, j] * (1 - u) + z[i, j + 1] * u
        return np.asarray(low * (1 - v) + (z[i + 1, j] * (1 - u) + z[i + 1, j + 1] * u) * v)

    def steepness(self, x: Floats, y: Floats) -> Floats:
        """Metres of height in a kilometre."""
        east = self.at(np.asarray(x) + 0.4, y) - self.at(np.asarray(x) - 0.4, y)
        north = self.at(x, np.asarray(y) + 0.4) - self.at(x, np.asarray(y) - 0.4)
        return np.hypot(east, north) / 0.8


@cache
def relief(seed: int) -> Relief:
    """The relief of one seed."""
    x, y = np.meshgrid(np.arange(0, WIDE + STEP, STEP), np.arange(0, HIGH + STEP, STEP))
    shore = _from_shore(x, y, seed)
    inland = np.clip(shore, 0, None)
    north_west = np.clip(0.5 + (0.62 * (48 - x) + 0.78 * (y - 36)) / 60, 0, 1.15)
    rough = fractal(x / 9, y / 9, seed + 3) + 0.5
    ridges = 1 - 2 * np.abs(fractal(x / 13, y / 13, seed + 9, octaves=5))
    hills = (70 + 2300 * north_west**1.7 * (0.25 + 0.75 * ridges)) * (0.35 + rough)
    height = (
        3 + 2.2 * inland + hills * (1 - np.exp(-inland / 9)) * np.clip(north_west * 1.7, 0.03, 1)
    )
    height = _carved(height, x, y, seed)
    return Relief(np.where(shore > 0, np.maximum(height, 1.5), np.minimum(6 * shore, -0.5)))


def _from_shore(x: Floats, y: Floats, seed: int) -> Floats:
    """Kilometres inland, negative at sea: a rounded island with bays."""
    u, v = (x - 50) / 47, (y - 38) / 36
    far = (np.abs(u) ** 2.6 + np.abs(v) ** 2.6) ** (1 / 2.6)
    wild = 20 * fractal(x / 19, y / 19, seed + 21, octaves=6)
    bay = 9 * np.exp(-(((x - 93) / 5) ** 2 + ((y - 14) / 4.5) ** 2))
    edge = np.minimum.reduce([x, WIDE - x, y, HIGH - y])
    shore: Floats = 38 * (0.93 - far) + wild - bay - 2.5 * np.clip(5 - edge, 0, None)
    return shore


def _carved(height: Floats, x: Floats, y: Floats, seed: int) -> Floats:
    """Valleys along the rivers, falling steadily to the sea."""
    places = shapely.points(x, y)
    for line in river_lines(seed).values():
        line = line.simplify(0.05)
        away = shapely.distance(places, line)
        along = shapely.line_locate_point(line, places, normalized=True)
        bed = 2 + 330 * (1 - along) ** 1.9
        share = np.exp(-((away / (2.2 + 2.5 * along)) ** 2))
        height = height * (1 - share) + np.minimum(height, bed) * share
    return height


def region_above(relief_: Relief, height_m: float) -> Any:
    """All that lies at or above a height, on the plane, its border between the grid's points."""
    z = relief_.height_m - height_m
    corners = np.stack((z[:-1, :-1], z[:-1, 1:], z[1:, 1:], z[1:, :-1]), axis=-1)
    inside = corners >= 0
    full = inside.all(-1)
    some = inside.any(-1) & ~full
    pieces = [
        *_runs(full),
        *(_cut(i, j, corners[i, j]) for i, j in zip(*np.nonzero(some), strict=True)),
    ]
    return shapely.union_all([p for p in pieces if p is not None], grid_size=1e-6)


def _runs(full: Any) -> list[Any]:
    """Boxes of the whole cells, one for each run in a row."""
    boxes = []
    for i, row in enumerate(full):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        for low, high in zip(edges[0::2], edges[1::2], strict=True):
            boxes.append(shapely.box(low * STEP, i * STEP, high * STEP, (i + 1) * STEP))
    return boxes


def _cut(i: int, j: int, z: Floats) -> Any:
    """The part of one cell that is inside."""
    ring = []
    square = ((j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1))
    for k in range(4):
        (x0, y0), (x1, y1) = square[k], square[(k + 1) % 4]
        if z[k] >= 0:
            ring.append((x0 * STEP, y0 * STEP))
        if (z[k] >= 0) != (z[(k + 1) % 4] >= 0):
            t = z[k] / (z[k] - z[(k + 1) % 4])
            ring.append(((x0 + t * (x1 - x0)) * STEP, (y0 + t * (y1 - y0)) * STEP))
    return shapely.Polygon(ring) if len(ring) >= 3 else None
