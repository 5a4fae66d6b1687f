"""An expression of `$filter` or `$orderby` as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it was written."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """A property, perhaps of something linked: Datastream/unitOfMeasurement/name."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function on its arguments; `and` and `or` take any number."""

    name: str
    args: tuple["Node", ...]


Node = Literal | Path | Call


def paths(node: Node) -> Iterator[tuple[str, ...]]:
    """Every path in an expression."""
    if isinstance(node, Path):
        yield node.names
    elif isinstance(node, Call):
        for one in node.args:
            yield from paths(one)


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """The parts that must all hold; none of nothing."""
    if node is None:
        return ()
    if isinstance(node, Call) and node.name == "and":
        return tuple(part for one in node.args for part in conjuncts(one))
    return (node,)


def joined(parts: tuple[Node, ...]) -> Node | None:
    """The parts as one expression; None of none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return Call("and", parts)
