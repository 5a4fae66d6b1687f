"""A segment: one SQLite file of records whose places follow each other without a gap."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from anlan.history.disk.database import PAGE_BYTES, open_to_read, open_to_write
from anlan.history.disk.files import whole_file
from anlan.history.disk.record import Damage, Record, RecordKind, checksum
from anlan.terms.errors import Unavailable

# `changes` stands before `body`: SQLite reads a row from its front, and those who follow the
# changes need not walk through the readings.
SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
  seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL, sum INTEGER NOT NULL,
  changes BLOB NOT NULL, body BLOB NOT NULL)"""
INSERT = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)"
_AFTER = "SELECT seq, kind, at, sum, changes, body FROM record WHERE seq > ? ORDER BY seq"
_ONE = "SELECT seq, kind, at, sum, changes, body FROM record WHERE seq = ?"
_CHUNK_BYTES = 4 * 1024 * 1024

Row = tuple[int, int, int, int, bytes, bytes]


def segment_path(folder: Path, first: int) -> Path:
    """Where the segment beginning with record `first` lies."""
    return folder / f"{first:016d}.sqlite"


def first_of(path: Path) -> int:
    """The place of the first record that a segment was made for."""
    return int(path.name.partition(".")[0])


def segments_in(folder: Path) -> list[Path]:
    """All segments, in order."""
    return sorted(p for p in folder.glob("*.sqlite") if p.name.partition(".")[0].isdigit())


def create(path: Path) -> None:
    """Makes an empty segment; it is there whole or not at all."""
    with whole_file(path) as part:
        connection = sqlite3.connect(part, isolation_level=None)
        try:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            connection.execute(SCHEMA)
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


def row_of(record: Record, seq: int) -> Row:
    """A record as a row of the table."""
    return (seq, int(record.kind), record.at, checksum(record, seq), record.changes, record.body)


class SegmentReader:
    """Reads a segment around its damage; `until` is the last place it can hold, if known."""

    def __init__(self, path: Path, *, until: int | None = None) -> None:
        self.path = path
        self.until = until
        self.damage: dict[int, Damage] = {}
        self._connection: sqlite3.Connection | None = None

    def chunk(self, after: int) -> tuple[list[Record], int]:
        """The next records after a place, about 4 MB, and the place up to which was read.

        An empty list with the same place: no more now. What is damaged is skipped and noted.
        """
        after = max(after, first_of(self.path) - 1)
        if not self._opens():
            self._note(after + 1, max(after + 1, self.until or 0), "the segment cannot be opened")
            return [], max(after, self.until or 0)
        rows, broken = self._rows(after)
        good: list[Record] = []
        expected = after + 1
        for row in rows:
            if row[0] > expected:
                self._note(expected, row[0] - 1, "missing")
            expected = row[0] + 1
            good.extend(self._checked(row))
        if broken is not None:
            good.extend(self._step_over(expected, broken))
            expected += 1
        return good, expected - 1

    def _rows(self, after: int) -> tuple[list[Row], str | None]:
        """Rows as far as they can be read, and why no further."""
        rows: list[Row] = []
        size = 0
        try:
            cursor = self.connection.execute(_AFTER, (after,))
            with contextlib.closing(cursor):
                for row in cursor:
                    rows.append(row)
                    size += len(row[4]) + len(row[5])
                    if size >= _CHUNK_BYTES:
                        return rows, None
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY:
                raise Unavailable(f"{self.path}: is busy") from error
            reached = rows[-1][0] if rows else after
            return rows, str(error) if reached < self._end(reached) else None
        return rows, None

    def _end(self, reached: int) -> int:
        """The last place that may hold a record."""
        if self.until is not None:
            return self.until
        with contextlib.suppress(sqlite3.DatabaseError):
            (last,) = self.connection.execute("SELECT max(seq) FROM record").fetchone()
            return reached if last is None else int(last)
        self._note(reached + 1, reached + 1, "the end of the segment cannot be read")
        return reached

    def _step_over(self, seq: int, why: str) -> Iterator[Record]:
        """One record by its place, where reading in order broke."""
        try:
            row = self.connection.execute(_ONE, (seq,)).fetchone()
        except sqlite3.DatabaseError:
            row = None
        if row is None:
            self._note(seq, seq, why)
        else:
            yield from self._checked(row)

    def _checked(self, row: Row) -> Iterator[Record]:
        record = record_of(row)
        if record is None:
            self._note(row[0], row[0], "its checksum is wrong")
        else:
            yield record

    def _note(self, first: int, last: int, why: str) -> None:
        self.damage.setdefault(first, Damage(self.path.name, first, last, why))

    def last(self) -> int:
        """The place of its newest record; first − 1 where there is none or it cannot be told."""
        with contextlib.suppress(sqlite3.DatabaseError):
            (last,) = self.connection.execute("SELECT max(seq) FROM record").fetchone()
            if last is not None:
                return int(last)
        return first_of(self.path) - 1

    def _opens(self) -> bool:
        try:
            return bool(self.connection)
        except sqlite3.DatabaseError:
            return False

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


def record_of(row: Row) -> Record | None:
    """The record of a row; None where the checksum is wrong."""
    seq, kind, at, total, changes, body = row
    try:
        record = Record(RecordKind(kind), at, body, changes, seq)
        return record if checksum(record, seq) == total else None
    except (TypeError, ValueError):  # a damaged column may come back as another type
        return None
