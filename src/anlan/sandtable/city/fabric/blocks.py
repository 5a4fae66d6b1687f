"""Streets and buildings of towns and villages."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely

from anlan.sandtable.city.ground.chance import fractal
from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.regions.counties import COUNTIES
from anlan.sandtable.city.regions.divisions import Divided

LONG, DEEP = 0.24, 0.17
"""A block, km."""


class Grid(NamedTuple):
    """The street grid of a town: middle, turn (radians), how far it is built up (km).

    Of many hamlets at once these are arrays.
    """

    x: Any
    y: Any
    turn: Any
    reach: float

    def placed(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """The plane's coordinates of places along and across the streets."""
        c, s = np.cos(self.turn), np.sin(self.turn)
        return self.x + c * u - s * v, self.y + s * u + c * v


@dataclass(frozen=True, slots=True)
class Built:
    """Streets as lines; buildings as polygons with a kind and floors."""

    streets: list[Any]
    buildings: list[Any]
    kinds: list[str]
    floors: list[int]


def grids(divided: Divided, *, seed: int) -> list[Grid]:
    """One a town."""
    urban = {(one.x, one.y): one.urban for one in COUNTIES}
    chance = np.random.default_rng(seed + 41)
    return [
        Grid(one.x, one.y, float(chance.uniform(-0.6, 0.6)),
             0.2 * float(np.sqrt(urban.get((one.x, one.y), 7.0))))
        for one in divided.every
        if len(one.code) == 9
    ]  # fmt: skip


def build(divided: Divided, dry: Any, *, seed: int) -> Built:
    """All streets and buildings on dry land."""
    streets: list[Any] = []
    quads: list[Floats] = []
    floors: list[Floats] = []
    for k, grid in enumerate(grids(divided, seed=seed)):
        streets += _streets(grid)
        corners, high = _houses(grid, seed=seed + 100 + k)
        quads.append(corners)
        floors.append(high)
    corners, high = _hamlets(divided, seed=seed)
    town_count = sum(map(len, quads))
    shapes = shapely.polygons(np.concatenate([*quads, corners]))
    shapely.prepare(dry)
    kept = shapely.contains_properly(dry, shapes)
    kinds = np.array(["building"] * town_count + ["house"] * len(corners))
    every = np.concatenate([*floors, high])
    lines = [piece for line in streets for piece in _on(dry, line)]
    return Built(lines, list(shapes[kept]), kinds[kept].tolist(), every[kept].tolist())


def _on(dry: Any, line: Any) -> list[Any]:
    parts = shapely.get_parts(shapely.intersection(line, dry))
    return [part for part in parts if part.length > 0.1]


def _edge(grid: Grid, u: Any, v: Any) -> Floats:
    """How far out a place is: 1 at the ragged edge of the town."""
    x, y = grid.placed(u, v)
    return np.asarray(np.hypot(u, v) / grid.reach + 0.9 * fractal(x / 1.3, y / 1.3, 77, octaves=3))


def _streets(grid: Grid) -> list[Any]:
    """The edges of built-up blocks, joined into long lines."""
    count_u, count_v = int(grid.reach / LONG) + 2, int(grid.reach / DEEP) + 2
    out = []
    for is_along, across, along, a, b in (
        (True, count_v, count_u, DEEP, LONG),
        (False, count_u, count_v, LONG, DEEP),
    ):
        for line in range(-across, across + 1):
            steps = np.arange(-along, along + 1) * b
            fixed = np.full_like(steps, line * a)
            u, v = (steps, fixed) if is_along else (fixed, steps)
            inside = _edge(grid, u, v) < 0.97
            out += _stretches(grid, u, v, inside)
    return out


def _stretches(grid: Grid, u: Any, v: Any, inside: Any) -> list[Any]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.astype(np.int8), [0]))))
    out = []
    for low, high in zip(edges[0::2], edges[1::2], strict=True):
        if high - low > 1:
            x, y = grid.placed(u[low:high], v[low:high])
            out.append(shapely.LineString(np.column_stack((x[[0, -1]], y[[0, -1]]))))
    return out


def _houses(grid: Grid, *, seed: int) -> tuple[Floats, Floats]:
    """Corners (n, 4, 2) and floors of the houses in its blocks, six to a block."""
    count_u, count_v = int(grid.reach / LONG) + 2, int(grid.reach / DEEP) + 2
    across, along = np.meshgrid(np.arange(-count_u, count_u), np.arange(-count_v, count_v))
    i, j = across.ravel(), along.ravel()
    edge = _edge(grid, (i + 0.5) * LONG, (j + 0.5) * DEEP)
    i, j, edge = i[edge < 0.95], j[edge < 0.95], edge[edge < 0.95]
    lots_u, lots_v = np.meshgrid((0.2, 0.5, 0.8), (0.29, 0.71))
    u = ((i[:, None] + lots_u.ravel()) * LONG).ravel()
    v = ((j[:, None] + lots_v.ravel()) * DEEP).ravel()
    out = np.repeat(edge, 6)
    chance = np.random.default_rng(seed)
    kept = chance.random(len(u)) < 0.95 - 0.55 * np.clip(out, 0, 1)
    u, v, out = u[kept], v[kept], out[kept]
    half = chance.uniform((0.012, 0.010), (0.031, 0.026), (len(u), 2))
    tall = np.round(
        1 + chance.gamma(2.0, 2.2, len(u)) * (1.6 - np.clip(out, 0, 1)) * grid.reach**0.5
    )
    return _quads(grid, u, v, half), np.clip(tall, 1, 33)


def _quads(grid: Grid, u: Floats, v: Floats, half: Floats) -> Floats:
    sides = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    corners = [
        np.column_stack(grid.placed(u + a * half[:, 0], v + b * half[:, 1])) for a, b in sides
    ]
    return np.stack(corners, axis=1)


def _hamlets(divided: Divided, *, seed: int) -> tuple[Floats, Floats]:
    """A dozen houses about each village seat."""
    chance = np.random.default_rng(seed + 51)
    each = 14
    seats = np.repeat(divided.villages, each, axis=0)
    places = chance.normal(0, 0.16, (len(seats), 2))
    half = chance.uniform(0.006, 0.011, (len(seats), 2))
    turns = chance.uniform(-0.7, 0.7, len(seats))
    grid = Grid(seats[:, 0], seats[:, 1], turns, 0.3)
    return _quads(grid, places[:, 0], places[:, 1], half), chance.integers(1, 4, len(seats)).astype(
        float
    )
