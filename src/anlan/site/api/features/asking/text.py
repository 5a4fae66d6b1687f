"""CQL2 as text → the same as CQL2 in JSON: one tree for both.

Source: OGC 21-065r2, annex B; functions, arithmetic and arrays are not spoken here.
"""

import math
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import shapely

from anlan.terms.errors import Malformed

Tree = dict[str, Any]
MOST_SIGNS: Final = 8_000
MOST_DEEP: Final = 40
_WHERE = "filter"
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"""
    r"""|(?P<quoted>"[^"]+")|(?P<name>[^\W\d][\w.]*)|(?P<sign><>|<=|>=|[=<>(),]))"""
)
_GEOMETRIES = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
               "GEOMETRYCOLLECTION")  # fmt: skip
_COMPARED = ("=", "<>", "<", ">", "<=", ">=")
SPATIAL: Final = ("s_intersects",)
TEMPORAL: Final = ("t_after", "t_before", "t_during", "t_equals", "t_intersects")


class _Token(NamedTuple):
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """As a keyword; empty for a name in quotes, or what is no name."""
        return self.text.upper() if self.kind == "name" else ""


def tree_of(text: str) -> Tree | bool:
    """The tree of a condition; Malformed says at which sign it is none."""
    if len(text) > MOST_SIGNS:
        raise Malformed(f"A condition has at most {MOST_SIGNS} signs.", where=_WHERE)
    parser = _Parser(text)
    found = parser.either()
    parser.expect_end()
    return found


class _Parser:
    """One condition, read from left to right."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._next, self._depth = text, _tokens(text), 0, 0

    def either(self) -> Tree | bool:
        """Conditions between which OR stands."""
        return self._chain("OR", self._all)

    def _all(self) -> Tree | bool:
        return self._chain("AND", self._not)

    def _chain(self, word: str, inner: Callable[[], Tree | bool]) -> Tree | bool:
        found = [inner()]
        while self._takes(word):
            found.append(inner())
        return found[0] if len(found) == 1 else {"op": word.lower(), "args": found}

    def _not(self) -> Tree | bool:
        self._depth += 1
        if self._depth > MOST_DEEP:
            raise self._wrong("it is nested too deep")
        is_not = self._takes("NOT")
        found: Tree | bool = {"op": "not", "args": [self._not()]} if is_not else self._single()
        self._depth -= 1
        return found

    def _single(self) -> Tree | bool:
        token = self._token()
        if self._takes("("):
            found = self.either()
            self._expect(")")
            return found
        if token.word.lower() in (*SPATIAL, *TEMPORAL):
            return self._function()
        if token.word in ("TRUE", "FALSE") and not self._is_compared():
            return self._take().word == "TRUE"
        return self._predicate(self._operand())

    def _is_compared(self) -> bool:
        """Whether a comparison goes on after this token."""
        after = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return after.text in _COMPARED or after.word in ("IS", "NOT", "LIKE", "BETWEEN", "IN")

    def _function(self) -> Tree:
        name = self._take().word.lower()
        self._expect("(")
        first = self._operand()
        self._expect(",")
        second = self._operand()
        self._expect(")")
        return {"op": name, "args": [first, second]}

    def _predicate(self, left: Any) -> Tree:
        if self._takes("IS"):
            is_not = self._takes("NOT")
            self._expect("NULL")
            return _negated({"op": "isNull", "args": [left]}, is_not)
        is_not = self._takes("NOT")
        if self._takes("LIKE"):
            return _negated({"op": "like", "args": [left, self._operand()]}, is_not)
        if self._takes("BETWEEN"):
            low = self._operand()
            self._expect("AND")
            return _negated({"op": "between", "args": [left, low, self._operand()]}, is_not)
        if self._takes("IN"):
            return _negated({"op": "in", "args": [left, self._list()]}, is_not)
        sign = self._take()
        if is_not or sign.text not in _COMPARED or sign.kind != "sign":
            self._next -= 1
            raise self._wrong("a comparison is missing")
        return {"op": sign.text, "args": [left, self._operand()]}

    def _list(self) -> list[Any]:
        self._expect("(")
        found = [self._operand()]
        while self._takes(","):
            found.append(self._operand())
        self._expect(")")
        return found

    def _operand(self) -> Any:
        token = self._take()
        if token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        if token.kind == "number":
            return self._number(token)
        if token.kind == "quoted":
            return {"property": token.text[1:-1]}
        if token.kind == "name":
            return self._named(token)
        self._next -= 1
        raise self._wrong("a property or a value is missing")

    def _number(self, token: _Token) -> float:
        if set(token.text) & set(".eE"):
            return _finite(token)
        try:
            return int(token.text)
        except ValueError as error:  # Python reads no whole number of thousands of digits
            self._next -= 1
            raise self._wrong("this number is too long") from error

    def _named(self, token: _Token) -> Any:
        word = token.word
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if self._token().text != "(":
            return {"property": token.text}
        if word in ("DATE", "TIMESTAMP", "INTERVAL"):
            values = self._list()
            one = values[0] if len(values) == 1 else values
            return {word.lower(): values if word == "INTERVAL" else one}
        if word == "BBOX":
            return {"bbox": self._list()}
        if word in _GEOMETRIES:
            return self._geometry(token)
        self._next -= 1
        raise self._wrong("there is no such function here")

    def _geometry(self, token: _Token) -> Any:
        """A shape as well-known text: up to where its brackets close."""
        depth = 0
        while True:
            one = self._take()
            if one.kind == "number":
                _finite(one)
            depth += (one.text == "(") - (one.text == ")")
            if depth == 0:
                break
            if depth > MOST_DEEP or one.kind == "end":
                raise self._wrong("a shape that does not end")
        text = self._text[token.at : one.at + 1]
        try:
            return shapely.geometry.mapping(shapely.from_wkt(text))
        except (shapely.errors.ShapelyError, ValueError) as error:
            raise Malformed("This is no shape.", where=_WHERE) from error

    def expect_end(self) -> None:
        """Malformed where something is left."""
        if self._token().kind != "end":
            raise self._wrong("nothing is expected here")

    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _takes(self, text: str) -> bool:
        token = self._token()
        is_it = text == (token.word if token.kind == "name" else token.text)
        is_it = is_it and token.kind in ("name", "sign")
        self._next += is_it
        return is_it

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self._wrong(f"{text} is missing")

    def _wrong(self, told: str) -> Malformed:
        return Malformed(f"At sign {self._token().at + 1}: {told}.", where=_WHERE)


def _finite(token: _Token) -> float:
    """The number of a token; Malformed for one that no double holds."""
    found = float(token.text)
    if not math.isfinite(found):
        raise Malformed(f"At sign {token.at + 1}: this number is too far.", where=_WHERE)
    return found


def _negated(tree: Tree, is_not: bool) -> Tree:
    return {"op": "not", "args": [tree]} if is_not else tree


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Malformed(f"At sign {at + 1}: this cannot be read.", where=_WHERE)
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, _Token("end", "", len(text))]
