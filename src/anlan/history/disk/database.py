"""SQLite files opened as each place allows: for writing, beside a writer, on a read-only disk."""

import shutil
import sqlite3
import tempfile
from pathlib import Path
from urllib.parse import quote

from anlan.history.disk.files import reason
from anlan.terms.errors import Unavailable

PAGE_BYTES = 8 * 1024
"""Records of 500 to 50,000 readings take 2 to 200 KB; larger pages only write more per commit."""
_WAIT_S = 10.0


def open_to_write(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection for writing: write-ahead log, every commit flushed to the disk.

    A file that is not there is made only when asked for: a segment may have been sealed and
    removed. Its write-ahead log is folded in by others (see Checkpoints), never inside a commit.
    """
    connection = sqlite3.connect(
        f"{_uri(path)}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=_WAIT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection for reading, beside a writer in any process or on a read-only disk.

    Raises Unavailable where the file cannot be opened at all, sqlite3.DatabaseError where its
    content is damaged.
    """
    try:
        return _probed(f"{_uri(path)}?mode=ro")
    except sqlite3.OperationalError as error:
        if not path.exists():
            raise Unavailable(f"{path}: cannot be opened ({reason(error)})") from error
    # No place beside the file for SQLite's own files: nobody writes here.
    journal = path.with_name(path.name + "-wal")
    if journal.exists() and journal.stat().st_size:
        return _copied(path, journal)
    return _probed(f"{_uri(path)}?mode=ro&immutable=1")


def _uri(path: Path) -> str:
    return "file:" + quote(str(path.absolute()))


def _probed(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=_WAIT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("SELECT name FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _copied(path: Path, journal: Path) -> sqlite3.Connection:
    """Read through a private copy: the committed tail is still in the write-ahead log."""
    with tempfile.TemporaryDirectory(prefix="anlan-") as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        shutil.copyfile(journal, copy.with_name(journal.name))
        source = _probed(f"{_uri(copy)}?mode=ro")
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        source.backup(memory)
        source.close()
        return memory
