"""A TOML file with its lines, and tables that are read key by key.

What is wrong is collected, not raised one by one, so that a check names every mistake of a
pack in one run. A key that nobody asked for is a mistake.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from anlan.packs.source.positions import Path, lines_of
from anlan.terms.errors import Malformed
from anlan.terms.rows import shown
from anlan.terms.times import parse_duration

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Folder(Protocol):
    """What is asked of a folder or file: `pathlib.Path` and package resources both give it."""

    @property
    def name(self) -> str: ...
    def is_dir(self) -> bool: ...
    def is_file(self) -> bool: ...
    def iterdir(self) -> Iterator[Any]: ...
    def joinpath(self, *names: str) -> Any: ...
    def read_text(self, encoding: str) -> str: ...


class PackError(Malformed):
    """A pack is wrong; `problems` holds every mistake, the first is the message."""

    def __init__(self, problems: Sequence["Problem"]) -> None:
        super().__init__(problems[0].message, where=problems[0].where)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `packs/flood/rules.toml:12` and the reason."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(slots=True)
class Problems:
    """The mistakes of one pack, in the order they were found."""

    found: list[Problem] = field(default_factory=list)

    def add(self, where: str, message: str) -> None:
        self.found.append(Problem(where, message))

    def raise_if_any(self) -> None:
        if self.found:
            raise PackError(self.found)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who answers for an overlaid value."""

    source: str
    approver: str


@dataclass(slots=True)
class Document:
    """One file's values, with the place of each path and the stamps of overlaid tables."""

    label: str
    data: dict[str, Any]
    lines: Mapping[Path, int]
    problems: Problems
    places: dict[Path, str] = field(default_factory=dict)
    stamps: dict[Path, Stamp] = field(default_factory=dict)

    def where(self, path: Path) -> str:
        """`file:line` of `path`, or of the nearest table around it."""
        for length in range(len(path), -1, -1):
            known = path[:length]
            if known in self.places:
                return self.places[known]
            if known in self.lines:
                return f"{self.label}:{self.lines[known]}"
        return f"{self.label}:1"

    @property
    def root(self) -> "Table":
        return Table(self, (), self.data)


def open_document(folder: Folder, name: str, *, label: str, problems: Problems) -> Document:
    """The file `name` of `folder`; a missing file is empty, a broken one is a problem."""
    file = folder.joinpath(name)
    label = f"{label}/{name}"
    empty = Document(label, {}, {(): 1}, problems)
    if not file.is_file():
        return empty
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        problems.add(f"{label}:1", f"not UTF-8 text: byte {error.start} cannot be read")
    except OSError as error:
        problems.add(f"{label}:1", f"cannot be read: {error.strerror}")
    except (ValueError, RecursionError) as error:  # also thousands of digits, or of brackets
        problems.add(f"{label}:{_line_in(str(error), text)}", f"not valid TOML: {error}")
    else:
        return Document(label, data, lines_of(text.replace("\r\n", "\n")), problems)
    return empty


def _line_in(message: str, text: str) -> int:
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else text.count("\n") + 1


class _Missing:
    """The default that means: the key is required."""


MISSING: Any = _Missing()


class Table:
    """One table, read key by key.

    Each reader gives the value, or the default when the key is absent; a wrong value is noted
    as a problem and the default (or an empty value) is given, so reading goes on.
    """

    def __init__(self, document: Document, path: Path, data: Mapping[str, Any]) -> None:
        self.document = document
        self.path = path
        self.data = data
        self.asked: set[str] = set()

    @property
    def place(self) -> str:
        return self.document.where(self.path)

    @property
    def stamp(self) -> Stamp | None:
        return self.document.stamps.get(self.path)

    def wrong(self, message: str, key: str | None = None) -> None:
        """Notes a problem at `key`, or at the table itself."""
        path = self.path if key is None else (*self.path, key)
        self.document.problems.add(self.document.where(path), message)

    def has(self, key: str) -> bool:
        return key in self.data

    def take(self, key: str, kind: type | tuple[type, ...], *, default: Any, named: str) -> Any:
        """The value of `key` if it is of `kind`; the shared step of all readers."""
        self.asked.add(key)
        if key not in self.data:
            if default is MISSING:
                self.wrong(f"{key} is missing: {named}")
                return None
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.wrong(f"{key} must be {named}, not {shown(value)}", key)
            return None if default is MISSING else default
        return value

    def text(self, key: str, default: Any = MISSING) -> str:
        value = self.take(key, str, default=default, named="a text")
        if value is None:
            return ""
        if key in self.data and not str(value).strip():
            self.wrong(f"{key} is empty", key)
        return str(value)

    def number(self, key: str, default: Any = MISSING) -> Any:
        """A finite number, or the default as it is."""
        value = self.take(key, (int, float), default=default, named="a number")
        if key in self.data and value is not None and not _is_finite(value):
            self.wrong(f"{key} must be finite", key)
            return 0.0 if default is MISSING else default
        return 0.0 if value is None and default is MISSING else value

    def whole(self, key: str, default: Any = MISSING, *, least: int = 0) -> int:
        value = self.take(key, int, default=default, named="a whole number")
        if value is None:
            return least
        if value < least:
            self.wrong(f"{key} must be at least {least}, not {value}", key)
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self.take(key, bool, default=default, named="true or false"))

    def choice(self, key: str, options: Sequence[str], default: Any = MISSING) -> str:
        named = "one of " + ", ".join(options)
        value = self.take(key, str, default=default, named=named)
        if value is None:
            return options[0]
        if value not in options:
            self.wrong(f"{key} must be {named}, not {shown(value)}{_guess(value, options)}", key)
            return options[0]
        return str(value)

    def duration(self, key: str, default: Any = MISSING) -> Any:
        """Milliseconds of `10min`; the default as it is when absent."""
        value = self.take(key, str, default=default, named="a duration such as 10min or 24h")
        if key not in self.data or not isinstance(value, str):
            return 0 if value is None and default is MISSING else value
        try:
            return parse_duration(value)
        except Malformed as error:
            self.wrong(error.message, key)
            return 0 if default is MISSING else default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.take(key, list, default=[], named="a list of texts") or []
        wrong = [item for item in value if not isinstance(item, str)]
        if wrong:
            self.wrong(f"{key} must be a list of texts, not with {shown(wrong[0])}", key)
            return ()
        return tuple(value)

    def items(self, key: str) -> list[Any]:
        """A list of anything; the caller judges its elements."""
        return list(self.take(key, list, default=[], named="a list") or [])

    def table(self, key: str) -> "Table":
        """The sub-table `key`, empty when absent."""
        value = self.take(key, dict, default={}, named="a table") or {}
        return Table(self.document, (*self.path, key), value)

    def tables(self, key: str) -> list["Table"]:
        """The array of tables `key`."""
        found = []
        for index, value in enumerate(self.items(key)):
            path = (*self.path, key, index)
            if not isinstance(value, dict):
                self.document.problems.add(
                    self.document.where(path), f"{key} must be a list of tables"
                )
                continue
            found.append(Table(self.document, path, value))
        return found

    def named_tables(self) -> dict[str, "Table"]:
        """All sub-tables by name; their names must be names."""
        found = {}
        for key, value in self.data.items():
            if not isinstance(value, dict) and key in self.asked:
                continue
            self.asked.add(key)
            if not isinstance(value, dict):
                self.wrong(f"unknown key {key!r}: a table is expected here", key)
            elif not NAME.fullmatch(key):
                self.wrong(f"{key!r} is no name: small letters, digits and _, from a letter", key)
            else:
                found[key] = Table(self.document, (*self.path, key), value)
        return found

    def finish(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self.data:
            if key not in self.asked:
                self.wrong(f"unknown key {key!r}{_guess(key, sorted(self.asked))}", key)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def _guess(word: str, options: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, options, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
