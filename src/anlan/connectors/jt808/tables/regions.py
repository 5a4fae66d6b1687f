"""Areas and routes that a platform sets in a terminal, 8600-8608, and those read back, 0608."""

from collections.abc import Callable, Mapping
from typing import Any

from anlan.connectors.road.fields import DEGREES, U8, U16, U32, Moment, Text
from anlan.connectors.road.shapes import Group, Many, Sized, group, since_2019

When = Callable[[int, Mapping[str, Any]], bool]


def _bit(mask: int) -> When:
    return lambda _, seen: bool(seen["attributes"] & mask)


def _new(when: When) -> When:
    return lambda version, seen: version >= 2019 and when(version, seen)


def _type(number: int) -> When:
    return lambda _, seen: seen["type"] == number


_TIMED, _LIMITED = _bit(1), _bit(2)
_HEAD = (("id", U32), ("attributes", U16))
_TIMES = (("start", Moment(), _TIMED), ("end", Moment(), _TIMED))
_SPEED = (("most_kmh", U16, _LIMITED), ("overspeed_s", U8, _LIMITED))
_NIGHT = ("night_kmh", U16, _new(_LIMITED))
_NAME = ("name", Sized(U16, Text()), since_2019)
_CORNERS = (("top", DEGREES), ("left", DEGREES), ("bottom", DEGREES), ("right", DEGREES))

CIRCLE = group(
    *_HEAD, ("lat", DEGREES), ("lon", DEGREES), ("radius_m", U32), *_TIMES, *_SPEED, _NIGHT, _NAME,
)  # fmt: skip
RECTANGLE = group(*_HEAD, *_CORNERS, *_TIMES, *_SPEED, _NIGHT, _NAME)
POLYGON = group(
    *_HEAD, *_TIMES, *_SPEED, ("points", Many(group(("lat", DEGREES), ("lon", DEGREES)), U16)),
    _NIGHT, _NAME,
)  # fmt: skip
_POINT = group(
    ("id", U32), ("segment", U32), ("lat", DEGREES), ("lon", DEGREES), ("width_m", U8),
    ("attributes", U8), ("too_long_s", U16, _TIMED), ("too_short_s", U16, _TIMED), *_SPEED, _NIGHT,
)  # fmt: skip
ROUTE = group(*_HEAD, *_TIMES, ("points", Many(_POINT, U16)), _NAME)
_IDS = group(("ids", Many(U32, U8)))

REGIONS: dict[int, tuple[str, Group]] = {
    0x8600: ("set_circles", group(("action", U8), ("circles", Many(CIRCLE, U8)))),
    0x8601: ("delete_circles", _IDS),
    0x8602: ("set_rectangles", group(("action", U8), ("rectangles", Many(RECTANGLE, U8)))),
    0x8603: ("delete_rectangles", _IDS),
    0x8604: ("set_polygon", POLYGON),
    0x8605: ("delete_polygons", _IDS),
    0x8606: ("set_route", ROUTE),
    0x8607: ("delete_routes", _IDS),
    0x8608: ("query_regions", group(("type", U8), ("ids", Many(U32, U32)))),
    0x0608: (
        "regions",
        group(
            ("type", U8),
            ("circles", Many(CIRCLE, U32), _type(1)),
            ("rectangles", Many(RECTANGLE, U32), _type(2)),
            ("polygons", Many(POLYGON, U32), _type(3)),
            ("routes", Many(ROUTE, U32), _type(4)),
        ),
    ),
}
