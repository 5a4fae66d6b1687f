"""A segment: one SQLite file of records whose places follow each other without a gap."""

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from anlan.history.disk.database import PAGE_BYTES, open_to_read, open_to_write
from anlan.history.disk.files import whole_file
from anlan.history.segments.carve import carve
from anlan.history.segments.record import Damage, Record, Row, record_of, row_of
from anlan.terms.errors import Unavailable

# `changes` stands before `body`: SQLite reads a row from its front, and those who follow the
# changes need not walk through the readings.
SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
  seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL, sum INTEGER NOT NULL,
  changes BLOB NOT NULL, body BLOB NOT NULL)"""
INSERT = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)"
_AFTER = "SELECT seq, kind, at, sum, changes, body FROM record WHERE seq > ? ORDER BY seq"
_CHUNK_BYTES = 4 * 1024 * 1024
GAP = 1_000_000
"""Places left free after a segment whose end may be lost, so that no place is given twice."""


def segment_path(folder: Path, first: int) -> Path:
    """Where the segment beginning with record `first` lies."""
    return folder / f"{first:016d}.sqlite"


def first_of(path: Path) -> int:
    """The place of the first record that a segment was made for."""
    return int(path.name.partition(".")[0])


def segments_in(folder: Path) -> list[Path]:
    """All segments, in order; of two for the same place the renewed one, with the longer name."""
    found = [p for p in folder.glob("*.sqlite") if p.name.partition(".")[0].isdigit()]
    found.sort(key=lambda path: len(path.name))
    return [path for _, path in sorted({first_of(path): path for path in found}.items())]


def create(path: Path, records: Sequence[Record] = ()) -> None:
    """Makes a segment holding these records; it is there whole or not at all."""
    with whole_file(path) as part:
        connection = sqlite3.connect(part, isolation_level=None)
        try:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            connection.execute(SCHEMA)
            connection.execute("BEGIN")
            connection.executemany(INSERT, [row_of(r, r.seq) for r in records])
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise Unavailable(f"{path}: cannot be made ({error})") from error
        finally:
            connection.close()


class SegmentWriter:
    """The open end of the log."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = open_to_write(path)

    def last(self) -> int:
        """The place of the last durable record; first − 1 when there is none."""
        (last,) = self.connection.execute("SELECT max(seq) FROM record").fetchone()
        return first_of(self.path) - 1 if last is None else int(last)

    def first_at(self) -> int | None:
        """When its first record was taken in, ms UTC; None while it is empty."""
        row = self.connection.execute("SELECT at FROM record ORDER BY seq LIMIT 1").fetchone()
        return None if row is None else int(row[0])

    def bytes(self) -> int:
        """About how large it is."""
        (pages,) = self.connection.execute("PRAGMA page_count").fetchone()
        return int(pages) * PAGE_BYTES

    def is_sound(self) -> bool:
        """Whether its pages hang together; the content of records is not looked at."""
        (answer,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        return bool(answer == "ok")

    def insert(self, records: Sequence[Record], first: int) -> None:
        """Commits the records in one transaction; sqlite3.Error leaves nothing behind."""
        rows = [row_of(r, seq) for seq, r in enumerate(records, first)]
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(INSERT, rows)
            connection.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()


class SegmentReader:
    """Reads a segment around its damage; `until` is the last place it can hold, if known."""

    def __init__(self, path: Path, *, until: int | None = None) -> None:
        self.path = path
        self.until = until
        self.damage: dict[int, Damage] = {}
        self._connection: sqlite3.Connection | None = None
        self._carved: dict[int, Record] | None = None

    def chunk(self, after: int) -> tuple[list[Record], int]:
        """The next records after a place, about 4 MB, and the place up to which was read.

        An empty list with the same place: no more now. What is damaged is skipped and noted.
        """
        after = max(after, first_of(self.path) - 1)
        if self._carved is None:
            try:
                return self._checked(self._rows(after), after)
            except sqlite3.DatabaseError as error:
                self._fall_back(error)
        return self._whole(after)

    def _rows(self, after: int) -> list[Row]:
        rows: list[Row] = []
        size = 0
        with contextlib.closing(self.connection.execute(_AFTER, (after,))) as cursor:
            for row in cursor:
                rows.append(row)
                size += len(row[4]) + len(row[5])
                if size >= _CHUNK_BYTES:
                    break
        return rows

    def _checked(self, rows: list[Row], after: int) -> tuple[list[Record], int]:
        good: list[Record] = []
        for row in rows:
            if row[0] > after + 1:
                self._note(after + 1, row[0] - 1, "missing")
            after = row[0]
            record = record_of(row)
            if record is None:
                self._note(after, after, "its checksum is wrong")
            else:
                good.append(record)
        return good, after

    def _fall_back(self, error: sqlite3.DatabaseError) -> None:
        """From now on whatever is whole on the pages, which takes no tree."""
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY:
            raise Unavailable(f"{self.path}: is busy") from error
        self.close()
        self._carved = carve(self.path, PAGE_BYTES)
        expected = first_of(self.path)
        for seq in self._carved:
            if seq > expected:
                self._note(expected, seq - 1, str(error))
            expected = seq + 1
        if self.until is None:
            self._note(expected, expected, f"the end may be lost ({error})")
        elif expected <= self.until < expected + GAP - 1:
            self._note(expected, self.until, str(error))

    def _whole(self, after: int) -> tuple[list[Record], int]:
        found = [record for seq, record in (self._carved or {}).items() if seq > after]
        return found, found[-1].seq if found else after

    def _note(self, first: int, last: int, why: str) -> None:
        self.damage.setdefault(first, Damage(self.path.name, first, last, why))

    def last(self) -> int:
        """The place of its newest record; first − 1 where there is none."""
        if self._carved is None:
            try:
                (last,) = self.connection.execute("SELECT max(seq) FROM record").fetchone()
                return first_of(self.path) - 1 if last is None else int(last)
            except sqlite3.DatabaseError as error:
                self._fall_back(error)
        return max(self._carved or [first_of(self.path) - 1])

    @property
    def connection(self) -> sqlite3.Connection:
        """Opened at first use; sqlite3.DatabaseError where the file is no such database."""
        if self._connection is None:
            self._connection = open_to_read(self.path)
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
