"""A sketch of a warned area: its outline alone, north up, from what the message itself says."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from anlan.cap.message import Area

WIDE, HIGH, _MARGIN = 420, 300, 14
_KM_A_DEGREE = 111.195
_FINEST = 0.4


@dataclass(frozen=True, slots=True)
class Sketch:
    """svg: the drawing, empty where nothing is drawn · north … east: the frame in degrees ·
    across_km: how wide the frame is, at its middle."""

    svg: str = ""
    north: float = 0.0
    south: float = 0.0
    west: float = 0.0
    east: float = 0.0
    across_km: float = 0.0


def sketch(areas: Iterable[Area], colour: str) -> Sketch:
    """The outline of some areas in a colour, hatched so that it is seen without the colour."""
    shapes = [shape for area in areas for shape in _shapes(area) if not shape.is_empty]
    if not shapes:
        return Sketch()
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    narrow = max(0.05, math.cos(math.radians((south + north) / 2)))
    wide, high = max(1e-4, (east - west) * narrow), max(1e-4, north - south)
    units = min((WIDE - 2 * _MARGIN) / wide, (HIGH - 2 * _MARGIN) / high)
    left, top = (WIDE - wide * units) / 2, (HIGH - high * units) / 2
    paths = "".join(
        _path(shapely.transform(shape, lambda xy: (xy - [west, north])
                                * [units * narrow, -units] + [left, top]))
        for shape in shapes
    )  # fmt: skip
    return Sketch(_drawing(paths, colour), north, south, west, east,
                  WIDE / units * _KM_A_DEGREE)  # fmt: skip


def _shapes(area: Area) -> Iterable[BaseGeometry]:
    """The polygons and circles of an area, in degrees of longitude and latitude."""
    for ring in area.polygon:
        corners = [tuple(map(float, corner.split(",")[::-1])) for corner in ring.split()]
        yield shapely.make_valid(shapely.Polygon(corners))
    for text in area.circle:
        middle, radius_km = text.split()
        lat, lon = map(float, middle.split(","))
        reach = float(radius_km) / _KM_A_DEGREE
        narrow = max(0.05, math.cos(math.radians(lat)))
        disc = shapely.Point(0, 0).buffer(reach)
        yield shapely.transform(disc, lambda xy, n=narrow, x=lon, y=lat: xy / [n, 1] + [x, y])


def _path(shape: BaseGeometry) -> str:
    parts = [part for part in shapely.get_parts(shape.simplify(_FINEST))
             if part.geom_type == "Polygon"]  # fmt: skip
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(f"M{' '.join(f'{x:.1f},{y:.1f}' for x, y in r.coords)}z" for r in rings)


def _drawing(paths: str, colour: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}">'
        '<defs><pattern id="h" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V8" stroke="#1a1a1a" stroke-width="1.4"/>'
        f'</pattern></defs><rect width="{WIDE}" height="{HIGH}" fill="#f7f7f4"/>'
        f'<path d="{paths}" fill="{colour}" fill-opacity=".55" fill-rule="evenodd"/>'
        f'<path d="{paths}" fill="url(#h)" fill-opacity=".45" fill-rule="evenodd" '
        'stroke="#1a1a1a" stroke-width="1.6"/>'
        f'<path d="M{WIDE - 20} 34V12m-5 7l5-8 5 8" fill="none" stroke="#1a1a1a" '
        'stroke-width="1.6"/></svg>'
    )
