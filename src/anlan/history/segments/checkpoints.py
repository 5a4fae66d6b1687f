"""Folds write-ahead logs into their segments beside the writer, so that no commit waits for it."""

import contextlib
import queue
import sqlite3
import threading
from pathlib import Path

from anlan.history.disk.database import open_to_write

EVERY_BYTES = 4 * 1024 * 1024
"""A write-ahead log is folded in after so many bytes of records."""


class Checkpoints:
    """One background thread; a failure (a full disk) only leaves the work for the next time."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Path | sqlite3.Connection | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def fold(self, path: Path) -> None:
        """Folds in what the segment's write-ahead log holds by now."""
        self._work.put(path)

    def retire(self, connection: sqlite3.Connection) -> None:
        """Closes the connection of a segment that is full, folding in the rest."""
        self._work.put(connection)

    def close(self) -> None:
        """Ends after the work that was given."""
        self._work.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            with contextlib.suppress(sqlite3.Error, OSError):
                if isinstance(work, Path):
                    _fold(work)
                else:
                    work.close()


def _fold(path: Path) -> None:
    connection = open_to_write(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    finally:
        connection.close()
