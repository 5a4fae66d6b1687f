"""Where something stands in a document.

`a.b` is a member of a member, `list.0` an element, `.` the thing itself; `/a.b` begins at the top
of the document, `^.a` one up from where it stands, `^^.a` two up. Where many are wanted, `*` is
every member or element, and `{name}` the same with its name kept. A dot in a name is `\\.`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from anlan.terms.errors import Malformed

MISSING = object()
"""Nothing stands there; null is something."""
_NAMED = re.compile(r"\{([a-z][a-z_]*)\}")


class Spot(NamedTuple):
    """A place in a document. up: what it is in · names: those kept on the way to it."""

    node: Any
    up: "Spot | None" = None
    names: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Trail:
    """A way through a document."""

    steps: tuple[str, ...] = ()
    ups: int = 0
    is_from_top: bool = False

    def find(self, spot: Spot) -> Any:
        """What stands there, seen from a place; MISSING for nothing."""
        for _ in range(self.ups):
            if spot.up is None:
                return MISSING
            spot = spot.up
        while self.is_from_top and spot.up is not None:
            spot = spot.up
        node = spot.node
        for step in self.steps:
            node = _member(node, step)
        return node

    def each(self, content: Any, outer: Spot | None = None) -> list[Spot]:
        """All places that it leads to in a content; at a list's end, the list's elements.

        outer: what the content was wrapped in; the top is then that of it.
        """
        spots = [Spot(content, outer)]
        for step in self.steps:
            spots = [below for spot in spots for below in _below(spot, step)]
        return [one for spot in spots for one in _elements(spot)]

    @property
    def kept(self) -> frozenset[str]:
        """The names that are kept on the way."""
        return frozenset(found[1] for step in self.steps if (found := _NAMED.fullmatch(step)))

    @property
    def is_single(self) -> bool:
        """Whether it leads to one place at most."""
        return "*" not in self.steps and not self.kept


def trail(text: str) -> Trail:
    """The trail in a text; Malformed where it is none."""
    rest = text.lstrip("^")
    ups = len(text) - len(rest)
    is_from_top = not ups and rest.startswith("/")
    rest = rest.removeprefix("/" if is_from_top else ".")
    steps = re.split(r"(?<!\\)\.", rest) if rest else []
    if not text or "" in steps:
        raise Malformed(f"{text!r} is no place in a message, such as data.0.level")
    return Trail(tuple(one.replace("\\.", ".") for one in steps), ups, is_from_top)


def _member(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step, MISSING)
    if isinstance(node, list) and step.isascii() and step.isdigit() and len(step) < 10:
        return node[int(step)] if int(step) < len(node) else MISSING
    return MISSING


def _below(spot: Spot, step: str) -> Iterator[Spot]:
    found = _NAMED.fullmatch(step)
    if found is None and step != "*":
        node = _member(spot.node, step)
        if node is not MISSING:
            yield Spot(node, spot, spot.names)
        return
    members: Any = ()
    if isinstance(spot.node, dict):
        members = spot.node.items()
    elif isinstance(spot.node, list):
        members = enumerate(spot.node)
    for name, node in members:
        names = {**spot.names, found[1]: str(name)} if found else spot.names
        yield Spot(node, spot, names)


def _elements(spot: Spot) -> Iterator[Spot]:
    if not isinstance(spot.node, list):
        yield spot
        return
    for node in spot.node:
        yield Spot(node, spot, spot.names)
