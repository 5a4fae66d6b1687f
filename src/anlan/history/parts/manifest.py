"""The list of what was sealed, in one SQLite file; every step of sealing is one transaction.

`manifest.sqlite` also keeps the records that must outlive their segments word by word: registry
entries and notes.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from anlan.history.disk.database import open_to_read, open_to_write
from anlan.history.disk.files import reason
from anlan.history.segments.record import Record, RecordKind, record_of, row_of
from anlan.history.segments.segment import INSERT, SCHEMA
from anlan.terms.errors import Malformed, Unavailable

_NAME = "manifest.sqlite"
KEPT_KINDS = frozenset({RecordKind.REGISTRY, RecordKind.NOTE})
"""Records that are kept as they are when their segment is sealed."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS part (
  file TEXT PRIMARY KEY, kind TEXT NOT NULL, day INTEGER NOT NULL, first INTEGER NOT NULL,
  last INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, sum INTEGER NOT NULL,
  low INTEGER NOT NULL, high INTEGER NOT NULL)""",
    "CREATE TABLE IF NOT EXISTS gone (file TEXT PRIMARY KEY)",
    """CREATE TABLE IF NOT EXISTS sealed (
  one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL)""",
    SCHEMA,
)
_BEGUN = "SELECT count(*) FROM sqlite_master WHERE name IN ('part', 'gone', 'sealed', 'record')"
_PARTS = "SELECT file, kind, day, first, last, rows, bytes, sum, low, high FROM part ORDER BY first"
_KEPT = "SELECT seq, kind, at, sum, changes, body FROM record WHERE seq > ? ORDER BY seq"


class Kind(StrEnum):
    """What a file holds."""

    READINGS = "readings"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    CHANGES = "changes"
    RECORDS = "records"  # place, kind and time of every record: ticks too
    LATEST = "latest"  # the newest reading of every sensor


class Part(NamedTuple):
    """One sealed file: the records it covers, its rows, and the range of its times.

    day: days since 1970 of the records, UTC · sum: CRC-32 of the file · low, high: ms UTC.
    """

    file: str
    kind: Kind
    day: int
    first: int
    last: int
    rows: int
    bytes: int
    sum: int
    low: int
    high: int


class Manifest(NamedTuple):
    """All that is sealed, as of one moment; sealed_to is the last record that is."""

    sealed_to: int
    parts: tuple[Part, ...]
    gone: tuple[str, ...] = ()

    def of(self, kind: Kind) -> list[Part]:
        """The files of one kind, in order of their records."""
        return [part for part in self.parts if part.kind is kind]


class Step(NamedTuple):
    """What changes at once: files that come, files that go, records kept, how far it is sealed."""

    add: Sequence[Part] = ()
    drop: Sequence[Part] = ()
    keep: Sequence[Record] = ()
    sealed_to: int | None = None
    removed: Sequence[str] = ()


def read_manifest(folder: Path) -> Manifest:
    """What is sealed in a store now."""
    if not (folder / _NAME).exists():
        return Manifest(0, ())
    with _reading(folder) as connection:
        connection.execute("BEGIN")  # one moment for all three
        if not _is_begun(connection):
            return Manifest(0, ())
        rows = connection.execute(_PARTS).fetchall()
        last = connection.execute("SELECT last FROM sealed").fetchone()
        gone = connection.execute("SELECT file FROM gone").fetchall()
        connection.execute("COMMIT")
    parts = tuple(Part(row[0], Kind(row[1]), *row[2:]) for row in rows)
    return Manifest(last[0] if last else 0, parts, tuple(file for (file,) in gone))


def manifest_stamp(folder: Path) -> tuple[int, ...]:
    """Changes whenever the list may have changed; asked before reading it."""
    files = (folder / _NAME, folder / f"{_NAME}-wal")
    stats = [path.stat() for path in files if path.exists()]
    return tuple(number for s in stats for number in (s.st_mtime_ns, s.st_size, s.st_ino))


def kept_records(folder: Path, after: int, kinds: Collection[RecordKind]) -> Iterator[Record]:
    """Kept records after a place, in order; damaged ones are skipped."""
    if not (folder / _NAME).exists():
        return
    with _reading(folder) as connection:
        rows = connection.execute(_KEPT, (after,)).fetchall() if _is_begun(connection) else []
    for row in rows:
        record = record_of(row)
        if record is not None and record.kind in kinds:
            yield record


def take_step(folder: Path, step: Step) -> None:
    """Makes the step, wholly or not at all; Unavailable when the disk does not allow it."""
    try:
        connection = open_to_write(folder / _NAME, create=True)
        with contextlib.closing(connection):
            connection.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                connection.execute(table)
            _write(connection, step)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise Unavailable(f"{folder / _NAME}: cannot be written ({reason(error)})") from error
    except sqlite3.DatabaseError as error:
        raise _damaged(folder, error) from error


def _write(connection: sqlite3.Connection, step: Step) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", step.add
    )
    dropped = [(part.file,) for part in step.drop]
    connection.executemany("DELETE FROM part WHERE file = ?", dropped)
    connection.executemany("INSERT OR REPLACE INTO gone VALUES (?)", dropped)
    connection.executemany("DELETE FROM gone WHERE file = ?", [(f,) for f in step.removed])
    rows = [row_of(record, record.seq) for record in step.keep]
    connection.executemany(INSERT.replace("INSERT", "INSERT OR REPLACE"), rows)
    if step.sealed_to is not None:
        connection.execute("INSERT OR REPLACE INTO sealed VALUES (1, ?)", (step.sealed_to,))


def _is_begun(connection: sqlite3.Connection) -> bool:
    """Whether a first step is durable; the file alone may stand before it, or after a kill."""
    return int(connection.execute(_BEGUN).fetchone()[0]) == len(_TABLES)


@contextlib.contextmanager
def _reading(folder: Path) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(open_to_read(folder / _NAME)) as connection:
            yield connection
    except sqlite3.OperationalError as error:
        raise Unavailable(f"{folder / _NAME}: cannot be read ({reason(error)})") from error
    except sqlite3.DatabaseError as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> Malformed:
    return Malformed(f"the list of sealed files is damaged ({error})", where=str(folder / _NAME))
