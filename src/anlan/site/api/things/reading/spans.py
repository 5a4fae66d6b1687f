"""Stretches of the history, one after the other, each about as full as asked for."""

from collections.abc import Iterator
from typing import Any, Final

from anlan.site.api.things.ask.evaluate import Judge
from anlan.site.api.things.ask.moments import as_moment, ends
from anlan.site.api.things.ask.tree import Call, Literal, Node, Path
from anlan.terms.errors import Malformed
from anlan.terms.times import FIRST_MS, LAST_MS

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_WANTED: Final = 20_000
_MOST: Final = 3000
_FLIPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq"}
Span = tuple[int, int]
"""From ms UTC to before ms UTC."""


def span_of(parts: tuple[Node, ...], judge: Judge) -> Span:
    """The times that parts of an expression leave, wide rather than narrow."""
    low, high = FIRST_MS, LAST_MS + 1
    for node in parts:
        one = _bounds(node, judge)
        low, high = max(low, one[0]), min(high, one[1])
    return low, high


def _bounds(node: Node, judge: Judge) -> Span:
    everything = FIRST_MS, LAST_MS + 1
    if not isinstance(node, Call) or node.name not in _FLIPPED:
        return everything
    name, (left, right) = node.name, node.args
    if isinstance(right, Path) and not isinstance(left, Path):
        name, left, right = _FLIPPED[name], right, left
    if not (isinstance(left, Path) and left.names == ("phenomenonTime",)) or _asks(right):
        return everything
    start, end = ends(as_moment(judge.value(right, lambda names: [None])))
    try:
        low, high = _ms(start), _ms(end) + 1
    except (AttributeError, TypeError):
        return everything
    if name == "eq":
        return low, high
    return (everything[0], high) if name in ("lt", "le") else (low, everything[1])


def _asks(node: Node) -> bool:
    """Whether it depends on the row."""
    if isinstance(node, Literal):
        return False
    return isinstance(node, Path) or any(_asks(one) for one in node.args)


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)


class Pace:
    """How long the next stretch is: longer after few readings, shorter after many."""

    def __init__(self, sensors: int) -> None:
        self._width = _HOUR if sensors < 50 else _MINUTE
        self._longest = max(_DAY, 60 * _DAY // max(1, sensors))

    def spans(self, whole: Span, is_backward: bool) -> Iterator[Span]:
        """Stretches of a whole, from its beginning or from its end."""
        low, high = whole
        for _ in range(_MOST):
            if low >= high:
                return
            if is_backward:
                start = max(low, high - self._width)
                yield start, high
                high = start
            else:
                end = min(high, low + self._width)
                yield low, end
                low = end
        raise Malformed("This is too long a stretch at once: narrow phenomenonTime.",
                        where="$filter")  # fmt: skip

    def met(self, rows: int) -> None:
        """Takes note of how many readings the last one had."""
        factor = min(4.0, max(0.25, _WANTED / max(1, rows)))
        self._width = max(1000, min(self._longest, int(self._width * factor)))
