"""The base map: land, sea, water, rivers, roads, buildings, green, contours, labels."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import shapely

from anlan.sandtable.city.fabric.blocks import Built, build
from anlan.sandtable.city.fabric.roads import Road, roads
from anlan.sandtable.city.ground.frame import HIGH, WIDE, degrees, to_degrees
from anlan.sandtable.city.ground.land import Land, land_of
from anlan.sandtable.city.ground.relief import region_above
from anlan.sandtable.city.ground.water import RIVERS
from anlan.sandtable.city.model import Feature
from anlan.sandtable.city.owners.enterprises import PARK_LOTS
from anlan.sandtable.city.regions.divisions import Divided, divided_of

BANDS_M = (30, 80, 180, 350, 600, 900)
_RANKS = {"motorway": 1, "rail": 2, "national": 2, "provincial": 4, "county": 6, "street": 8}


@cache
def layers_of(seed: int) -> Mapping[str, tuple[Feature, ...]]:
    """Every layer by name, in the order in which they are drawn."""
    land, divided = land_of(seed), divided_of(seed)
    built = build(divided, land.dry, seed=seed)
    return {
        "sea": (Feature("sea", "虚构海域", "Fictional Sea", _sea(land), 1),),
        "land": (Feature("island", "安澜岛(虚构)", "Anlan (fictional)", to_degrees(land.whole), 1),
                 Feature("coast", "海岸线", "coast", to_degrees(land.whole.exterior), 1)),
        "contour": tuple(_contours(land)),
        "green": tuple(_green(land)),
        "water": tuple(_waters(land)),
        "river": tuple(_rivers(land)),
        "road": tuple(_roads(roads(divided, seed=seed), land, built)),
        "building": (*_buildings(built), *_sheds()),
        "label": tuple(_labels(divided)),
    }  # fmt: skip


def _sea(land: Land) -> Any:
    return to_degrees(shapely.box(-60, -60, WIDE + 60, HIGH + 60).difference(land.whole))


def _contours(land: Land) -> list[Feature]:
    out = []
    for k, height in enumerate(BANDS_M):
        shape = shapely.intersection(region_above(land.relief, height), land.whole)
        words = f"{height}米以上", f"above {height} m"
        out.append(Feature("band", *words, to_degrees(shape), 2 + k // 2, {"height_m": height}))
    return out


def _green(land: Land) -> list[Feature]:
    """Woods above the fields and below the bare tops."""
    woods = region_above(land.relief, 150).difference(land.wet.buffer(0.5)).buffer(-0.2).buffer(0.2)
    parts = [p for p in shapely.get_parts(woods) if p.area > 0.5]
    return [Feature("wood", "", "", to_degrees(part.simplify(0.05)), 3) for part in parts]


def _waters(land: Land) -> list[Feature]:
    out = [Feature("reservoir", zh, en, to_degrees(s), 2) for zh, en, s in land.pools]
    out += [Feature("lake", zh, en, to_degrees(s), 2) for zh, en, s in land.lakes]
    named = {one.key: one for one in RIVERS}
    return out + [
        Feature("river", named[k].zh, named[k].en, to_degrees(s), 3) for k, s in land.bands.items()
    ]


def _rivers(land: Land) -> list[Feature]:
    return [
        Feature("river", one.zh, one.en, to_degrees(land.rivers[one.key]),
                1 if one.width_m > 150 else 3, {"width_m": one.width_m})
        for one in RIVERS
    ]  # fmt: skip


def _roads(every: list[Road], land: Land, built: Built) -> list[Feature]:
    out = []
    for road in every:
        line = shapely.intersection(road.line, land.whole)
        out.append(Feature(road.kind, road.zh, road.en, to_degrees(line), _RANKS[road.kind]))
    return out + [Feature("street", "", "", to_degrees(s), 8) for s in built.streets]


def _buildings(built: Built) -> list[Feature]:
    shapes = to_degrees(shapely.geometrycollections(built.buildings)).geoms
    rows = zip(built.kinds, shapes, built.floors, strict=True)
    return [Feature(kind, "", "", shape, 9, {"floors": int(n)}) for kind, shape, n in rows]


def _sheds() -> Iterator[Feature]:
    """The sheds of the chemical park, beside its tanks."""
    for x, y in PARK_LOTS:
        for u, v, wide, deep in ((-0.16, 0.08, 0.1, 0.03), (-0.03, 0.08, 0.08, 0.03),
                                 (0.12, -0.02, 0.05, 0.05), (0.12, 0.08, 0.05, 0.03)):  # fmt: skip
            shed = shapely.box(x + u, y + v, x + u + wide, y + v + deep)
            yield Feature("works", "", "", to_degrees(shed), 8, {"floors": 2})


def _labels(divided: Divided) -> list[Feature]:
    """Names at the seats of districts: city first."""
    ranks = {4: ("city", 1), 6: ("county", 2), 9: ("town", 4), 12: ("village", 7)}
    return [
        Feature(*ranks[len(one.code)][:1], one.zh, one.en,
                shapely.Point(degrees(one.x, one.y)), ranks[len(one.code)][1])
        for one in divided.every
        if len(one.code) in ranks
    ]  # fmt: skip
