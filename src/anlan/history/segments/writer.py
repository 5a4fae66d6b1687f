"""The writing end of the log: holds the lock, the open segment and the next place."""

import contextlib
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from anlan.history.disk import lock
from anlan.history.disk.files import reason, remove_parts
from anlan.history.disk.identity import new_identity, read_identity
from anlan.history.segments.checkpoints import EVERY_BYTES, Checkpoints
from anlan.history.segments.record import Record
from anlan.history.segments.repair import is_damage, is_whole, last_commit, remove, set_aside
from anlan.history.segments.segment import (
    GAP,
    SegmentReader,
    SegmentWriter,
    create,
    segment_path,
    segments_in,
)
from anlan.terms.errors import Unavailable

_DAY_MS = 86_400_000


class Sizes(NamedTuple):
    """When a new segment begins: by bytes, by time since its first record, at a new day UTC."""

    segment_bytes: int = 32 * 1024 * 1024
    segment_ms: int = 3_600_000


class Writer:
    """Appends groups of records; made once per store and freed by `close`."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self._sizes = sizes
        self._folder = folder / "log"
        self._guard = threading.Lock()
        _make_folder(self._folder)
        self._lock = lock.take(folder / "lock", what=str(folder))
        try:
            self.epoch = (read_identity(folder) or new_identity(folder)).epoch
            remove_parts(self._folder)
            self._segment: SegmentWriter | None = self._open_end()
            self.last = self._segment.last()
        except BaseException:
            self._lock.release()
            raise
        self._checkpoints = Checkpoints()

    def _open_end(self) -> SegmentWriter:
        """The newest segment to go on with, or a new one where that is damaged or none is."""
        paths = segments_in(self._folder)
        if not paths:
            return self._open(self._new(1))
        try:
            return self._open_sound(paths[-1]) or self._after_damaged()
        except sqlite3.Error as error:
            raise Unavailable(f"{paths[-1]}: cannot be opened ({error})") from error

    def _open_sound(self, path: Path) -> SegmentWriter | None:
        """The segment opened; None where it is damaged, which is then set aside."""
        commits = last_commit(path)
        segment = None
        try:
            segment = self._open(path)
            if is_whole(segment, commits):
                return segment
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
        set_aside(path)  # before SQLite closes and with it removes the write-ahead log
        if segment is not None:
            segment.close()
        remove(path)
        return None

    def _after_damaged(self) -> SegmentWriter:
        newest = SegmentReader(segments_in(self._folder)[-1])
        last = newest.last()
        newest.close()
        return self._open(self._new(last + 1 + GAP))

    def _new(self, first: int) -> Path:
        path = segment_path(self._folder, first)
        create(path)
        return path

    def _open(self, path: Path) -> SegmentWriter:
        segment = SegmentWriter(path)
        self._first_at = segment.first_at()
        self._bytes = 0 if self._first_at is None else segment.bytes()
        self._unfolded = self._bytes
        return segment

    def append(self, records: Sequence[Record]) -> int:
        """The last place of the records, once all are on the disk; Unavailable: none of them is."""
        if not records:
            return self.last
        with self._guard:
            segment = self._segment_for(records[0].at)
            self._commit(segment, records)
            self.last += len(records)
            self._account(segment, records)
            return self.last

    def _segment_for(self, at: int) -> SegmentWriter:
        try:
            if self._segment is None:  # an earlier failure closed it
                self._segment = self._open(segments_in(self._folder)[-1])
            if self._is_full(at):
                following = self._new(self.last + 1)
                self._checkpoints.retire(self._segment.connection)
                self._segment = self._open(following)
            return self._segment
        except (sqlite3.Error, IndexError) as error:
            raise Unavailable(f"{self._folder}: cannot be written ({reason(error)})") from error

    def roll(self) -> None:
        """Begins a new segment, so that all records so far can be sealed."""
        with self._guard:
            if self._first_at is not None:
                self._segment_for(self._first_at + self._sizes.segment_ms)

    def _is_full(self, at: int) -> bool:
        first = self._first_at
        if first is None:
            return False
        return (
            self._bytes >= self._sizes.segment_bytes
            or at - first >= self._sizes.segment_ms
            or at // _DAY_MS > first // _DAY_MS
        )

    def _commit(self, segment: SegmentWriter, records: Sequence[Record]) -> None:
        try:
            segment.insert(records, self.last + 1)
        except sqlite3.Error as error:
            if self._is_durable(segment, self.last + len(records)):
                return
            full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
            why = "the disk is full" if full else reason(error)
            raise Unavailable(f"{self._folder}: nothing was stored ({why})") from error

    def _is_durable(self, segment: SegmentWriter, expected: int) -> bool:
        """Whether a commit that failed is there all the same, asked of the file opened anew."""
        self._segment = None
        segment.close()
        with contextlib.suppress(sqlite3.Error):
            self._segment = self._open(segment.path)
            return self._segment.last() == expected
        return False

    def _account(self, segment: SegmentWriter, records: Sequence[Record]) -> None:
        size = sum(r.size for r in records)
        self._bytes += size
        self._unfolded += size
        if self._first_at is None:
            self._first_at = records[0].at
        if self._unfolded >= EVERY_BYTES:
            self._unfolded = 0
            self._checkpoints.fold(segment.path)

    def close(self) -> None:
        """Folds in what is left and lets another process write."""
        with self._guard:
            self._checkpoints.close()
            if self._segment is not None:
                self._segment.close()
                self._segment = None
            self._lock.release()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{folder}: cannot be made ({reason(error)})") from error
