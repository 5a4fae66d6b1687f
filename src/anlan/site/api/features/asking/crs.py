"""Coordinate reference systems: from the stored longitude and latitude to others, and back.

CGCS2000 (EPSG:4490) and WGS 84 lie within centimetres of each other and are taken as one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from anlan.terms.errors import Malformed

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_RADIUS_M: Final = 6_378_137.0
_HIGHEST: Final = 85.051128779806604
"""Degrees of latitude at which the square of Web Mercator ends."""


def _swapped(xy: Any) -> Any:
    return xy[:, ::-1]


def _mercator(xy: Any) -> Any:
    lat = np.clip(xy[:, 1], -_HIGHEST, _HIGHEST)
    north = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return np.column_stack((np.radians(xy[:, 0]), north)) * _RADIUS_M


def _from_mercator(xy: Any) -> Any:
    lat = 2 * np.arctan(np.exp(np.clip(xy[:, 1] / _RADIUS_M, -40, 40))) - np.pi / 2
    return np.degrees(np.column_stack((xy[:, 0] / _RADIUS_M, lat)))


def _same(xy: Any) -> Any:
    return xy


@dataclass(frozen=True, slots=True)
class Crs:
    """A system by its URI; digits: to which coordinates are rounded."""

    uri: str
    outward: Callable[[Any], Any]
    inward: Callable[[Any], Any]
    digits: int

    def told(self, shape: Any) -> Any:
        """A stored shape in this system."""
        return shapely.transform(shape, lambda xy: np.round(self.outward(xy), self.digits))

    def stored(self, shape: Any) -> Any:
        """A shape of this system as it is stored."""
        return shapely.transform(shape, self.inward)


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", _same, _same, 7)
_KNOWN = {
    one.uri: one
    for one in (
        CRS84,
        Crs(_EPSG + "4326", _swapped, _swapped, 7),
        Crs(_EPSG + "4490", _swapped, _swapped, 7),
        Crs(_EPSG + "3857", _mercator, _from_mercator, 3),
    )
}
URIS: Final = list(_KNOWN)


def crs_named(uri: str, where: str) -> Crs:
    """A system by its URI, CRS84 where none is named; Malformed for one that is not known."""
    if not uri:
        return CRS84
    if uri not in _KNOWN:
        raise Malformed(f"It is one of {' '.join(URIS)}.", where=where)
    return _KNOWN[uri]


def boxes_of(text: str, crs: Crs, where: str = "bbox") -> list[Any]:
    """What a `bbox` of four or six numbers covers, in degrees: one box, or two at the date line.

    Heights are not looked at. Malformed where it is none.
    """
    try:
        sides = [float(one) for one in text.split(",")]
    except ValueError as error:
        raise Malformed("bbox is four or six numbers.", where=where) from error
    if len(sides) not in (4, 6) or not np.isfinite(sides).all():
        raise Malformed("bbox is four or six numbers.", where=where)
    half = len(sides) // 2
    corners = np.array([sides[:2], sides[half : half + 2]])
    (west, south), (east, north) = crs.inward(corners).tolist()
    if max(abs(west), abs(east)) > 180.0 or not -90.0 <= south <= north <= 90.0:
        raise Malformed("bbox lies outside of the world, or is turned.", where=where)
    if west <= east:
        return [(west, south, east, north)]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]
