"""Which quantity of a hazard a device's quantity is, where both mean the same in the same unit.

Of several that mean one thing only the first that a device has is taken, so that rain is not
counted twice.
"""

from collections.abc import Iterable

_ALIKE: dict[tuple[str, str], tuple[str, ...]] = {
    ("sl651", "flood.water_level"): ("Z",),
    ("sl651", "flood.reservoir_level"): ("ZU",),
    ("sl651", "flood.rain"): ("DRP", "PN05", "PN10", "P1"),
    ("sl651", "geohazard.rain"): ("DRP", "PN05", "PN10", "P1"),
    ("sl651", "tailings.rain"): ("DRP", "PN05", "PN10", "P1"),
    ("sl651", "wind.wind_speed"): ("US",),
    ("hj212", "wind.wind_speed"): ("a01007",),
    ("hj212", "wind.wind_direction"): ("a01008",),
    **{("jt808", f"vehicle.{name}"): (name,)
       for name in ("speed", "lon", "lat", "emergency", "fatigue", "collision")},
    ("jt808", "vehicle.off_route"): ("deviation",),
    **{("gb32960", f"vehicle.{name}"): (name,) for name in ("speed", "lon", "lat")},
    ("hj212", "outlet.ph"): ("w01001",),
    ("hj212", "outlet.cod"): ("w01018",),
    ("hj212", "outlet.ammonia_nitrogen"): ("w21003",),
    ("hj212", "outlet.outflow"): ("w00000",),
    **{("gb26875", f"fire_host.{name}"): (name,) for name in ("fire", "fault", "shield")},
    ("gb26875", "fire_host.mains_fault"): ("main_power_fault",),
    ("gb26875", "chemical.flammable_gas"): ("gas",),
    ("gb26875", "chemical.level"): ("height",),
    ("gb26875", "chemical.pressure"): ("pressure_mpa",),
    ("gb26875", "chemical.temperature"): ("temperature",),
    ("gb26875", "gas_station.vapour"): ("gas",),
    ("gb26875", "fireworks.air_temperature"): ("temperature",),
}  # fmt: skip


def alike(protocol: str, pack: str, spoken: Iterable[str]) -> dict[str, str]:
    """Of the quantities of a device those that a hazard knows, and as what."""
    has = set(spoken)
    found: dict[str, str] = {}
    for (of, quantity), names in _ALIKE.items():
        if of == protocol and quantity.partition(".")[0] == pack:
            first = next((name for name in names if name in has), None)
            if first is not None:
                found[first] = quantity
    return found
