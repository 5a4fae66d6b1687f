"""Measures as text, read into small postfix programs.

A program works on intervals: a known number x is [x, x], an unknown one (−∞, +∞), a partial
sum of rain [sum, +∞). Comparisons give 1 (TRUE), 0 (FALSE) or [0, 1] (UNKNOWN); and, or, not
are minimum, maximum and complement, which is Kleene's three-valued logic.
"""

import ast
import re
from dataclasses import dataclass
from enum import IntEnum

from anlan.terms.errors import Malformed
from anlan.terms.times import parse_duration


class Op(IntEnum):
    """Instructions; the argument is a slot (quantity) or a number."""

    CONST = 0  # number
    LATEST = 1  # slot
    SUM = 2  # slot, window ms
    MEAN = 3
    LOW = 4
    HIGH = 5
    COUNT = 6
    FIRST = 7
    LAST = 8
    RATE = 9
    SLOPE = 10
    ADD = 20
    SUB = 21
    MUL = 22
    DIV = 23
    POW = 24
    NEG = 25
    ABS = 26
    SQRT = 27
    LN = 28
    LOG10 = 29
    ATAN = 30
    MIN2 = 31
    MAX2 = 32
    GE = 40
    GT = 41
    LE = 42
    LT = 43
    AND = 50
    OR = 51
    NOT = 52


_WINDOWS = {
    "sum": Op.SUM,
    "mean": Op.MEAN,
    "min": Op.LOW,
    "max": Op.HIGH,
    "count": Op.COUNT,
    "first": Op.FIRST,
    "last": Op.LAST,
    "rate": Op.RATE,
    "slope": Op.SLOPE,
}
_FUNCTIONS = {
    "abs": Op.ABS,
    "sqrt": Op.SQRT,
    "ln": Op.LN,
    "log10": Op.LOG10,
    "atan_deg": Op.ATAN,
}
_ARITHMETIC: dict[type[ast.operator], Op] = {
    ast.Add: Op.ADD,
    ast.Sub: Op.SUB,
    ast.Mult: Op.MUL,
    ast.Div: Op.DIV,
    ast.Pow: Op.POW,
}
_COMPARISON: dict[type[ast.cmpop], Op] = {
    ast.GtE: Op.GE,
    ast.Gt: Op.GT,
    ast.LtE: Op.LE,
    ast.Lt: Op.LT,
}
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Expression:
    """A read measure.

    inputs: quantities by slot; `value` is the quantity of the rule itself · steps: (op, slot,
    number) · is_boolean: gives a truth value · longest_ms: the longest window.
    """

    text: str
    inputs: tuple[str, ...]
    steps: tuple[tuple[Op, int, float], ...]
    is_boolean: bool
    longest_ms: int

    @property
    def is_plain(self) -> bool:
        """Just the value of the reading itself."""
        return len(self.steps) == 1 and self.steps[0][0] is Op.LATEST and self.inputs == ("value",)


def parse(text: str) -> Expression:
    """The expression in `text`.

    `value`, quantity names, numbers, + - * / **, comparisons, and/or/not,
    sum|mean|min|max|count|first|last|rate|slope(quantity, window), abs, sqrt, ln, log10,
    atan_deg, min2(a, b), max2(a, b). Raises Malformed with the text and the reason.
    """
    quoted = _quote_windows(text)
    try:
        tree = ast.parse(quoted, mode="eval")
    except SyntaxError as error:
        raise Malformed(f"cannot read the expression {text!r}") from error
    reader = _Reader(text)
    is_boolean = reader.read(tree.body, depth=0)
    return Expression(
        text=text,
        inputs=tuple(reader.inputs),
        steps=tuple(reader.steps),
        is_boolean=is_boolean,
        longest_ms=reader.longest_ms,
    )


def _quote_windows(text: str) -> str:
    """`sum(rain, 12h)` with its window as a string, for Python's own parser."""
    return re.sub(r",\s*(\d+(?:\.\d+)?\s*(?:ms|s|min|h|d))\s*\)", r', "\1")', text)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.inputs: list[str] = []
        self.steps: list[tuple[Op, int, float]] = []
        self.longest_ms = 0

    def wrong(self, reason: str) -> Malformed:
        return Malformed(f"{reason} in the expression {self.text!r}")

    def slot(self, name: str) -> int:
        if name not in self.inputs:
            self.inputs.append(name)
        return self.inputs.index(name)

    def read(self, node: ast.expr, depth: int) -> bool:
        """Appends the steps of `node`; tells whether it is a truth value."""
        if depth > MAX_DEPTH:
            raise self.wrong("too deep a nesting")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                self.steps.append((Op.CONST, 0, float(number)))
                return False
            case ast.Name(id=name):
                self.steps.append((Op.LATEST, self.slot(name), 0.0))
                return False
            case ast.BoolOp():
                return self.read_logic(node, depth)
            case ast.UnaryOp():
                return self.read_unary(node, depth)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
                self.read_number(left, depth)
                self.read_number(right, depth)
                self.steps.append((_ARITHMETIC[type(operator)], 0, 0.0))
                return False
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if (
                type(operator) in _COMPARISON
            ):
                self.read_number(left, depth)
                self.read_number(right, depth)
                self.steps.append((_COMPARISON[type(operator)], 0, 0.0))
                return True
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                self.read_call(name, arguments, depth)
                return False
        raise self.wrong(f"cannot use {ast.unparse(node)!r}")

    def read_number(self, node: ast.expr, depth: int) -> None:
        if self.read(node, depth + 1):
            raise self.wrong(f"a number is needed, not {ast.unparse(node)!r},")

    def read_truth(self, node: ast.expr, depth: int) -> None:
        if not self.read(node, depth + 1):
            raise self.wrong(f"a comparison is needed, not {ast.unparse(node)!r},")

    def read_logic(self, node: ast.BoolOp, depth: int) -> bool:
        op = Op.AND if isinstance(node.op, ast.And) else Op.OR
        self.read_truth(node.values[0], depth)
        for value in node.values[1:]:
            self.read_truth(value, depth)
            self.steps.append((op, 0, 0.0))
        return True

    def read_unary(self, node: ast.UnaryOp, depth: int) -> bool:
        if isinstance(node.op, ast.Not):
            self.read_truth(node.operand, depth)
            self.steps.append((Op.NOT, 0, 0.0))
            return True
        if not isinstance(node.op, ast.USub):
            raise self.wrong(f"cannot use {ast.unparse(node)!r}")
        self.read_number(node.operand, depth)
        self.steps.append((Op.NEG, 0, 0.0))
        return False

    def read_call(self, name: str, arguments: list[ast.expr], depth: int) -> None:
        match name, arguments:
            case _, [ast.Name(id=quantity), ast.Constant(value=str() as window)] if (
                name in _WINDOWS
            ):
                window_ms = parse_duration(window)
                if window_ms <= 0:
                    raise self.wrong(f"a window must be longer than nothing, not {window!r},")
                self.longest_ms = max(self.longest_ms, window_ms)
                self.steps.append((_WINDOWS[name], self.slot(quantity), float(window_ms)))
            case _, [operand] if name in _FUNCTIONS:
                self.read_number(operand, depth)
                self.steps.append((_FUNCTIONS[name], 0, 0.0))
            case "min2" | "max2", [left, right]:
                self.read_number(left, depth)
                self.read_number(right, depth)
                self.steps.append((Op.MIN2 if name == "min2" else Op.MAX2, 0, 0.0))
            case _:
                raise self.wrong(f"no such call: {name} with {len(arguments)} arguments,")
