"""People by cell of a grid: thick in towns and valleys, none on water and steep hills."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.ground.relief import STEP, Relief
from anlan.sandtable.city.regions.counties import COUNTIES
from anlan.sandtable.city.regions.divisions import Divided

PEOPLE_A_HOUSEHOLD = 2.7


@dataclass(frozen=True, slots=True)
class People:
    """Cells of STEP km: middle, village, people by day and by night."""

    x: Floats
    y: Floats
    village: list[str]
    day: Floats
    night: Floats

    def of(self) -> dict[str, float]:
        """People by night in each district, at every level."""
        total: dict[str, float] = {}
        for code, people in zip(self.village, self.night.tolist(), strict=True):
            for length in (2, 4, 6, 9, 12):
                total[code[:length]] = total.get(code[:length], 0.0) + people
        return total


def settle(relief: Relief, divided: Divided, *, dry: Any, crowd: float) -> People:
    """Where people live; dry: land without its waters · crowd: 1 for 1.2 million."""
    rows, columns = (n - 1 for n in relief.height_m.shape)
    east, north = np.meshgrid((np.arange(columns) + 0.5) * STEP, (np.arange(rows) + 0.5) * STEP)
    x, y = east.ravel(), north.ravel()
    kept = shapely.contains_xy(dry, x, y)
    x, y = x[kept], y[kept]
    night, work = _density(relief, divided, x=x, y=y)
    day = 0.78 * night + 0.22 * work * night.sum() / work.sum()
    village = divided.village_of(x, y)
    return People(x, y, village, np.round(crowd * day, 1), np.round(crowd * night, 1))


def _density(relief: Relief, divided: Divided, *, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """People in a cell by night, and the pull of work by day."""
    ease = np.exp(-relief.at(x, y) / 260) * np.exp(-relief.steepness(x, y) / 140)
    night, work = 4 + 55 * ease, 1 + 20 * ease
    urban = {(one.x, one.y): one.urban for one in COUNTIES}
    for one in divided.every:
        if len(one.code) == 9:
            thousands = urban.get((one.x, one.y), 7.0)
            spread = 0.55 + 0.16 * np.sqrt(thousands)
            away = np.hypot(x - one.x, y - one.y)
            kernel = np.exp(-((away / spread) ** 1.6))
            night += 1000 * thousands * kernel / max(kernel.sum(), 1e-9)
            work += 1800 * thousands * kernel**2 / max((kernel**2).sum(), 1e-9)
        elif len(one.code) == 12:
            night += 70 * np.exp(-((np.hypot(x - one.x, y - one.y) / 0.6) ** 2))
    return night, work
