"""Operators and functions of the standard (OGC 18-088, tables 22 and 23) on values.

A value of the wrong kind gives null: what cannot be judged does not match. Distances and lengths
are in degrees, as the standard's coordinates are.
"""

import math
import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import shapely

from anlan.site.api.things.ask.moments import Interval, as_moment, ends, is_temporal
from anlan.terms.errors import Malformed

LONGEST_TEXT: Final = 20_000
_WRONG = (TypeError, ValueError, AttributeError, ArithmeticError, shapely.errors.ShapelyError)


def apply(name: str, args: tuple[Any, ...]) -> Any:
    """What an operator or a function gives; None where it cannot be told."""
    if name in _COMPARE:
        return _compared(name, *args)
    if any(one is None for one in args):
        return None
    try:
        return _FUNCTIONS[name](*args)
    except _WRONG:
        return None


def _compared(name: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        is_same = left is None and right is None
        return is_same if name == "eq" else (not is_same if name == "ne" else False)
    if is_temporal(left) and is_temporal(right):
        return _in_time(name, left, right)
    if isinstance(left, shapely.Geometry) and isinstance(right, shapely.Geometry):
        is_same = bool(left.equals(right))
        return is_same if name == "eq" else (name == "ne" and not is_same)
    if _sort(left) != _sort(right):
        return name == "ne"
    try:
        return bool(_COMPARE[name](left, right))
    except TypeError:
        return False


def _in_time(name: str, left: Any, right: Any) -> bool:
    """A stretch is before a moment where all of it is."""
    if type(left) is date and type(right) is date:
        return bool(_COMPARE[name](left, right))
    (a, b), (c, d) = ends(as_moment(left)), ends(as_moment(right))
    if name in ("eq", "ne"):
        return ((a, b) == (c, d)) == (name == "eq")
    return bool(_COMPARE[name](b, c) if name in ("lt", "le") else _COMPARE[name](a, d))


def _sort(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else type(value).__name__


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge,
    "lt": operator.lt, "le": operator.le,
}  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | datetime | timedelta):
        raise TypeError
    return value


def _added(left: Any, right: Any) -> Any:
    return _number(as_moment(left)) + _number(right)


def _divided(left: Any, right: Any) -> Any:
    exact = _number(left) / _number(right)
    is_whole = isinstance(left, int) and isinstance(right, int) and left % right == 0
    return left // right if is_whole else exact


def _joined(left: Any, right: Any) -> str:
    if len(_text(left)) + len(_text(right)) > LONGEST_TEXT:
        raise Malformed(f"concat makes a text of more than {LONGEST_TEXT} signs.")
    return str(left + right)


def _part(text: Any, start: Any, length: Any = None) -> str:
    first = max(0, int(start))
    return _text(text)[first : None if length is None else first + max(0, int(length))]


def _moment(value: Any) -> datetime:
    found = as_moment(value.start if isinstance(value, Interval) else value)
    if not isinstance(found, datetime):
        raise TypeError
    return found


def _clock(name: str) -> Callable[[Any], Any]:
    """A part of a moment, or of a time of day."""

    def read(value: Any) -> Any:
        held = value if hasattr(value, name) and not hasattr(value, "start") else _moment(value)
        return getattr(held, name)

    return read


def _offset(moment: datetime) -> int:
    return (moment.utcoffset() or timedelta()) // timedelta(minutes=1)


def _shapes(verb: str) -> Callable[[Any, Any], Any]:
    return lambda left, right: bool(getattr(left, verb)(right))


def _rounded(value: Any) -> Any:
    return math.floor(_number(value) + 0.5)


_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_VERBS = (
    "equals",
    "disjoint",
    "touches",
    "within",
    "overlaps",
    "crosses",
    "intersects",
    "contains",
)
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{f"st_{verb}": _shapes(verb) for verb in _VERBS},
    "add": _added,
    "sub": lambda left, right: _number(as_moment(left)) - _number(as_moment(right)),
    "mul": lambda left, right: _number(left) * _number(right),
    "div": _divided,
    "mod": lambda left, right: math.fmod(_number(left), _number(right)),
    "substringof": lambda part, text: _text(part) in _text(text),
    "contains": lambda text, part: _text(part) in _text(text),
    "startswith": lambda text, part: _text(text).startswith(_text(part)),
    "endswith": lambda text, part: _text(text).endswith(_text(part)),
    "length": lambda text: len(_text(text)),
    "indexof": lambda text, part: _text(text).find(_text(part)),
    "substring": _part,
    "tolower": lambda text: _text(text).lower(),
    "toupper": lambda text: _text(text).upper(),
    "trim": lambda text: _text(text).strip(),
    "concat": _joined,
    "year": _clock("year"), "month": _clock("month"), "day": _clock("day"),
    "hour": _clock("hour"), "minute": _clock("minute"), "second": _clock("second"),
    "fractionalseconds": lambda value: _clock("microsecond")(value) / 1e6,
    "date": lambda value: _moment(value).date(),
    "time": lambda value: _moment(value).time(),
    "totaloffsetminutes": lambda value: _offset(_moment(value)),
    "mindatetime": lambda: _FIRST,
    "maxdatetime": lambda: _LAST,
    "round": _rounded,
    "floor": lambda value: math.floor(_number(value)),
    "ceiling": lambda value: math.ceil(_number(value)),
    "geo.distance": lambda left, right: float(left.distance(right)),
    "geo.length": lambda shape: float(shape.length),
    "geo.intersects": _shapes("intersects"),
    "st_relate": lambda left, right, pattern: bool(left.relate_pattern(right, pattern)),
}  # fmt: skip
_NONE = frozenset({"now", "mindatetime", "maxdatetime"})
_ONE = frozenset({
    "length", "tolower", "toupper", "trim", "year", "month", "day", "hour", "minute", "second",
    "fractionalseconds", "date", "time", "totaloffsetminutes", "round", "floor", "ceiling",
    "geo.length",
})  # fmt: skip
_OPERATORS = frozenset({"add", "sub", "mul", "div", "mod"})
ARITY: dict[str, tuple[int, ...]] = {
    name: (0,) if name in _NONE else (1,) if name in _ONE else (2,)
    for name in (*_FUNCTIONS, "now")
    if name not in _OPERATORS
} | {"substring": (2, 3), "st_relate": (3,)}
"""How many arguments each function takes."""
