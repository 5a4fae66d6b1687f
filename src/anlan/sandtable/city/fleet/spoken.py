"""Which sensors have devices of their own, and how these call themselves and what they measure.

Sensors of the stories have none: they report each few seconds, which such devices do not.
"""

from collections.abc import Iterator
from typing import NamedTuple

from anlan.sandtable.city.fleet.recipes import ROWS
from anlan.sandtable.city.model import City

_SL651 = {
    "rain_station.P": "PN05", "reservoir.P": "PN05", "river_section.Z": "Z", "reservoir.RZ": "ZU",
}  # fmt: skip
"""Recipes → elements of SL 651, appendix C; both report each five minutes."""


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


def spoken(city: City) -> list[Spoken]:
    """The sensors of the city that come by a protocol of devices."""
    return [*_stations(city)]


def _stations(city: City) -> Iterator[Spoken]:
    """Hydrologic stations: an address is the county and a number in it."""
    numbers: dict[str, int] = {}
    addresses: dict[int, str] = {}
    fleet = city.fleet
    for row, (recipe, owner, story) in enumerate(
        zip(fleet.recipe.tolist(), fleet.owner.tolist(), fleet.story.tolist(), strict=True)
    ):
        element = _SL651.get(ROWS[recipe].key)
        if element is None or story:
            continue
        if owner not in addresses:
            county = city.objects[owner].region[:6]
            numbers[county] = numbers.get(county, 0) + 1
            addresses[owner] = f"{county}{numbers[county]:04d}"
        yield Spoken(row, "sl651", addresses[owner], element)
