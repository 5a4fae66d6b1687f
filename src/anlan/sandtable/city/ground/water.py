"""Rivers, reservoirs and lakes: hand-drawn courses on the plane, with meanders."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.ops import substring

from anlan.sandtable.city.ground.frame import Floats

Course = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class River:
    """A river from its source down; width_m: at its mouth · wild: how much it meanders, km."""

    key: str
    zh: str
    en: str
    course: Course
    width_m: float
    wild: float = 0.5


RIVERS = (
    River("lan", "澜水", "Lan River", (
        (20, 62), (23, 58.5), (27, 55.5), (33, 51), (40, 48), (48, 44), (55, 40), (62, 35.5),
        (69, 31), (76, 26), (84, 21), (90, 16), (98, 9)), 420, 0.7),
    River("qing", "青溪", "Qing Creek", (
        (38, 67), (39.5, 63), (42, 58), (45, 52), (48, 44)), 60, 0.5),
    River("liu", "柳川", "Liu River", (
        (35, 23), (42, 25), (49, 27.5), (56, 31), (62, 35.5)), 70, 0.6),
    River("baishi", "白石河", "Baishi River", (
        (14, 45.5), (20, 45), (27, 46), (33, 51)), 60, 0.5),
    River("song", "松河", "Song River", (
        (51, 67.5), (56, 65), (62, 61), (69, 55), (77, 50), (86, 47), (97, 44)), 160, 0.7),
    River("nan", "南溪", "Nan Creek", (
        (26, 33), (30, 25), (35, 17), (42, 11), (47, 6), (52, -2)), 140, 0.6),
    River("dong", "东溪", "Dong Creek", (
        (60, 47), (66, 43), (71, 38), (76, 33), (78, 25)), 50, 0.5),
)  # fmt: skip

# Reservoirs: name, river, place of the dam along it (0–1), length up the river km, width km.
RESERVOIRS = (
    ("龙潭水库", "Longtan Reservoir", "lan", 0.26, 6.0, 1.1),
    ("青溪水库", "Qingxi Reservoir", "qing", 0.42, 3.0, 0.6),
    ("柳川水库", "Liuchuan Reservoir", "liu", 0.48, 2.6, 0.6),
    ("白石水库", "Baishi Reservoir", "baishi", 0.55, 2.6, 0.5),
    ("松坪水库", "Songping Reservoir", "song", 0.33, 4.0, 0.8),
    ("南溪水库", "Nanxi Reservoir", "nan", 0.40, 3.0, 0.6),
    ("东溪水库", "Dongxi Reservoir", "dong", 0.30, 1.8, 0.4),
)
LAKES = (("镜湖", "Mirror Lake", 73.0, 36.5, 1.5), ("望海湖", "Wanghai Lake", 81.5, 29.5, 0.9))


def curve(course: Course, *, wild: float, seed: int, halvings: int = 5) -> Any:
    """A line through the points of a course that wanders between them, by up to about wild km."""
    points = np.array(course, float)
    chance = np.random.default_rng(seed)
    for step in range(halvings):
        ahead = np.diff(points, axis=0)
        side = np.column_stack((-ahead[:, 1], ahead[:, 0]))
        side /= np.maximum(np.hypot(*ahead.T)[:, None], 1e-9)
        reach = np.minimum(wild * 0.55**step, 0.22 * np.hypot(*ahead.T))
        middle = (points[:-1] + points[1:]) / 2 + side * (chance.normal(size=len(ahead)) * reach)[
            :, None
        ]
        points = _woven(points, middle)
    return LineString(_rounded(points))


def _woven(points: Floats, middle: Floats) -> Floats:
    out = np.empty((len(points) + len(middle), 2))
    out[0::2], out[1::2] = points, middle
    return out


def _rounded(points: Floats) -> Floats:
    """Corners cut once (Chaikin), ends kept."""
    near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
    return np.vstack((points[:1], _woven(near, far[:-1]), far[-1:], points[-1:]))


def river_lines(seed: int) -> dict[str, Any]:
    """Every river's line on the plane, source first, by key."""
    return {
        one.key: curve(one.course, wild=one.wild, seed=seed * 101 + place)
        for place, one in enumerate(RIVERS)
    }


def river_area(line: Any, width_m: float) -> Any:
    """What a river covers: a band that widens downstream."""
    marks = np.linspace(0, 1, 25)
    pieces = [
        substring(line, low, high, normalized=True).buffer(width_m / 2000 * (0.15 + 0.85 * high))
        for low, high in pairwise(marks.tolist())
    ]
    return shapely.union_all(pieces)


def pool(line: Any, *, dam: float, length_km: float, width_km: float) -> Any:
    """A reservoir above its dam: widest there, with arms where side valleys drown."""
    at = dam * line.length
    steps = np.linspace(0.0, 1.0, 40)
    pieces = []
    for step in steps:
        place = line.interpolate(max(0.0, at - length_km * step))
        swell = 1 + 0.35 * np.sin(17 * step + 3 * dam) + 0.2 * np.sin(41 * step)
        pieces.append(place.buffer(max(0.05, width_km / 2 * (1 - step) ** 0.6 * swell)))
    return shapely.union_all(pieces).simplify(0.03)


def lake(x: float, y: float, radius_km: float, *, seed: int) -> Any:
    """A round-ish lake."""
    turns = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    chance = np.random.default_rng(seed)
    phase = chance.uniform(0, 6, 3)
    far = radius_km * (1 + 0.18 * np.sin(2 * turns + phase[0]) + 0.1 * np.sin(5 * turns + phase[1]))
    return shapely.Polygon(
        np.column_stack((x + far * np.cos(turns), y + 0.7 * far * np.sin(turns)))
    )


def dam_of(line: Any, dam: float) -> Any:
    """The middle of a dam's crest."""
    return Point(line.interpolate(dam, normalized=True))
