"""The plane of the city in kilometres, and the way to degrees and back.

The origin is at 160° E 30° N, in the open Pacific where nobody lives.
"""

from typing import Any

import numpy as np
import shapely

WEST, SOUTH = 160.0, 30.0
KM_EAST, KM_NORTH = 96.3, 110.9
"""Kilometres in a degree of longitude and of latitude at 30° N."""
WIDE, HIGH = 100.0, 78.0
"""The plane, km."""

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place on the plane, six decimals (0.1 m)."""
    return round(WEST + float(x) / KM_EAST, 6), round(SOUTH + float(y) / KM_NORTH, 6)


def to_degrees(shape: Any) -> Any:
    """A shape of the plane in degrees."""
    return shapely.transform(
        shape, lambda xy: np.column_stack((WEST + xy[:, 0] / KM_EAST, SOUTH + xy[:, 1] / KM_NORTH))
    )
