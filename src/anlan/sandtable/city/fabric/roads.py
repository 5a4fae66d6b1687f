"""Roads by class: between counties, towns and villages, and the streets of towns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.ground.water import Course, curve
from anlan.sandtable.city.regions.divisions import Divided

MOTORWAYS: tuple[tuple[str, str, Course], ...] = (
    ("安望高速(虚构)", "Anwang Expressway (fictional)",
     ((31, 47.5), (44, 43), (56, 36), (66, 29), (77, 23))),
    ("环岛高速(虚构)", "Ring Expressway (fictional)",
     ((38, 16), (51, 15), (62, 17), (73, 22), (77, 34), (74, 47), (69, 53))),
)  # fmt: skip
AVENUES: tuple[tuple[str, str, Course], ...] = (
    ("园区大道", "Park Avenue", ((60.9, 33.7), (62.3, 32.85), (64.3, 32.85), (65.6, 31.4))),
)
RAILWAYS: tuple[tuple[str, str, Course], ...] = (
    ("澜海铁路(虚构)", "Lanhai Railway (fictional)",
     ((83, 28), (74, 28.5), (67, 33.5), (60.5, 39.4), (53, 43.6), (43, 46.6), (35, 52.4))),
)  # fmt: skip
_NATIONAL = (
    ("990102", "990101"), ("990101", "990103"), ("990101", "990104"), ("990101", "990106"),
    ("990105", "990106"), ("990106", "990103"), ("990104", "990103"),
)  # fmt: skip


_DRAWN = ("motorway", MOTORWAYS), ("rail", RAILWAYS), ("provincial", AVENUES)


@dataclass(frozen=True, slots=True)
class Road:
    """kind: motorway, national, provincial, county, street or rail; line on the plane."""

    kind: str
    zh: str
    en: str
    line: Any


def roads(divided: Divided, *, seed: int) -> list[Road]:
    """Every road outside the streets."""
    out = [
        Road(kind, zh, en, curve(course, wild=0.25, seed=seed * 17 + k, halvings=4))
        for kind, rows in _DRAWN
        for k, (zh, en, course) in enumerate(rows)
    ]
    seats = {one.code: (one.x, one.y) for one in divided.every}
    for k, (a, b) in enumerate(_NATIONAL):
        line = curve((seats[a], seats[b]), wild=1.2, seed=seed * 19 + k, halvings=6)
        out.append(Road("national", f"国道G99{k + 1}(虚构)", f"G99{k + 1} (fictional)", line))
    out += _provincial([seats[c] for c in seats if len(c) == 9], seed)
    return out + list(_rural(divided, seed))


def _provincial(towns: list[tuple[float, float]], seed: int) -> list[Road]:
    """The shortest tree between the towns, and each town's way to its nearest two."""
    places = np.array(towns)
    away = np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1))
    pairs = {(min(a, b), max(a, b)) for a, b in _tree(away)}
    for a, row in enumerate(away):
        pairs |= {(min(a, int(b)), max(a, int(b))) for b in np.argsort(row)[1:3]}
    out = []
    for number, (a, b) in enumerate(sorted(pairs), 1):
        line = curve((towns[a], towns[b]), wild=0.8, seed=seed * 23 + number, halvings=5)
        out.append(Road("provincial", f"省道S{number:03d}", f"S{number:03d}", line))
    return out


def _tree(away: Floats) -> Iterator[tuple[int, int]]:
    """The edges of a minimum spanning tree (Prim)."""
    near, nearest = away[0].copy(), np.zeros(len(away), int)
    out = np.ones(len(away), bool)
    out[0] = False
    while out.any():
        b = int(np.where(out, near, np.inf).argmin())
        yield int(nearest[b]), b
        out[b] = False
        closer = away[b] < near
        nearest[closer], near = b, np.minimum(near, away[b])


def _rural(divided: Divided, seed: int) -> Iterator[Road]:
    """From each village to the nearest one that lies closer to their town."""
    towns = {one.code: np.array((one.x, one.y)) for one in divided.every if len(one.code) == 9}
    own = np.array([code[:9] for code in divided.codes])
    for code, seat in towns.items():
        rows = np.flatnonzero(own == code)
        places = divided.villages[rows]
        far = np.hypot(*(places - seat).T)
        for k, place in enumerate(places):
            closer = np.flatnonzero(far < far[k] - 1e-6)
            if len(closer) == 0:
                continue
            to = places[closer[np.hypot(*(places[closer] - place).T).argmin()]]
            line = curve((tuple(place), tuple(to)), wild=0.35, seed=seed + int(rows[k]), halvings=4)
            yield Road("county", f"县道X{int(rows[k]):03d}", f"X{int(rows[k]):03d}", line)
