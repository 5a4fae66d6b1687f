"""A damaged segment is set aside and its whole records are written anew."""

import shutil
import sqlite3
from pathlib import Path

from anlan.history.disk.database import PAGE_BYTES
from anlan.history.disk.files import flush, reason
from anlan.history.segments.carve import carve, frames
from anlan.history.segments.segment import SegmentWriter, create, first_of
from anlan.terms.errors import Unavailable

QUARANTINE = "quarantine"
# ERROR: a table that must be there is not.
_CONTENT = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def set_aside(path: Path) -> int:
    """Copies a damaged segment to `quarantine/` and writes its whole records to a new file.

    Gives the place of the last whole record. The new file has a longer name for the same first
    place and so comes before the old one (see segments_in), which the caller removes.
    """
    records = list(carve(path, PAGE_BYTES).values())
    folder = path.parent.parent / QUARANTINE
    try:
        folder.mkdir(exist_ok=True)
        for file in (path, path.with_name(path.name + "-wal")):
            if file.exists():
                shutil.copyfile(file, folder / file.name)
                flush(folder / file.name)
        flush(folder)
    except OSError as error:
        raise Unavailable(f"{path}: cannot be set aside ({reason(error)})") from error
    create(_renewed(path), records)
    return records[-1].seq if records else first_of(path) - 1


def _renewed(path: Path) -> Path:
    return path.with_name(path.name.removesuffix("sqlite") + "r.sqlite")


def remove(path: Path) -> None:
    """Removes a segment with SQLite's own files beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def last_commit(path: Path) -> int:
    """How many frames of the write-ahead log there are up to its last commit."""
    ends = [i for i, (_, ends, _) in enumerate(frames(path, PAGE_BYTES), 1) if ends]
    return ends[-1] if ends else 0


def is_whole(segment: SegmentWriter, commits: int) -> bool:
    """Whether the opened segment is sound and SQLite took up its write-ahead log to the end.

    SQLite stops silently at the first frame whose checksum is wrong; committed frames after it
    would be overwritten.
    """
    try:
        answer = segment.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return commits <= max(0, answer[1]) and segment.is_sound()
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return False
        raise


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the content is at fault, not the disk or another process."""
    return error.sqlite_errorcode & 0xFF in _CONTENT
