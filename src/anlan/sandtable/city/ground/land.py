"""The island whole: its outline, waters and rivers on the plane."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import shapely

from anlan.sandtable.city.ground.relief import Relief, region_above, relief
from anlan.sandtable.city.ground.water import (
    LAKES,
    RESERVOIRS,
    RIVERS,
    lake,
    pool,
    river_area,
    river_lines,
)

Named = tuple[tuple[str, str, Any], ...]
"""(zh, en, shape)."""


@dataclass(frozen=True, slots=True)
class Land:
    """whole: the island · rivers: lines, source first · bands: what rivers cover · wet: all
    waters together · dry: the rest."""

    relief: Relief
    whole: Any
    rivers: dict[str, Any]
    bands: dict[str, Any]
    pools: Named
    lakes: Named
    wet: Any
    dry: Any


@cache
def land_of(seed: int) -> Land:
    """The land of one seed."""
    ground = relief(seed)
    parts = shapely.get_parts(region_above(ground, 0.0))
    whole = shapely.Polygon(max(parts, key=lambda part: part.area).exterior)
    lines = {key: _inland(line, whole) for key, line in river_lines(seed).items()}
    width = {one.key: one.width_m for one in RIVERS}
    bands = {k: river_area(line, width[k]).intersection(whole) for k, line in lines.items()}
    pools = tuple(
        (zh, en, pool(lines[river], dam=dam, length_km=long, width_km=wide))
        for zh, en, river, dam, long, wide in RESERVOIRS
    )
    lakes = tuple(
        (zh, en, lake(x, y, far, seed=seed + k)) for k, (zh, en, x, y, far) in enumerate(LAKES)
    )
    waters = [*bands.values(), *(p[2] for p in pools), *(p[2] for p in lakes)]
    wet = shapely.union_all(waters, grid_size=1e-6)
    return Land(ground, whole, lines, bands, pools, lakes, wet, whole.difference(wet))


def _inland(line: Any, whole: Any) -> Any:
    """A river up to the sea."""
    return max(shapely.get_parts(line.intersection(whole)), key=lambda part: part.length)
