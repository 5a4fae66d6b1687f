"""A projection: tables of one's own that follow the changes, exactly once.

Its rows and its cursor stand in one SQLite file and are written in one transaction, so a crash
neither loses nor repeats a change.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from anlan.history.cursor import Cursor, Told, changes_since
from anlan.history.disk.database import open_to_write
from anlan.history.disk.files import reason
from anlan.history.log import Log
from anlan.terms.errors import Unavailable

Apply = Callable[[sqlite3.Connection, Sequence[Told]], None]
"""Writes the rows of some changes; it neither begins nor ends a transaction."""

_CURSOR = "CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), text TEXT)"


class Projection:
    """A follower of the changes with its own tables, made by `schema` (CREATE … IF NOT EXISTS)."""

    def __init__(self, path: Path, schema: str) -> None:
        try:
            self.connection = open_to_write(path, create=True)
            self.connection.execute("PRAGMA wal_autocheckpoint = 1000")
            self.connection.executescript(schema)
            self.connection.execute(_CURSOR)
        except sqlite3.Error as error:
            raise Unavailable(f"{path}: cannot be opened ({reason(error)})") from error

    def cursor(self, epoch: str) -> Cursor:
        """Where it stands; Malformed where that was in another epoch of the store."""
        row = self.connection.execute("SELECT text FROM cursor").fetchone()
        return Cursor.parse(row[0] if row else "", epoch=epoch)

    def follow(self, log: Log, apply: Apply, *, limit: int = 1000) -> int:
        """Takes up at most `limit` further changes; how many there were.

        Raises Malformed after the store was restored (see `start_over`); what `apply` raises
        leaves rows and cursor as they were.
        """
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            told = changes_since(log, self.cursor(log.epoch), limit)
            if told:
                apply(self.connection, told)
                self._set(str(told[-1][0]))
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        return len(told)

    def start_over(self, clear: Callable[[sqlite3.Connection], object]) -> None:
        """Empties the rows by `clear` and stands before the first change again."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            clear(self.connection)
            self._set("")
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def _set(self, text: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO cursor VALUES (1, ?)", (text,))

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
