"""A TOML file and its tables, read key by key; Malformed names the file, the table and the key."""

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from anlan.terms.errors import Malformed

_SHORTEST_S, _LONGEST_S = 0.1, 86_400.0


def load(path: Path) -> dict[str, Any]:
    """The tables of a file."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"cannot be read ({error})", where=str(path)) from error
    return parse(content, where=str(path))


def parse(content: str, *, where: str) -> dict[str, Any]:
    """The tables of a text."""
    try:
        return tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed(f"not TOML ({error})", where=where) from error


def only(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    """Malformed where there is a key that is not known."""
    for name in table:
        if name not in known:
            raise Malformed(f"no such key: {name} (there are {', '.join(known)})", where=where)


class Section:
    """One table. Each verb gives a key's value in its type, or the default where it is absent."""

    def __init__(self, table: Any, where: str) -> None:
        self.where = where
        if not isinstance(table, dict):
            self.fail("is missing, or is no table")
        self.table: dict[str, Any] = table

    def __contains__(self, name: str) -> bool:
        return name in self.table

    def fail(self, message: str) -> NoReturn:
        raise Malformed(message, where=self.where)

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty."""
        found = self.table.get(name, default)
        if not isinstance(found, str) or not (found or default == ""):
            self.fail(f"{name} must be a text" if name in self.table else f"needs {name}")
        return found

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> Any:
        """One of some words."""
        found = self.text(name, default)
        if found not in choices:
            self.fail(f"{name} is {found!r}; it is one of {', '.join(choices)}")
        return found

    def number(self, name: str, default: float) -> float:
        """A finite number."""
        found = self.table.get(name, default)
        if not is_number(found):
            self.fail(f"{name} must be a number")
        return float(found)

    def span(self, name: str, default: float) -> float:
        """Seconds: a tenth to a day."""
        found = self.number(name, default)
        if not _SHORTEST_S <= found <= _LONGEST_S:
            self.fail(f"{name} must be from {_SHORTEST_S:g} to {_LONGEST_S:,.0f}")
        return found

    def whole(self, name: str, default: int | None, *, least: int = 0, most: int = 65_535) -> int:
        """A whole number within bounds; needed where there is no default."""
        found = self.table.get(name, default)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            self.fail(f"{name} must be a number from {least} to {most}")
        return found

    def flag(self, name: str) -> bool:
        """True or false; false where it is absent."""
        found = self.table.get(name, False)
        if not isinstance(found, bool):
            self.fail(f"{name} must be true or false")
        return found

    def words(self, name: str) -> dict[str, str]:
        """A table of texts."""
        found = self.table.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(w, str) and w for w in found.values()):
            self.fail(f"{name} must be a table of texts")
        return found

    def numbers(self, name: str) -> dict[str, float]:
        """A table of finite numbers; true is 1, false is 0."""
        found = self.table.get(name, {})
        if not isinstance(found, dict) or not all(
            is_number(one) or isinstance(one, bool) for one in found.values()
        ):
            self.fail(f"{name} must be a table of numbers")
        return {word: float(one) for word, one in found.items()}

    def file(self, name: str, folder: Path) -> Path | None:
        """A file that is there."""
        if name not in self.table:
            return None
        path = folder / self.text(name)
        if not path.is_file():
            self.fail(f"{name}: there is no file {path}")
        return path

    def secret(self, name: str, folder: Path, least: int = 1) -> str | None:
        """The text of a file that only this site may read; None where none is named."""
        path = self.file(name, folder)
        if path is None:
            return None
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.fail(f"{name} cannot be read ({error})")
        if len(found) < least:
            self.fail(f"{name}: at least {least} characters")
        return found


def is_number(found: Any) -> bool:
    """Whether it is a finite number of TOML."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    try:
        return math.isfinite(found)
    except OverflowError:  # a whole number beyond every double
        return False
