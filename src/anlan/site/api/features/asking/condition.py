"""A CQL2 tree → a condition on the rows of a collection.

What is not known compares as unknown, and unknown is not selected, negated or not: so NOT is led
inward to the comparisons.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import shapely
from django.db.models import Q

from anlan.desk.asker import Asker
from anlan.site.api.features.asking.chosen import chosen
from anlan.site.api.features.asking.crs import Crs, boxes_of
from anlan.site.api.features.asking.text import MOST_DEEP, MOST_SIGNS, SPATIAL, TEMPORAL, Tree
from anlan.site.api.features.collections import Collection, Field
from anlan.site.api.features.collections.times import stretch_of
from anlan.terms.errors import Malformed

GEOMETRY: Final = "geometry"
_WHERE, _MOST_POINTS = "filter", 5_000
_HOW = {"=": "exact", "<": "lt", ">": "gt", "<=": "lte", ">=": "gte"}
_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NONE, _EVERY = Q(pk__in=[]), ~Q(pk__in=[])
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def tree_in(text: str) -> Tree | bool:
    """The tree of a condition in JSON; Malformed where it is none."""
    if len(text) > MOST_SIGNS:
        raise _wrong(f"a condition has at most {MOST_SIGNS} signs")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong("this is no JSON") from error
    if not isinstance(found, (dict, bool)):
        raise _wrong("a condition is an object with op and args, or true or false")
    return found


def _wrong(told: str) -> Malformed:
    return Malformed(f"{told[:1].upper()}{told[1:]}.", where=_WHERE)


class Conditions:
    """Makes conditions for one asker and one collection; crs: of the shapes in them."""

    def __init__(self, asker: Asker, collection: Collection, crs: Crs) -> None:
        self._asker, self._collection, self._crs = asker, collection, crs

    def of(self, tree: Any, *, holds: bool = True, depth: int = 0) -> Q:
        """The condition that a tree holds, or that it does not."""
        if isinstance(tree, bool):
            return _EVERY if tree == holds else _NONE
        op, args = _parts(tree)
        if depth > MOST_DEEP:
            raise _wrong("it is nested too deep")
        if op == "not" and len(args) == 1:
            return self.of(args[0], holds=not holds, depth=depth + 1)
        if op in ("and", "or") and args:
            inner = [self.of(one, holds=holds, depth=depth + 1) for one in args]
            return _joined(inner, is_and=(op == "and") == holds)
        return self._leaf(op, args, holds)

    def _leaf(self, op: str, args: list[Any], holds: bool) -> Q:
        if op in SPATIAL and len(args) == 2:
            found, known = self._meets(args), self._placed()
        elif op in TEMPORAL and len(args) == 2:
            found, known = self._temporal(op, args)
        else:
            found, known = self._compared(op, args)
        return found if holds else known & ~found

    def _compared(self, op: str, args: list[Any]) -> tuple[Q, Q]:
        if len(args) == 2 and not _is_property(args[0]) and _is_property(args[1]):
            args, op = args[::-1], _MIRROR.get(op, op)
        field = self._field(args[0] if args else None)
        known = self._ask(field, "isnull", False)
        if op == "isNull" and len(args) == 1:
            return self._ask(field, "isnull", True), Q()
        if field.words or field.kind == "boolean":
            return self._one_of(field, chosen(field, op, args[1:])), known
        if op == "<>" and len(args) == 2:
            return known & ~self._ask(field, "exact", _fit(field, args[1])), known
        if op == "between" and len(args) == 3:
            low, high = self._compared(">=", args[:2]), self._compared("<=", [args[0], args[2]])
            return low[0] & high[0], known
        how, value = _asked(field, op, args[1:])
        return self._ask(field, how, value), known

    def _one_of(self, field: Field, values: Sequence[Any]) -> Q:
        return _joined([_NONE, *(self._ask(field, "exact", one) for one in values)], is_and=False)

    def _ask(self, field: Field, how: str, value: Any) -> Q:
        return self._collection.compared(self._asker, field.name, how, value)

    def _field(self, told: Any) -> Field:
        name = told.get("property") if _is_property(told) else None
        if not isinstance(name, str):
            raise _wrong("a comparison needs a property on one side")
        field = self._collection.queryables.get(name)
        if field is None:
            raise Malformed(f"There is no property {name[:60]!r} to ask.", where=_WHERE)
        return field

    def _meets(self, args: list[Any]) -> Q:
        shape, place = args if _is_property(args[1]) else args[::-1]
        if not _is_property(place) or place["property"] != GEOMETRY or _is_property(shape):
            raise _wrong(f"it compares the property {GEOMETRY} and a shape")
        if isinstance(shape, dict) and "bbox" in shape:
            sides = shape["bbox"]
            text = ",".join(map(str, sides)) if isinstance(sides, list) else ""
            inner = [self._collection.in_box(self._asker, box)
                     for box in boxes_of(text, self._crs, _WHERE)]  # fmt: skip
            return _joined(inner, is_and=False)
        return self._collection.meeting(self._asker, _shape(shape, self._crs))

    def _placed(self) -> Q:
        return self._collection.in_box(self._asker, (-180.0, -90.0, 180.0, 90.0))

    def _temporal(self, op: str, args: list[Any]) -> tuple[Q, Q]:
        """A property of time against a moment or a stretch."""
        field = self._field(args[0])
        if field.kind != "date-time":
            raise Malformed("This property is no time.", where=field.name)
        low, high = _stretch(args[1])
        known = self._ask(field, "isnull", False)
        if op == "t_before":
            return self._ask(field, "lt", low or _FIRST), known
        if op == "t_after":
            return self._ask(field, "gt", high or _LAST), known
        if op == "t_equals" and low != high:
            return _NONE, known
        hows = ("gt", "lt") if op == "t_during" else ("gte", "lte")
        inner = [self._ask(field, how, end)
                 for how, end in zip(hows, (low, high), strict=True) if end]  # fmt: skip
        return _joined([known, *inner], is_and=True), known


def _parts(tree: Any) -> tuple[str, list[Any]]:
    if isinstance(tree, dict):
        op, args = tree.get("op"), tree.get("args")
        if isinstance(op, str) and isinstance(args, list):
            return op, args
    raise _wrong("a condition is an object with op and args")


def _joined(conditions: Sequence[Q], *, is_and: bool) -> Q:
    found = conditions[0]
    for one in conditions[1:]:
        found = found & one if is_and else found | one
    return found


def _is_property(told: Any) -> bool:
    return isinstance(told, dict) and "property" in told


def _asked(field: Field, op: str, values: list[Any]) -> tuple[str, Any]:
    """How a column is compared, and with what."""
    if op in _HOW and len(values) == 1:
        return _HOW[op], _fit(field, values[0])
    if op == "in" and len(values) == 1 and isinstance(values[0], list) and values[0]:
        return "in", [_fit(field, one) for one in values[0]]
    if op == "like" and len(values) == 1 and isinstance(values[0], str):
        if field.kind != "string":
            raise Malformed("This property is no text.", where=field.name)
        return "like", field.fit(values[0])
    raise _wrong(f"{op[:40]!r} is not known here, or not with so many values")


def _fit(field: Field, value: Any) -> Any:
    """A value as the column holds it."""
    if isinstance(value, dict):
        text = value.get("timestamp") or value.get("date")
        if not isinstance(text, str) or field.kind != "date-time":
            raise Malformed("This value does not fit.", where=field.name)
        return _stretch(value)[0]
    return (
        field.read(value)
        if field.kind == "date-time" and isinstance(value, str)
        else (field.fit(value))
    )


def _stretch(value: Any) -> tuple[datetime | None, datetime | None]:
    """The ends of a time in a condition."""
    if isinstance(value, dict):
        for name in ("timestamp", "date"):
            if isinstance(value.get(name), str):
                return stretch_of(value[name], _WHERE)
        ends = value.get("interval")
        if isinstance(ends, list) and len(ends) == 2:
            return stretch_of("/".join(map(_end, ends)), _WHERE)
    raise _wrong("a time is TIMESTAMP('…'), DATE('…') or INTERVAL('…','…')")


def _end(told: Any) -> str:
    if isinstance(told, dict):
        told = told.get("timestamp") or told.get("date")
    return told if isinstance(told, str) else ""


def _shape(told: Any, crs: Crs) -> Any:
    """A shape of GeoJSON, as it is stored; Malformed for none, or one too large."""
    try:
        shape = shapely.from_geojson(json.dumps(told))
    except (shapely.errors.ShapelyError, ValueError, RecursionError, TypeError) as error:
        raise _wrong("this is no shape") from error
    if shape is None or shape.is_empty or shapely.get_num_coordinates(shape) > _MOST_POINTS:
        raise _wrong(f"a shape has 1 to {_MOST_POINTS} points")
    stored = crs.stored(shapely.force_2d(shape))
    west, south, east, north = stored.bounds
    if not (-180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0):
        raise _wrong("a shape outside of the world")
    return stored if stored.is_valid else shapely.make_valid(stored)
