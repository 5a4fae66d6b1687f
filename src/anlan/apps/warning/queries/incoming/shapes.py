"""The ground that a message draws: polygons and circles that can be trusted, as one shape."""

from collections.abc import Iterator

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from anlan.apps.warning.queries.writing.drafting import circle
from anlan.cap import shape
from anlan.cap.message import Area
from anlan.terms.errors import Malformed

_MOST_POINTS, _MOST_SHAPES, _LARGEST_KM = 20_000, 500, 1_000
_M_PER_KM = 1_000


def shape_of(areas: tuple[Area, ...]) -> BaseGeometry | None:
    """All sound polygons and circles together; None where there is none, or too much to join."""
    shapes: list[BaseGeometry] = []
    points = 0
    for one in _drawn(areas):
        points += shapely.get_num_coordinates(one)
        if points > _MOST_POINTS or len(shapes) >= _MOST_SHAPES:
            return None
        shapes.append(one)
    whole = shapely.union_all(shapes) if shapes else None
    return whole if whole is not None and whole.geom_type in ("Polygon", "MultiPolygon") else None


def _drawn(areas: tuple[Area, ...]) -> Iterator[BaseGeometry]:
    for area in areas:
        for text in area.polygon:
            one = _polygon(text)
            if one is not None:
                yield one
        for text in area.circle:
            one = _circle(text)
            if one is not None:
                yield one


def _polygon(text: str) -> BaseGeometry | None:
    """A ring as land; None for one that crosses itself, is open or beyond the Earth."""
    try:
        ring = shape.ring_of(text)
    except Malformed:
        return None
    if len(ring) < 4 or len(ring) > _MOST_POINTS or ring[0] != ring[-1]:
        return None
    if any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in ring):
        return None
    land = Polygon([(lon, lat) for lat, lon in ring])
    return land if land.is_valid and land.area else None


def _circle(text: str) -> BaseGeometry | None:
    try:
        (lat, lon), radius_km = shape.circle_of(text)
    except Malformed:
        return None
    if abs(lat) > 85 or abs(lon) > 180 or not 0 < radius_km <= _LARGEST_KM:
        return None
    return circle(lon, lat, radius_km * _M_PER_KM)
