"""A grid of hundredths of a degree over the world, numbered along its rows from the south west."""

import math
from typing import Any

from django.db import models

CELLS_A_ROW = 36_000
NOWHERE = -1
_A_DEGREE = 100


def cell_of(lon: float, lat: float) -> int:
    """The number of the cell of a point, in degrees; the points of a row stand in one span."""
    column = min(max(math.floor((lon + 180) * _A_DEGREE), 0), CELLS_A_ROW - 1)
    row = min(max(math.floor((lat + 90) * _A_DEGREE), 0), 180 * _A_DEGREE - 1)
    return row * CELLS_A_ROW + column


class CellField(models.IntegerField):  # type: ignore[type-arg]  # a number, always
    """The cell of a row's `lon` and `lat`, set whenever it is saved; -1 where it has none."""

    def pre_save(self, model_instance: Any, add: bool) -> int:
        """The cell; it follows the point."""
        lon, lat = model_instance.lon, model_instance.lat
        cell = NOWHERE if lon is None or lat is None else cell_of(lon, lat)
        setattr(model_instance, self.attname, cell)
        return cell

    def deconstruct(self) -> Any:
        """A plain number, as far as migrations are concerned."""
        name, _path, args, words = super().deconstruct()
        return name, "django.db.models.IntegerField", args, words
