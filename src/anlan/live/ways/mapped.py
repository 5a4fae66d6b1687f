"""The files of the folder `ways`: of each the way that it describes, or why it describes none."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anlan.live.ways.way import Way, blank
from anlan.terms.errors import AnlanError, Malformed

Make = Callable[[Path], Way]
_TABLE = re.compile(r"(\[\[?\w+\]\]?)(?: (\d+))?")
_KEYS = (re.compile(r"no such key: (\S+)"), re.compile(r"(\w+)(?: must be| is |:)"))
_log = logging.getLogger("anlan.ways")


class Mapped:
    """One file. way: None while it is wrong · why: what is wrong, with the file and, where it is
    known, the line."""

    def __init__(self, path: Path, make: Make) -> None:
        self.path, self._make = path, make
        self.way: Way | None = None
        self.why = ""
        self.look()

    @property
    def name(self) -> str:
        """As people see it: the way's or, while there is none, the file's."""
        return self.way.books.name if self.way else f"{self.path.parent.name}/{self.path.name}"

    @property
    def frames(self) -> int:
        """Messages that came so far."""
        return self.way.books.frames if self.way else 0

    def look(self) -> None:
        """Reads the file where it describes no way yet; whatever is wrong stays with it."""
        if self.way is not None:
            return
        try:
            self.way, self.why = self._make(self.path), ""
        except AnlanError as error:
            self._note(_with_line(self.path, error))
        except Exception as error:  # noqa: BLE001 - one that breaks must not end the others
            if self._note(f"{self.path}: cannot be used ({type(error).__name__}: {error})"):
                _log.exception("%s broke where it was read", self.name)

    def told(self) -> dict[str, Any]:
        """A row like those of the gateway's listeners; of a wrong file `is_wrong` is true."""
        if self.way is not None:
            return self.way.books.told()
        why = self.why.removeprefix(self.name).lstrip(": ")
        return blank(self.name) | {"trouble": why, "is_wrong": True}

    def _note(self, why: str) -> bool:
        """Whether it is another reason than before."""
        before, self.why = self.why, why.replace(f"{self.path.parent.parent}/", "")
        return self.why != before


class Files:
    """All files of a folder that describe ways, by name; each stands for itself."""

    def __init__(self, folder: Path, make: Make) -> None:
        self._folder, self._make = folder, make
        self.mapped: list[Mapped] = []
        self.look()

    def look(self) -> list[Mapped]:
        """Takes in files that are new, and gives them; what is gone and was wrong is forgotten."""
        known = {one.path for one in self.mapped}
        there = sorted(self._folder.glob("*.toml"))
        new = [Mapped(path, self._make) for path in there if path not in known]
        self.mapped = [one for one in self.mapped if one.way or one.path in there] + new
        return new


def _with_line(path: Path, error: AnlanError) -> str:
    """What is wrong, and the line of the table or of the key that it is about."""
    if not isinstance(error, Malformed):
        return f"{path}: {error}"
    where = error.where.removeprefix(str(path)).strip()
    table = _TABLE.match(where)
    if table is None:
        return str(error)
    try:
        lines = [one.strip() for one in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        return str(error)
    heads = [n for n, one in enumerate(lines) if one.startswith(table[1])]
    nth = int(table[2] or 1)
    if nth > len(heads):
        return str(error)
    at = _key_line(lines, heads[nth - 1], [where[table.end() :].strip(), *_keys(error.message)])
    return f"{error} (line {at + 1})"


def _keys(message: str) -> list[str]:
    """The key that a sentence is about."""
    return [found[1] for one in _KEYS if (found := one.match(message))]


def _key_line(lines: list[str], head: int, keys: list[str]) -> int:
    """The line of the first of these keys within a table that begins there; else its first."""
    name = lines[head].strip("[]").split("]")[0]
    end = next(
        (n for n in range(head + 1, len(lines))
         if lines[n].startswith("[") and not lines[n].startswith(f"[{name}.")),
        len(lines),
    )  # fmt: skip
    for key in filter(None, keys):
        written = re.compile(rf"(?<![\w-]){re.escape(key)}\"?\s*=")
        for n in range(head, end):
            if written.search(lines[n]):
                return n
    return head
