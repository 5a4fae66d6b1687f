"""Which sensors have devices of their own, and how these call themselves and what they measure.

Sensors of the stories have none: they report each few seconds, which such devices do not.
"""

from collections.abc import Iterator
from typing import NamedTuple

from anlan.sandtable.city.fleet.recipes import ROWS
from anlan.sandtable.city.fleet.registry import STORY
from anlan.sandtable.city.model import City

_WORDS = {
    "rain_station.P": ("sl651", "PN05"),
    "reservoir.P": ("sl651", "PN05"),
    "river_section.Z": ("sl651", "Z"),
    "reservoir.RZ": ("sl651", "ZU"),
    "fire_host.F": ("gb26875", "1-1.fire"),
    "fire_host.E": ("gb26875", "1-1.fault"),
    "fire_host.S": ("gb26875", "1-1.shield"),
    "fire_host.M": ("gb26875", "1-1.main_power_fault"),
    "fire_host.O": ("gb26875", "line_fault"),
    "outlet.A": ("hj212", "w01001"),
    "outlet.C": ("hj212", "w01018"),
    "outlet.N": ("hj212", "w21003"),
    "outlet.Q": ("hj212", "w00000"),
    "tank.L": ("modbus", ""),
    "tank.T": ("modbus", ""),
    "tank.PR": ("modbus", ""),
    "tank.G": ("modbus", ""),
    "tank.X": ("modbus", ""),
    "vehicle.X": ("jt808", "lon"),
    "vehicle.Y": ("jt808", "lat"),
    "vehicle.V": ("jt808", "speed"),
    "vehicle.S": ("jt808", "emergency"),
    "vehicle.F": ("jt808", "fatigue"),
    "vehicle.C": ("jt808", "collision"),
    "vehicle.R": ("jt808", "deviation"),
}
"""Recipes → protocols, and what these call the same; the controller of a plant has its tanks under
the end of their names."""
_NAMES = {"gb26875": "transmitter", "hj212": "mn", "jt808": "terminal"}
"""Which attribute of an object is the name of its device."""


class Spoken(NamedTuple):
    """A sensor as its device tells it. row: of the city's sensors · quantity: the device's word."""

    row: int
    protocol: str
    device: str
    quantity: str

    @property
    def name(self) -> str:
        """As the gateway hears it."""
        return f"{self.device}.{self.quantity}"


def spoken(city: City) -> Iterator[Spoken]:
    """The sensors of the city that come by a protocol of devices."""
    stations = _stations(city)
    fleet = city.fleet
    for row, (recipe, owner, story) in enumerate(
        zip(fleet.recipe.tolist(), fleet.owner.tolist(), fleet.story.tolist(), strict=True)
    ):
        words = _WORDS.get(ROWS[recipe].key)
        if words is not None and not story:
            protocol, quantity = words
            one = city.objects[owner]
            if protocol == "modbus":
                rest = city.sensors[row].key.removeprefix(one.parent)
                yield Spoken(row, protocol, one.parent, rest)
                continue
            name = one.attributes.get(_NAMES.get(protocol, ""), stations.get(owner))
            yield Spoken(row, protocol, str(name), quantity)


def _stations(city: City) -> dict[int, str]:
    """Addresses of hydrologic stations by object: the county, and a number in it."""
    kinds = {key.partition(".")[0] for key, (protocol, _) in _WORDS.items() if protocol == "sl651"}
    numbers: dict[str, int] = {}
    addresses: dict[int, str] = {}
    for owner, one in enumerate(city.objects):
        if one.kind in kinds and not STORY.match(one.key):
            county = one.region[:6]
            numbers[county] = numbers.get(county, 0) + 1
            addresses[owner] = f"{county}{numbers[county]:04d}"
    return addresses
