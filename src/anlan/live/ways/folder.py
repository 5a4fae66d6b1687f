"""A folder that tables are put into: taken in whole, every row accounted for, moved away."""

import asyncio
import os
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from anlan.connectors.folder.map import ENDINGS, Map, map_of
from anlan.connectors.folder.row import Row
from anlan.connectors.folder.tables import rows_of
from anlan.connectors.mapping import Heard, Message
from anlan.connectors.mapping.read import read
from anlan.live.decode.decoded import UNREADABLE
from anlan.live.ways.tables.account import Account, Refusal
from anlan.live.ways.tables.page import Fetching
from anlan.live.ways.tables.sending import Answering, Sending
from anlan.live.ways.tables.waiting import Waiting, account_of
from anlan.live.ways.way import Books
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.readings import Reading

TITLE = "CSV / Excel"
_LOOK_S = 1.0
_ROWS = 5_000
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", "~")


class _Found(NamedTuple):
    """What some rows hold: readings, each with its line, and what is none."""

    readings: list[tuple[int, Reading]]
    refused: list[Refusal]
    heard: list[Heard]


class Folder:
    """One folder; `done`, `failed` and `waiting` in it are ours."""

    station = None

    def __init__(self, mapping: Map, name: str, store: Answering) -> None:
        self.mapping = mapping
        self._path, self._sending = mapping.folder.path, Sending(store)
        self.waiting = Waiting(self._path / "waiting", self._sending)
        self.books = Books("files", f"files:{name}", store, title=TITLE, address=_shown(mapping))
        self.fetching = Fetching(mapping.folder) if mapping.folder.address else None
        self._stuck = ""
        self._seen: dict[str, tuple[tuple[int, int], float]] = {}

    async def run(self) -> None:
        """Looks until it is cancelled; Unavailable where the folder cannot be used."""
        try:
            for name in ("done", "failed", "waiting"):
                await asyncio.to_thread((self._path / name).mkdir, 0o755, True, True)
            await self._look_and_fetch()
        except OSError as error:
            raise Unavailable(f"{readable(str(error.filename))}: {error.strerror}") from error

    async def _look_and_fetch(self) -> None:
        fetching = self.fetching and asyncio.create_task(self.fetching.run())
        try:
            await self._look()
        finally:
            if fetching:
                fetching.cancel()

    async def _look(self) -> None:
        """Takes what is whole, and what waited for sensors that are admitted by now."""
        while True:
            for path in await asyncio.to_thread(self.settled):
                await asyncio.to_thread(self.take, path)
            for path in await asyncio.to_thread(self.waiting.due):
                await asyncio.to_thread(self.take, path)
            self._tell()
            await asyncio.sleep(_LOOK_S)

    def _tell(self) -> None:
        """What the page does, as part of how the way does."""
        if self.fetching is not None:
            self.books.trouble = self._stuck or self.fetching.trouble

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
        at = self.books.came(())
        try:
            with TemporaryFile("w+", encoding="utf-8", newline="", dir=self._path) as told:
                self._take(path, Account(told), at)
        except Unavailable as error:
            self._stuck = self.books.trouble = str(error)
        except OSError as error:
            self._stuck = self.books.trouble = f"{readable(path.name)}: {error.strerror}"
        else:
            self._stuck = self.books.trouble = ""

    def _take(self, path: Path, account: Account, at: int) -> None:
        why = ""
        try:
            endings = ENDINGS[self.mapping.folder.form]
            if path.suffix.lower() not in endings:
                raise Malformed(f"is none of {', '.join(endings)}")
            self._rows(path, account, at)
        except Malformed as error:
            why = str(error)
            account.counts[UNREADABLE] += 1
        self._close(path, account, why)
        self.books.faults.update(account.counts)
        self.books.keeping.stored += account.taken

    def _rows(self, path: Path, account: Account, at: int) -> None:
        self._sending.look()
        rows, stem = rows_of(path, self.mapping.folder), readable(path.stem)
        while group := list(islice(rows, _ROWS)):
            account.rows += len(group)
            found = self._read(group, stem, at)
            account.refuse(found.refused + self._sending.send(found.readings, account))
            self.books.presence.hear(found.heard, at)

    def _read(self, group: list[Row], stem: str, at: int) -> _Found:
        found = _Found([], [], [])
        for line, cells, why in group:
            if why:
                found.refused.append(Refusal(line, UNREADABLE, why))
                continue
            taken = read(self.mapping.form, Message(f"line {line}", (stem,), cells, at))
            found.readings.extend((line, reading) for reading in taken.readings)
            found.refused.extend(Refusal(line, one.code, one.reason) for one in taken.faults)
            found.heard.extend(taken.heard)
        return found

    def _close(self, path: Path, account: Account, why: str) -> None:
        """Moves a file away, its account beside it."""
        if why or account.is_lost:
            to = _free(self._path / "failed" / path.name)
        elif not account.waits:
            to = _free(self._path / "done" / path.name)
        else:
            to = self.waiting.place(path)
            self.waiting.note(to, account)
        account.write(account_of(to), why)
        if to != path:
            path.replace(to)
            if path.parent != self._path:  # it waited
                account_of(path).unlink(missing_ok=True)
        self._seen.pop(path.name, None)


def _free(path: Path) -> Path:
    """A name that is taken gets a number."""
    n, free = 1, path
    while free.exists():
        n += 1
        free = path.with_name(f"{path.stem}-{n}{path.suffix}")
    return free


def _shown(mapping: Map) -> str:
    """Where its tables come from; of a page without its query, which may hold a key."""
    return mapping.folder.address.partition("?")[0] or str(mapping.folder.path)


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
