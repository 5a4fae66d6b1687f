"""Rows that could not be taken, kept to be seen and tried again; bounded for each source."""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from anlan.live.decode.decoded import Fault
from anlan.terms.errors import Unavailable

CAP = 10_000
"""Rows kept of one source; the oldest go first, and are counted."""
_LONGEST = 4096
_SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
  id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, at INTEGER NOT NULL,
  code TEXT NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS row_source ON row (source, id);
CREATE INDEX IF NOT EXISTS row_code ON row (source, code, id);
CREATE TABLE IF NOT EXISTS lost (source TEXT PRIMARY KEY, rows INTEGER NOT NULL);
"""


class Row(NamedTuple):
    """One row: `at` is when it came in, ms UTC; body is the row as text."""

    id: int
    source: str
    at: int
    code: str
    reason: str
    body: bytes


class Count(NamedTuple):
    """Rows of a source that are kept, and those that had to go unseen."""

    source: str
    kept: int
    lost: int


class Quarantine:
    """The quarantine of a data folder; may be used from several threads and processes."""

    def __init__(self, data: Path, *, cap: int = CAP) -> None:
        path = data / "live" / "quarantine.sqlite"
        self._cap = cap
        self._guard = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"{path}: cannot be opened ({error})") from error

    def add(self, source: str, faults: Sequence[Fault], *, at: int, unseen: int = 0) -> None:
        """Keeps rows; `unseen` more were not handed over and only count.

        Raises Unavailable where the disk does not allow it.
        """
        kept = faults[-self._cap :]
        rows = [(source, at, fault.code, fault.reason, fault.text[:_LONGEST]) for fault in kept]
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO row (source, at, code, reason, body) VALUES (?, ?, ?, ?, ?)", rows
            )
            lost = unseen + len(faults) - len(kept) + self._trim(source)
            if lost:
                connection.execute(
                    "INSERT INTO lost VALUES (?, ?) ON CONFLICT DO UPDATE SET rows = rows + ?",
                    (source, lost, lost),
                )

    def _trim(self, source: str) -> int:
        """Lets the oldest rows of a source go beyond the cap; how many."""
        edge = self._connection.execute(
            "SELECT id FROM row WHERE source = ? ORDER BY id DESC LIMIT 1 OFFSET ?",
            (source, self._cap),
        ).fetchone()
        if edge is None:
            return 0
        gone = self._connection.execute(
            "DELETE FROM row WHERE source = ? AND id <= ?", (source, edge[0])
        )
        return gone.rowcount

    def rows(self, source: str | None = None, *, limit: int = 1000, after: int = 0) -> list[Row]:
        """Rows of a source (None: of all), oldest first, after an id."""
        with self._guard:
            found = self._connection.execute(
                "SELECT id, source, at, code, reason, body FROM row "
                "WHERE id > ? AND (? IS NULL OR source = ?) ORDER BY id LIMIT ?",
                (after, source, source, limit),
            ).fetchall()
        return [Row(*one) for one in found]

    def newest(self, source: str, code: str, *, limit: int = CAP) -> list[Row]:
        """The newest rows of a source that were refused for one reason, oldest first."""
        with self._guard:
            found = self._connection.execute(
                "SELECT id, source, at, code, reason, body FROM row "
                "WHERE source = ? AND code = ? ORDER BY id DESC LIMIT ?",
                (source, code, limit),
            ).fetchall()
        return [Row(*one) for one in reversed(found)]

    def counts(self) -> list[Count]:
        """By source, how many rows are kept and how many had to go."""
        with self._guard:
            found = self._connection.execute(
                "SELECT source, sum(kept), sum(lost) FROM ("
                " SELECT source, count(*) AS kept, 0 AS lost FROM row GROUP BY source"
                " UNION ALL SELECT source, 0, rows FROM lost) GROUP BY source ORDER BY source"
            ).fetchall()
        return [Count(*one) for one in found]

    def remove(self, ids: Iterable[int]) -> None:
        """Lets rows go that were taken."""
        with self._transaction() as connection:
            connection.executemany("DELETE FROM row WHERE id = ?", [(one,) for one in ids])

    def mark(self, reasons: Iterable[tuple[int, str, str]]) -> None:
        """Notes for rows (id, code, reason) why they were not taken this time."""
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE row SET code = ?, reason = ? WHERE id = ?",
                [(code, reason, one) for one, code, reason in reasons],
            )

    def drop(self, source: str | None = None) -> int:
        """Lets all rows of a source (None: of all) go, and their counts; how many rows."""
        with self._transaction() as connection:
            gone = connection.execute(
                "DELETE FROM row WHERE ? IS NULL OR source = ?", (source, source)
            )
            connection.execute("DELETE FROM lost WHERE ? IS NULL OR source = ?", (source, source))
            return gone.rowcount

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._connection, self._guard)

    def close(self) -> None:
        with self._guard:
            self._connection.close()


class _Transaction:
    def __init__(self, connection: sqlite3.Connection, guard: threading.Lock) -> None:
        self._connection, self._guard = connection, guard

    def __enter__(self) -> sqlite3.Connection:
        self._guard.acquire()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._guard.release()
            raise Unavailable(f"the quarantine cannot be written ({error})") from error
        return self._connection

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            self._connection.execute("ROLLBACK" if error else "COMMIT")
        except sqlite3.Error as failed:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise Unavailable(f"the quarantine cannot be written ({failed})") from failed
        finally:
            self._guard.release()
        if isinstance(error, sqlite3.Error):
            raise Unavailable(f"the quarantine cannot be written ({error})") from error
