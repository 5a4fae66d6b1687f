"""Chapter 6 and the three values of chapter 2 for the oracle: measures over time, in intervals."""

import ast
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

from anlan.engine.rules import LevelRule, Season
from anlan.terms.times import parse_duration
from tests.oracle_gate import HOUR, Probe

Interval = tuple[float, float]
UNKNOWN = (-math.inf, math.inf)  # 2.1
WINDOWS = ("sum", "mean", "min", "max", "count", "first", "last")


def finite(number: float | None) -> float | None:
    return None if number is None or math.isinf(number) else number


@cache
def measure(text: str) -> ast.expr:
    """The expression as a tree; durations such as 12h become milliseconds."""
    duration = r"\b\d+(\.\d+)?(ms|s|min|h|d)\b"
    spelled = re.sub(duration, lambda found: str(parse_duration(found.group())), text)
    return ast.parse(spelled, mode="eval").body


def names(text: str, own: str) -> set[str]:
    """The quantities that an expression reads; `value` is the rule's own."""
    nodes = list(ast.walk(measure(text)))
    calls = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    found = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in calls}
    return {own if name == "value" else name for name in found}


def longest_window(text: str) -> int:
    """The longest window in an expression, ms."""
    found = [0]
    for node in ast.walk(measure(text)):
        match node:
            case ast.Call(args=[_, ast.Constant(value=int() as window)]):
                found.append(window)
    return max(found)


def reaches(interval: Interval, threshold: float) -> bool | None:
    """x ≥ t in three values: True, False or None for UNKNOWN."""
    low, high = interval
    return True if low >= threshold else False if high < threshold else None


def is_in(season: Season, time: int) -> bool:
    """7.3: does the day of the year, in the season's offset, lie in it?"""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        milliseconds=time, minutes=season.offset_min
    )
    day = (moment.month, moment.day)
    if season.first <= season.last:
        return season.first <= day <= season.last
    return day >= season.first or day <= season.last


class Reader:
    """Reads one measure as of one time; `probes(quantity)` are the sensors it may ask."""

    def __init__(
        self,
        spec: LevelRule,
        time: int,
        probes: Callable[[str], list[Probe]],
        max_age: int | None,
    ) -> None:
        self.spec, self.time, self.probes, self.max_age = spec, time, probes, max_age
        self.is_low = False

    def interval(self, node: ast.expr, is_low: bool) -> Interval:
        """The measure; is_low: of several sensors the lowest counts."""
        self.is_low = is_low
        return self.read(node)

    def read(self, node: ast.expr) -> Interval:
        match node:
            case ast.Constant(value=int() | float() as number):
                return (float(number), float(number))
            case ast.Name(id=quantity):
                return self.join(self.latest(probe) for probe in self.probes(quantity))
            case ast.Call(
                func=ast.Name(id=name),
                args=[ast.Name(id=quantity), ast.Constant(value=int() as window)],
            ):
                return self.join(self.over(name, one, window) for one in self.probes(quantity))
            case ast.BoolOp(op=op, values=parts):
                pick = min if isinstance(op, ast.And) else max
                ends = [self.read(part) for part in parts]
                return (pick(low for low, _ in ends), pick(high for _, high in ends))
            case ast.UnaryOp(op=op, operand=operand):
                low, high = self.read(operand)
                return (1 - high, 1 - low) if isinstance(op, ast.Not) else (-high, -low)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return compare(op, self.read(left), self.read(right))
            case ast.BinOp(left=left, op=op, right=right):
                return arithmetic(op, self.read(left), self.read(right))
        raise ValueError(f"the oracle does not know {ast.dump(node)}")

    def join(self, intervals: Iterable[Interval | None]) -> Interval:
        """6.4: of several sensors the highest value counts, or the lowest."""
        found = [interval for interval in intervals if interval is not None]
        pick = min if self.is_low else max
        if not found:
            return UNKNOWN
        return (pick(low for low, _ in found), pick(high for _, high in found))

    def latest(self, probe: Probe) -> Interval | None:
        """6.4: the newest applied reading, unknown when too old; None: never heard."""
        if probe.latest is None:
            return None
        time, value = probe.latest
        is_old = self.time - time > (probe.max_gap if self.max_age is None else self.max_age)
        return UNKNOWN if is_old or value is None else (value, value)

    def over(self, name: str, probe: Probe, window: int) -> Interval | None:
        """6.1–6.3: one measure over (time − window, time]; None: never heard."""
        if not probe.applied:
            return None
        known = probe.known(self.time - window, self.time)
        if name in WINDOWS:
            return self.windowed(name, probe, window, [value for _, value in known])
        if len(known) < (3 if name == "slope" else 2) or known[-1][0] - known[0][0] < window / 2:
            return UNKNOWN
        rise, span = known[-1][1] - known[0][1], known[-1][0] - known[0][0]
        number = least_squares(known) if name == "slope" else rise * HOUR / span
        return (number, number)

    def windowed(self, name: str, probe: Probe, window: int, values: list[float]) -> Interval:
        total = float(sum(values))
        if min(1.0, len(values) / (window / probe.interval)) < self.spec.min_coverage:  # 6.2
            is_partial = name == "sum" and self.spec.lower_bound and probe.gate.low >= 0
            return (total, math.inf) if is_partial else UNKNOWN
        if name in ("sum", "count"):
            number = total if name == "sum" else float(len(values))
        elif not values:
            return UNKNOWN
        elif name == "mean":
            number = total / len(values)
        elif name in ("min", "max"):
            number = min(values) if name == "min" else max(values)
        else:
            number = values[0] if name == "first" else values[-1]
        return (number, number)


def least_squares(known: list[tuple[int, float]]) -> float:
    """The slope of (time, value) pairs, per hour."""
    middle = sum(time for time, _ in known) / len(known)
    mean = sum(value for _, value in known) / len(known)
    above = sum((time - middle) * (value - mean) for time, value in known)
    return above / sum((time - middle) ** 2 for time, _ in known) * HOUR


def compare(op: ast.cmpop, left: Interval, right: Interval) -> Interval:
    """TRUE is [1, 1], FALSE [0, 0], UNKNOWN [0, 1]."""
    if isinstance(op, (ast.LtE, ast.Lt)):
        left, right = right, left
    if isinstance(op, (ast.GtE, ast.LtE)):
        return (float(left[0] >= right[1]), float(left[1] >= right[0]))
    return (float(left[0] > right[1]), float(left[1] > right[0]))


def arithmetic(op: ast.operator, left: Interval, right: Interval) -> Interval:
    (a, b), (c, d) = left, right
    if isinstance(op, ast.Add):
        return (a + c, b + d)
    if isinstance(op, ast.Sub):
        return (a - d, b - c)
    if isinstance(op, ast.Div):
        if c <= 0 <= d:
            return UNKNOWN
        ends = [ratio(x, y) for x in (a, b) for y in (c, d)]
    else:
        ends = [0.0 if 0 in (x, y) else x * y for x in (a, b) for y in (c, d)]
    return (min(ends), max(ends))


def ratio(x: float, y: float) -> float:
    return 0.0 if math.isinf(y) else x / y
