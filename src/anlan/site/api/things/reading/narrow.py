"""What of an expression the database can judge, so that little is left to be looked at."""

from datetime import datetime
from typing import Any, NamedTuple

import shapely
from django.db.models import Q

from anlan.site.api.things.ask.tree import Call, Literal, Node, Path
from anlan.site.api.things.model import Kind

_FLIPPED = {"eq": "eq", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_LOOKUPS = {"eq": "", "gt": "__gt", "ge": "__gte", "lt": "__lt", "le": "__lte"}
_MEETS = frozenset({"geo.intersects", "st_within", "st_intersects", "st_contains", "st_equals",
                    "st_overlaps", "st_crosses", "st_touches"})  # fmt: skip


class Narrowed(NamedTuple):
    """A condition that leaves nothing out; is_whole: it also lets nothing else in."""

    condition: Q
    is_whole: bool


_ALL = Narrowed(Q(), False)


def narrowed(kind: Kind, node: Node | None) -> Narrowed:
    """An expression as far as it can be a condition on the rows of a kind."""
    if node is None:
        return Narrowed(Q(), True)
    if not isinstance(node, Call):
        return _ALL
    if node.name in ("and", "or"):
        return _joined(node.name, [narrowed(kind, one) for one in node.args])
    if node.name in _FLIPPED:
        return _compared(kind, node)
    if node.name in _MEETS:
        return _meets(kind, node)
    return _ALL


def _joined(name: str, parts: list[Narrowed]) -> Narrowed:
    condition, is_whole = parts[0].condition, all(one.is_whole for one in parts)
    if name == "or" and not all(one.condition for one in parts):
        return _ALL
    for one in parts[1:]:
        condition = condition & one.condition if name == "and" else condition | one.condition
    return Narrowed(condition, is_whole)


def _compared(kind: Kind, node: Call) -> Narrowed:
    name, (left, right) = node.name, node.args
    if isinstance(left, Literal):
        name, left, right = _FLIPPED[name], right, left
    if not isinstance(right, Literal):
        return _ALL
    if isinstance(left, Call):
        return _near(kind, name, left, right)
    if not isinstance(left, Path):
        return _ALL
    path, value = "/".join(left.names), right.value
    if path in ("id", "@iot.id") and name == "eq":
        found = kind.find(key_text(value))
        return Narrowed(Q(pk__in=[]) if found is None else Q(**found), True)
    column = kind.columns.get(path)
    if column is None or "\0" in str(value):
        return _ALL
    if isinstance(value, datetime):
        return Narrowed(Q(**{column + _LOOKUPS[name]: value}), True)
    if isinstance(value, str) and name == "eq":
        # What is linked may not be seen, so that such a path may still have no value.
        return Narrowed(Q(**{column: value}), len(left.names) == 1)
    return _ALL


def key_text(value: Any) -> str:
    """A key as it is kept, whether it was written as a number or as a text."""
    return str(value).replace("\0", "")


def _meets(kind: Kind, node: Call) -> Narrowed:
    path, shape = _path_and_shape(kind, node.args)
    if path and shape is not None and not shape.is_empty:
        return Narrowed(Q(shape__box=shape.bounds), False)
    return _ALL


def _near(kind: Kind, name: str, call: Call, right: Literal) -> Narrowed:
    """`geo.distance(location, place) lt 0.1` lies within a box."""
    if call.name != "geo.distance" or name not in ("lt", "le"):
        return _ALL
    path, shape = _path_and_shape(kind, call.args)
    far = right.value
    if path and shape is not None and isinstance(far, int | float) and 0 <= far < 360:
        west, south, east, north = shape.bounds
        return Narrowed(Q(shape__box=(west - far, south - far, east + far, north + far)), False)
    return _ALL


def _path_and_shape(kind: Kind, args: tuple[Node, ...]) -> tuple[bool, Any]:
    has_path = any(isinstance(one, Path) and one.names == (kind.shape,) for one in args)
    shapes = [one.value for one in args if isinstance(one, Literal)]
    shape = next((one for one in shapes if isinstance(one, shapely.Geometry)), None)
    return has_path, None if shape is None or shape.is_empty else shape
