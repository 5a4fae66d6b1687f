"""Names use the words of the glossary, and no room is named for leftovers."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.tree import parsed, text, under

LEFTOVERS = re.compile(
    r"(util|extra|helper|manager|service|info|handler|processor)s?|common|core|base|misc|data"
)
SOURCES = under("src", ".py")
OF_CAP = {("alert",), ("severity",), ("info",)}
"""What CAP calls the parts of its messages, and nothing else is called."""


@cache
def synonyms() -> dict[tuple[str, ...], str]:
    """What the glossary does not say, and what it says instead."""
    page = text(Path("docs/glossary.md"))
    rows = [row.strip("| ").split(" | ") for row in page.splitlines() if row.startswith("| ")]
    wrong = {word: row[0] for row in rows[1:] for word in row[3].split(", ")}
    return {tuple(word.split()): right for word, right in wrong.items()}


def words(name: str) -> list[str]:
    """The words of a name, singular: `SensorAlerts` and `sensor_alerts` give sensor, alert."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return [part.lower().removesuffix("s") for part in parts]


@cache
def names(path: Path) -> frozenset[tuple[str, bool]]:
    """What a file defines: itself, functions, classes, arguments, variables, attributes.

    With each, whether it is a class.
    """
    return frozenset([(path.stem, False), *_defined(path)])


def _defined(path: Path) -> Iterator[tuple[str, bool]]:
    for node in ast.walk(parsed(path)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, isinstance(node, ast.ClassDef)
            case ast.arg():
                yield node.arg, False
            case ast.Name(ctx=ast.Store()):
                yield node.id, False
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, False


@cache
def said(name: str) -> frozenset[tuple[str, ...]]:
    """What the glossary does not say and a name says."""
    parts = tuple(words(name))
    runs = {parts[i:j] for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    return frozenset(word for word in synonyms() if _singular(word) in runs)


@cache
def _singular(wrong: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.removesuffix("s") for word in wrong)


def test_the_glossary_can_be_read() -> None:
    assert synonyms()[("severity",)] == "level"


def test_names_are_the_glossarys() -> None:
    wrong = {
        f"{path}: {name}: say {synonyms()[word]}"
        for path in SOURCES
        for name, _ in names(path)
        for word in said(name)
        if not (word in OF_CAP and "cap" in path.parts)
    }
    assert not wrong


def test_no_room_for_leftovers() -> None:
    paths = [*SOURCES, *under("tests", ".py"), *under("bench", ".py")]
    wrong = [p for p in paths for name in (*p.parts[:-1], p.stem) if LEFTOVERS.fullmatch(name)]
    assert not wrong


def test_no_class_for_leftovers() -> None:
    classes = [(path, name) for path in SOURCES for name, is_class in names(path) if is_class]
    last = {(path, name): re.split(r"(?=[A-Z])", name)[-1].lower() for path, name in classes}
    assert not [
        f"{path}: {name}"
        for (path, name), word in last.items()
        if LEFTOVERS.fullmatch(word) and not ((name.lower(),) in OF_CAP and "cap" in path.parts)
    ]
