"""Villages, towns, counties: cells about their seats, each wider one the union of its parts."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely

from anlan.sandtable.city.ground.chance import value_noise
from anlan.sandtable.city.ground.frame import HIGH, WIDE, Floats
from anlan.sandtable.city.ground.land import land_of
from anlan.sandtable.city.ground.relief import Relief
from anlan.sandtable.city.regions.counties import COUNTIES, TOWNS
from anlan.sandtable.city.regions.names import QUARTERS, Name, place_names, town_names

TOWNS_EACH, VILLAGES = 8, 480
_SEATS = ("城关", "望海", "云岭", "松坪", "南溪", "南岗")


@dataclass(frozen=True, slots=True)
class Division:
    """A district on the plane, km."""

    code: str
    zh: str
    en: str
    parent: str
    shape: Any
    x: float
    y: float

    @property
    def short(self) -> str:
        """Its Chinese name without 村 or 社区."""
        return self.zh.removesuffix("社区").removesuffix("村")


@dataclass(frozen=True, slots=True)
class Divided:
    """All districts, province first; villages: their seats (n, 2) in the order of `codes`."""

    every: tuple[Division, ...]
    codes: tuple[str, ...]
    villages: Floats

    def village_of(self, x: Floats, y: Floats) -> list[str]:
        """The village in whose cell each place lies (the nearest seat, as the borders are)."""
        places = np.column_stack((np.ravel(x), np.ravel(y)))
        found: list[str] = []
        for piece in np.array_split(places, max(1, len(places) // 4000)):
            away = ((piece[:, None, :] - self.villages[None]) ** 2).sum(-1)
            found += [self.codes[k] for k in away.argmin(1)]
        return found


@cache
def divided_of(seed: int) -> Divided:
    """The island of one seed, divided."""
    ground = land_of(seed)
    relief, land = ground.relief, ground.whole
    towns = _towns(relief, seed)
    seats = _villages(relief, land, towns=towns, seed=seed)
    cells = _cells(seats, land)
    village_town = _nearest_town(seats, towns, seed)
    return _named(seats, cells, towns=towns, owner=village_town, land=land, seed=seed)


Towns = list[tuple[str, str, str, str, float, float]]
"""(code, zh, en, kind, x, y)."""


def _county_of(x: float, y: float) -> str:
    return min(COUNTIES, key=lambda one: np.hypot(x - one.x, y - one.y) / one.reach).code


def _towns(relief: Relief, seed: int) -> Towns:
    """Eight towns a county: those that stories need, the others at good places apart."""
    chance = np.random.default_rng(seed + 1)
    names = town_names(seed + 2)
    placed = [(one.county, one.zh, one.en, one.kind, one.x, one.y) for one in TOWNS]
    count = {one.code: sum(t.county == one.code for t in TOWNS) for one in COUNTIES}
    for _ in range(4000):
        x, y = chance.uniform(4, WIDE - 4), chance.uniform(4, HIGH - 4)
        county = _county_of(x, y)
        height = float(relief.at(np.array(x), np.array(y)))
        apart = min(np.hypot(x - t[4], y - t[5]) for t in placed)
        if count[county] < TOWNS_EACH and 4 < height < 520 and apart > 6.0:
            zh, en = next(names)
            placed.append((county, zh, en, "乡" if height > 260 else "镇", x, y))
            count[county] += 1
    return _coded(placed)


def _coded(placed: list[tuple[str, str, str, str, float, float]]) -> Towns:
    """Town codes after the statistical manner: 0xx 街道, 1xx 镇, 2xx 乡."""
    numbers = {"街道": 0, "镇": 99, "乡": 199}
    given: dict[str, int] = {}
    out: Towns = []
    for county, zh, en, kind, x, y in placed:
        number = given.get(county + kind, numbers[kind]) + 1
        given[county + kind] = number
        out.append((f"{county}{number:03d}", zh, en, kind, x, y))
    return out


def _villages(relief: Relief, land: Any, *, towns: Towns, seed: int) -> Floats:
    """Seats of villages: on land, apart; closer in the plains and about towns."""
    chance = np.random.default_rng(seed + 3)
    middle = np.array([t[4:6] for t in towns])
    kept, count = np.full((VILLAGES, 2), 1e6), len(towns)
    kept[:count] = middle
    tried = chance.uniform((0, 0), (WIDE, HIGH), (20000, 2))
    tried = tried[shapely.contains_xy(land, tried[:, 0], tried[:, 1])]
    height = relief.at(tried[:, 0], tried[:, 1])
    near = np.sqrt(((tried[:, None] - middle[None]) ** 2).sum(-1).min(1))
    apart = np.clip(1.0 + 0.32 * near + height / 330, 1.0, 4.2)
    for place, least in zip(tried, apart, strict=True):
        if count == VILLAGES:
            break
        if ((kept - place) ** 2).sum(1).min() > least * least:
            kept[count] = place
            count += 1
    return kept[:count]


def _cells(seats: Floats, land: Any) -> list[Any]:
    """The land nearest to each seat, in their order."""
    points = shapely.multipoints(seats)
    pieces = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=land.envelope))
    tree = shapely.STRtree(pieces)
    seat, piece = tree.query(shapely.points(seats), predicate="within")
    order = dict(zip(seat.tolist(), piece.tolist(), strict=True))
    return [shapely.intersection(pieces[order[k]], land) for k in range(len(seats))]


def _nearest_town(seats: Floats, towns: Towns, seed: int) -> list[int]:
    """The town of each village: nearest in a plane that is bent a little, within its county."""
    bent = seats + 3 * np.column_stack(
        [value_noise(seats[:, 0] / 9, seats[:, 1] / 9, seed + k) - 0.5 for k in (31, 32)]
    )
    middle = np.array([t[4:6] for t in towns])
    county = np.array([t[0][:6] for t in towns])
    own = np.array([_county_of(x, y) for x, y in bent])
    away = np.sqrt(((bent[:, None] - middle[None]) ** 2).sum(-1))
    away[own[:, None] != county[None]] += 1000
    found: list[int] = away.argmin(1).tolist()
    return [k if k < len(towns) else found[k] for k in range(len(towns))] + found[len(towns) :]


def _named(
    seats: Floats, cells: list[Any], *, towns: Towns, owner: list[int], land: Any, seed: int
) -> Divided:  # house: the pieces of one map
    names = place_names(seed + 4)
    quarters: dict[str, list[Name]] = {}
    villages: list[Division] = []
    numbers: dict[int, int] = {}
    for k, town in enumerate(owner):
        code, zh, en, _, tx, ty = towns[town]
        is_urban = bool(np.hypot(seats[k, 0] - tx, seats[k, 1] - ty) < _urban_km(code, towns))
        number = numbers[town] = numbers.get(town, 0) + 1
        if not is_urban:
            name, name_en = _village(next(names))
        else:
            free = quarters.setdefault(code, [*QUARTERS] if zh in _SEATS else [])
            name, name_en = _quarter(zh, en, free, number=number)
        full = f"{code}{number if is_urban else 199 + number:03d}"
        villages.append(Division(full, name, name_en, code, cells[k], *seats[k].tolist()))
    return _gathered(villages, towns, land=land, seats=seats)


def _urban_km(code: str, towns: Towns) -> float:
    """How far the built-up part reaches: wide about a county town."""
    first = next(t[0] for t in towns if t[0].startswith(code[:6]))
    wide = 6.0 if code.startswith("990103") else 3.2
    return wide if code == first else 0.3


def _quarter(zh: str, en: str, free: list[Name], *, number: int) -> Name:
    if free:
        name, name_en = free.pop(0)
        return f"{name}社区", f"{name_en} Community"
    return (
        (f"{zh}社区", f"{en} Community")
        if number == 1
        else (f"{zh}第{number}社区", f"{en} Community {number}")
    )


def _village(name: Name) -> Name:
    return f"{name[0]}村", f"{name[1]} Village"


def _gathered(villages: list[Division], towns: Towns, *, land: Any, seats: Floats) -> Divided:
    """Towns, counties and the rest as unions."""
    out = [
        Division("99", "安澜省(虚构)", "Anlan Province (fictional)", "", land, 81.0, 26.0),
        Division("9901", "安澜市(虚构)", "Anlan City (fictional)", "99", land, 81.0, 26.0),
    ]
    parts: dict[str, list[Any]] = {}
    for one in villages:
        parts.setdefault(one.parent, []).append(one.shape)
        parts.setdefault(one.parent[:6], []).append(one.shape)
    union = {code: shapely.union_all(shapes, grid_size=1e-7) for code, shapes in parts.items()}
    for seat in COUNTIES:
        shape = union[seat.code]
        out.append(Division(seat.code, seat.zh, seat.en, "9901", shape, seat.x, seat.y))
    for code, zh, en, kind, x, y in towns:
        word = {"街道": "Subdistrict", "镇": "Town", "乡": "Township"}[kind]
        out.append(Division(code, zh + kind, f"{en} {word}", code[:6], union[code], x, y))
    out += villages
    return Divided(tuple(out), tuple(v.code for v in villages), seats)
