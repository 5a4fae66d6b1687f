"""What an expression gives for one row."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice, product
from typing import Any, Final

from anlan.site.api.things.ask.functions import apply
from anlan.site.api.things.ask.tree import Literal, Node, Path
from anlan.terms.errors import Malformed

Lookup = Callable[[tuple[str, ...]], list[Any]]
"""The values of a path: one of a property, perhaps many of things that are linked."""
_MOST_STEPS: Final = 2_000_000
_MOST_PAIRS: Final = 2000


class Judge:
    """Evaluates expressions for one request, and ends one that is too long.

    now: what the function of that name gives.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._steps = 0

    def holds(self, node: Node | None, lookup: Lookup) -> bool:
        """Whether an expression is true of a row, or of anything that it is linked with."""
        return node is None or any(one is True for one in self.values(node, lookup))

    def value(self, node: Node, lookup: Lookup) -> Any:
        """The first value of an expression; None without one."""
        return next(iter(self.values(node, lookup)), None)

    def values(self, node: Node, lookup: Lookup) -> list[Any]:
        """Every value of an expression: as many as there are ways through its links."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Malformed("This asks for too much at once: narrow $filter.", where="$filter")
        if isinstance(node, Literal):
            return [node.value]
        if isinstance(node, Path):
            return lookup(node.names)
        if node.name == "and":
            return [all(self.holds(one, lookup) for one in node.args)]
        if node.name == "or":
            return [any(self.holds(one, lookup) for one in node.args)]
        if node.name == "not":
            return [not self.holds(node.args[0], lookup)]
        if node.name == "now":
            return [self._now]
        return self._applied(node.name, [self.values(one, lookup) for one in node.args])

    def _applied(self, name: str, args: list[list[Any]]) -> list[Any]:
        pairs = islice(product(*args), _MOST_PAIRS)
        found = [apply(name, one) for one in pairs]
        self._steps += len(found)
        return found
