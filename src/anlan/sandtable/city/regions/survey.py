"""Where things may stand: places by people, hills and rivers, with their village and address."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from anlan.sandtable.city.ground.frame import Floats, degrees, to_degrees
from anlan.sandtable.city.ground.land import Land
from anlan.sandtable.city.model import Contact, Observed
from anlan.sandtable.city.regions.divisions import Divided, Division
from anlan.sandtable.city.regions.names import SURNAMES
from anlan.sandtable.city.regions.people import People

PHONES = "199-0000-"
"""No network has it: every number of the city is invented."""


class Survey:
    """Gives places, names and keys for one build; the same order gives the same things."""

    def __init__(self, land: Land, divided: Divided, people: People, *, seed: int) -> None:
        self.land, self.divided, self.people = land, divided, people
        self.chance = np.random.default_rng(seed + 61)
        self.district = {one.code: one for one in divided.every}
        self.villages = [self.district[code] for code in divided.codes]
        self._numbers: dict[str, itertools.count[int]] = {}
        self._posts = itertools.count()
        self._workers: dict[str, Contact] = {}
        shapely.prepare(land.whole)

    def key(self, region: str, short: str) -> str:
        """A new key: the county's code, the kind in short, a number of the county's own.

        900 to 999 are kept for what the stories need.
        """
        stem = f"{region[:6]}{short}"
        number = next(self._numbers.setdefault(stem, itertools.count(1)))
        return f"{stem}{number if number < 900 else number + 100:03d}"

    def contact(self, post: str) -> Contact:
        """An invented post; surnames only."""
        k = next(self._posts)
        return Contact(SURNAMES[(k * 7) % len(SURNAMES)] + post, f"{PHONES}{(k * 37) % 10000:04d}")

    def worker(self, village: Division) -> Contact:
        """The grid worker of a village: one for all its homes."""
        if village.code not in self._workers:
            self._workers[village.code] = self.contact("网格员")
        return self._workers[village.code]

    def village(self, x: float, y: float) -> Division:
        """The village in which a place lies."""
        return self.district[self.divided.village_of(np.array([x]), np.array([y]))[0]]

    def address(self, region: str, more: str = "") -> str:
        """County, town and village in words."""
        names = [self.district[region[:n]].zh for n in (6, 9, 12) if len(region) >= n]
        return "".join(names) + more

    def among_people(self, count: int, *, power: float = 1.0, county: str = "") -> Iterator[
        tuple[float, float, Division]
    ]:  # fmt: skip
        """Places where people are, as many as asked; power > 1: rather in towns."""
        weight = self.people.night**power
        if county:
            weight = weight * np.char.startswith(np.array(self.people.village), county)
        cells = self.chance.choice(len(weight), count, p=weight / weight.sum())
        yield from self.spread(self.people.x[cells], self.people.y[cells], reach_km=0.24)

    def spread(self, x: Floats, y: Floats, *, reach_km: float) -> Iterator[
        tuple[float, float, Division]
    ]:  # fmt: skip
        """Each place moved a little, but never into the sea."""
        nx = x + self.chance.uniform(-reach_km, reach_km, len(x))
        ny = y + self.chance.uniform(-reach_km, reach_km, len(y))
        is_dry = shapely.contains_xy(self.land.whole, nx, ny)
        nx, ny = np.where(is_dry, nx, x), np.where(is_dry, ny, y)
        codes = self.divided.village_of(nx, ny)
        for a, b, code in zip(nx.tolist(), ny.tolist(), codes, strict=True):
            yield a, b, self.district[code]

    def slopes(self, count: int, *, reach_km: float = 0.45) -> Iterator[
        tuple[float, float, float, Division]
    ]:  # fmt: skip
        """Steep places above villages: (x, y, direction up the slope, the village below)."""
        seats = self.divided.villages
        steep = self.land.relief.steepness(seats[:, 0], seats[:, 1])
        order = np.argsort(-steep * self.chance.uniform(0.6, 1.0, len(steep)), kind="stable")
        for k in itertools.islice(itertools.cycle(order[: max(60, len(order) // 3)]), count):
            x, y = seats[k] + self.chance.uniform(-0.15, 0.15, 2)
            turn = self.uphill(x, y) + self.chance.uniform(-0.7, 0.7)
            far = reach_km * self.chance.uniform(0.6, 1.3)
            px, py = x + far * np.cos(turn), y + far * np.sin(turn)
            if not shapely.contains_xy(self.land.whole, px, py):
                px, py = x, y
            yield float(px), float(py), float(turn), self.villages[k]

    def uphill(self, x: float, y: float) -> float:
        """The direction in which the ground rises, radians from east."""
        at = self.land.relief.at
        east = at(np.array(x + 0.3), np.array(y)) - at(np.array(x - 0.3), np.array(y))
        north = at(np.array(x), np.array(y + 0.3)) - at(np.array(x), np.array(y - 0.3))
        return float(np.arctan2(north, east))

    def height(self, x: float, y: float) -> float:
        """Metres above the sea."""
        return round(float(self.land.relief.at(np.array(x), np.array(y))), 1)

    def observe(self, kind: str, *, at: tuple[float, float], **rest: Any) -> Observed:
        """An observed object at a place of the plane; shape: on the plane, else a point."""
        point = degrees(*at)
        region = rest.pop("region", None) or self.village(*at).code
        shape = rest.pop("shape", None)
        rest.setdefault("key", self.key(region, rest.pop("short", "")))
        rest.setdefault("enterprise", "")
        rest.setdefault("address", self.address(region))
        rest.setdefault("contact", self.contact("值班员"))
        return Observed(
            kind=kind, region=region, point=point,
            shape=shapely.Point(point) if shape is None else to_degrees(shape), **rest,
        )  # fmt: skip


def oval(at: tuple[float, float], turn: float, *, long_km: float, wide_km: float) -> Any:
    """An oval on the plane, its long axis in a direction."""
    around = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    u = long_km / 2 * np.cos(around) * (1 + 0.12 * np.sin(3 * around))
    v = wide_km / 2 * np.sin(around)
    c, s = np.cos(turn), np.sin(turn)
    return shapely.Polygon(np.column_stack((at[0] + c * u - s * v, at[1] + s * u + c * v)))
