"""How much of everything each size has."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Counts besides what the stories need; homes fill the rest up to `sensors`.

    crowd: people, 1 for 1.6 million.
    """

    sensors: int
    crowd: float = 1.0
    rain_stations: int = 54
    wind_stations: int = 18
    river_sections: int = 34
    small_reservoirs: int = 12
    low_spots: int = 64
    chemical_sites: int = 14
    gas_points: int = 96
    landslides: int = 34
    collapses: int = 14
    debris_flows: int = 12
    fissures: int = 8
    subsidences: int = 6
    shops: int = 80
    gas_stations: int = 44
    works: int = 60
    targets: int = 260
    bridges: int = 6
    drains: int = 10
    water_mains: int = 8
    lifts: int = 12
    fuel_stations: int = 5
    fireworks_shops: int = 4
    fireworks_stores: int = 2
    fire_hosts: int = 10
    outlets: int = 6
    tankers: int = 8
    buses: int = 4


def _more(factor: int, **rest: float) -> Amounts:
    small = Amounts(sensors=0)
    counts = {
        name: getattr(small, name) * factor
        for name in Amounts.__dataclass_fields__
        if name not in ("sensors", "crowd", "rain_stations", "wind_stations", "river_sections")
    }
    return replace(small, **counts, **rest)  # type: ignore[arg-type]  # whole numbers by name


SIZES = {
    "S": Amounts(sensors=2_000),
    "M": _more(
        14, sensors=50_000, crowd=1.4, rain_stations=400, wind_stations=60, river_sections=160
    ),
    "L": _more(
        190, sensors=1_000_000, crowd=2.6, rain_stations=480, wind_stations=60, river_sections=600
    ),
}
"""S: the demo; M: a city; L: for speed only, more than one island has."""
