"""A map as a drawing: the warned areas over the borders of the districts, without a script."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from shapely.geometry.base import BaseGeometry

from anlan.terms.levels import Level

WIDTH, _HIGHEST, _MARGIN = 720, 640, 12
_MOST_CHARACTERS, _MOST_SLACK = 24_000, 20.0
_BELOW = 26
"""A sign stands below the middle of its area, where the name of a district may be."""
SIGNS = ("○", "●", "■", "▲", "◆")
"""The shape of each level: told by it as well as by colour and word."""


@dataclass(frozen=True, slots=True)
class Patch:
    """An area on the map; level 0 is a district. href: where it leads, or empty."""

    name: str
    shape: BaseGeometry
    level: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The plane of a drawing: an origin in degrees, and units a degree."""

    west: float
    north: float
    x: float
    y: float

    def on(self, shape: BaseGeometry) -> BaseGeometry:
        """The same shape in units of the drawing, y downwards."""
        at, scale = [self.west, self.north], [self.x, -self.y]
        return shapely.transform(shape, lambda xy: (xy - at) * scale + _MARGIN)


def picture(borders: Sequence[Patch], areas: Sequence[Patch], *, title: str) -> SafeString:
    """The drawing; empty without a border or an area. Simplified until it is small."""
    shapes = [one.shape for one in (*borders, *areas) if not one.shape.is_empty]
    if not shapes:
        return SafeString("")
    sheet, height = _sheet(shapely.total_bounds(shapes).tolist())
    slack = 0.6
    drawn = _drawn(borders, areas, sheet=sheet, slack=slack)
    while len(drawn) > _MOST_CHARACTERS and slack < _MOST_SLACK:
        slack *= 2
        drawn = _drawn(borders, areas, sheet=sheet, slack=slack)
    return format_html(
        '<svg viewBox="0 0 {} {}" role="group" aria-label="{}" class="map">{}</svg>',
        WIDTH, height, title, drawn,
    )  # fmt: skip


def _sheet(bounds: Sequence[float]) -> tuple[Sheet, int]:
    west, south, east, north = bounds
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = max(1e-6, (east - west) * narrow), max(1e-6, north - south)
    units = min((WIDTH - 2 * _MARGIN) / wide, (_HIGHEST - 2 * _MARGIN) / high)
    left = west - ((WIDTH - 2 * _MARGIN) / units - wide) / 2 / narrow
    return Sheet(left, north, units * narrow, units), round(high * units) + 2 * _MARGIN


def _drawn(
    borders: Iterable[Patch], areas: Iterable[Patch], *, sheet: Sheet, slack: float
) -> SafeString:
    ground = format_html_join("", '<path d="{}"/>', (
        (_path(sheet.on(one.shape).simplify(slack)),) for one in borders))  # fmt: skip
    names = format_html_join("", '<text x="{}" y="{}">{}</text>', (
        (*_middle(sheet.on(one.shape)), one.name) for one in borders))  # fmt: skip
    warned = [_area(one, sheet.on(one.shape), slack) for one in reversed(list(areas))]
    return format_html('<g class="ground">{}</g>{}<g class="names">{}</g>', ground,
                       format_html_join("", "{}", ((one,) for one in warned)), names)  # fmt: skip


def _area(one: Patch, shape: BaseGeometry, slack: float) -> SafeString:
    x, y = _middle(shape)
    inner = format_html(
        '<path d="{}"/><text x="{}" y="{}">{}</text><title>{}</title>',
        _path(shape.simplify(slack)), x, y + _BELOW, SIGNS[one.level], one.name,
    )  # fmt: skip
    word = Level(one.level).word or "none"
    link = format_html('<a href="{}" aria-label="{}">{}</a>', one.href, one.name, inner)
    return format_html('<g class="warned l-{}">{}</g>', word, link)


def _middle(shape: BaseGeometry) -> tuple[int, int]:
    point = shape.representative_point()
    return round(point.x), round(point.y)


def _path(shape: BaseGeometry) -> str:
    """The rings of polygons as a path of whole units."""
    rings = [ring for part in shapely.get_parts(shape) if part.geom_type == "Polygon"
             for ring in (part.exterior, *part.interiors)]  # fmt: skip
    return "".join(f"M{' '.join(f'{round(x)},{round(y)}' for x, y in r.coords)}z" for r in rings)
