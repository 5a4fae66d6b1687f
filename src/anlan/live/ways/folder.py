"""A folder that tables are put into: taken in whole, every row accounted for, moved away."""

import asyncio
import csv
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from anlan.connectors.folder.map import ENDINGS, Map, map_of
from anlan.connectors.folder.tables import Row, rows_of
from anlan.connectors.mapping import Heard, Message
from anlan.connectors.mapping.read import read
from anlan.live.decode.decoded import UNKNOWN_SENSOR
from anlan.live.gateway.store import Store
from anlan.live.ways.way import Books
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.readings import Reading

TITLE = "CSV / Excel"
_LOOK_S = 1.0
_ROWS, _LISTED = 5_000, 100
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", "~")


class Answering(Store, Protocol):
    """A store that says what became of each reading."""

    def answer(self, source: str, readings: Sequence[Reading]) -> dict[str, Any]:
        """The intake's answer, of which the first 100 refusals are listed."""
        ...


class Refusal(NamedTuple):
    """Why a row, or a value of it, was not taken."""

    line: int
    code: str
    reason: str


class Account:
    """What became of a file. rows: that it has · taken, again: values that are new, and those that
    were there · refused: each with its line."""

    def __init__(self) -> None:
        self.rows = self.taken = self.again = 0
        self.refused: list[Refusal] = []
        self.heard: list[Heard] = []

    @property
    def counts(self) -> Counter[str]:
        """Refusals by their code."""
        return Counter(one.code for one in self.refused)

    @property
    def is_lost(self) -> bool:
        """Whether nothing of it was taken, nor waits for its sensors to be admitted."""
        return not (self.taken or self.again or self.counts[UNKNOWN_SENSOR])


class Folder:
    """One folder; `done` and `failed` in it are ours."""

    station = None

    def __init__(self, mapping: Map, name: str, store: Answering) -> None:
        self.mapping, self._store = mapping, store
        self._path = mapping.folder.path
        self.books = Books("files", f"files:{name}", store, title=TITLE, address=str(self._path))
        self._seen: dict[str, tuple[tuple[int, int], float]] = {}

    async def run(self) -> None:
        """Looks until it is cancelled; Unavailable where the folder cannot be used."""
        try:
            for name in ("done", "failed"):
                await asyncio.to_thread((self._path / name).mkdir, 0o755, True, True)
            while True:
                for path in await asyncio.to_thread(self.settled):
                    await asyncio.to_thread(self.take, path)
                await asyncio.sleep(_LOOK_S)
        except OSError as error:
            raise Unavailable(f"{readable(str(error.filename))}: {error.strerror}") from error

    def settled(self) -> list[Path]:
        """The files that are whole, the oldest first: their size and time have not changed for a
        while, and their name does not say that they are unfinished."""
        now_s, there, found = time.monotonic(), {}, []
        for path in self._path.iterdir():
            name = path.name.lower()
            if name.startswith((".", "~$")) or name.endswith(_UNFINISHED):
                continue
            try:
                about = path.stat()
            except FileNotFoundError:
                continue
            if not path.is_file() or path.is_symlink():
                continue
            state = (about.st_size, about.st_mtime_ns)
            before = self._seen.get(path.name)
            since_s = before[1] if before and before[0] == state else now_s
            there[path.name] = (state, since_s)
            if now_s - since_s >= self.mapping.folder.settled_s:
                found.append((about.st_mtime_ns, path))
        self._seen = there
        return [path for _, path in sorted(found)]

    def take(self, path: Path) -> None:
        """Takes a file in and moves it away; it stays where nothing can be stored at present."""
        account, why = Account(), ""
        at = self.books.came(())
        try:
            if path.suffix.lower() not in ENDINGS:
                raise Malformed(f"is none of {', '.join(ENDINGS)}")
            self._rows(path, account, at)
        except Malformed as error:
            why = str(error)
            account.refused.append(Refusal(0, "unreadable", why))
        except Unavailable as error:
            self.books.trouble = str(error)
            return
        except OSError as error:
            self.books.trouble = f"{readable(path.name)}: {error.strerror}"
            return
        self.books.trouble = ""
        self._close(path, account, is_failed=bool(why) or account.is_lost)
        self.books.faults.update(account.counts)
        self.books.keeping.stored += account.taken
        self.books.presence.hear(account.heard, at)

    def _rows(self, path: Path, account: Account, at: int) -> None:
        rows = rows_of(path, self.mapping.folder)
        while group := list(islice(rows, _ROWS)):
            account.rows += len(group)
            lines, readings = self._read(group, path, account, at)
            self._keep(lines, readings, account)

    def _read(
        self, group: list[Row], path: Path, account: Account, at: int
    ) -> tuple[list[int], list[Reading]]:
        """The readings of rows, each with its line."""
        lines: list[int] = []
        readings: list[Reading] = []
        stem = readable(path.stem)
        for line, cells in group:
            message = Message(f"line {line}", (stem,), cells, at)
            taken = read(self.mapping.form, message)
            readings += taken.readings
            lines += [line] * len(taken.readings)
            account.heard += taken.heard
            account.refused += [Refusal(line, one.code, one.reason) for one in taken.faults]
        return lines, readings

    def _keep(self, lines: list[int], readings: list[Reading], account: Account) -> None:
        """Stores readings; where more were refused than an answer lists, it is asked in parts."""
        if not readings:
            return
        told = self._store.answer("gateway:files", readings)
        account.taken += told["accepted"]
        account.again += told["duplicates"]
        for answer, start in self._parts(told, readings):
            for row in answer["refused"]:
                line = lines[start + row["index"]]
                account.refused.append(Refusal(line, row["code"], row["reason"]))

    def _parts(
        self, told: dict[str, Any], readings: list[Reading]
    ) -> Iterator[tuple[dict[str, Any], int]]:
        if sum(told.get("refused_counts", {}).values()) <= len(told["refused"]):
            yield told, 0
            return
        for start in range(0, len(readings), _LISTED):
            part = readings[start : start + _LISTED]
            yield self._store.answer("gateway:files", part), start

    def _close(self, path: Path, account: Account, *, is_failed: bool) -> None:
        """Moves a file away, its account beside it; a name that is taken gets a number."""
        there = self._path / ("failed" if is_failed else "done")
        name, n = path.name, 1
        while (there / name).exists():
            n += 1
            name = f"{path.stem}-{n}{path.suffix}"
        _write(there / f"{name}.account.csv", account)
        path.replace(there / name)
        self._seen.pop(path.name, None)


def _write(path: Path, account: Account) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["line", "code", "reason"])
        totals = {"rows": account.rows, "accepted": account.taken, "duplicates": account.again,
                  "refused": len(account.refused)}  # fmt: skip
        out.writerow(["", "total", ", ".join(f"{name} {n}" for name, n in totals.items())])
        out.writerows(sorted(account.refused))
        file.flush()
        os.fsync(file.fileno())


def readable(name: str) -> str:
    """A file's name as people wrote it: where it is not in UTF-8, it is in GB18030."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def folder_of(tables: dict[str, Any], path: Path, store: Answering) -> Folder:
    """The way that a file describes."""
    return Folder(map_of(tables, str(path), path.parent), readable(path.stem), store)
