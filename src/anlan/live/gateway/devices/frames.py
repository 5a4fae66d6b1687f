"""Raw frames of devices: the newest of all, as many as there is room for, with the version of the
decoding that read them.

They are written some seconds after they came, each device's together; what a killed process had not
written yet is lost of them, never of the readings.
"""

import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from anlan.live.gateway.devices.heard import HEAD
from anlan.live.gateway.devices.kept import Kept
from anlan.terms.errors import Unavailable

_DAY_MS, _AT_ONCE, _MOST_AT_ONCE = 86_400_000, 2_000, 8_000
_SCHEMA = """
PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE IF NOT EXISTS chunk (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, protocol TEXT NOT NULL, device TEXT NOT NULL,
  version INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS chunk_device ON chunk (protocol, device, id);
"""


class Chunk(NamedTuple):
    """Frames of a device that came one after another. at: the newest of them, ms UTC · version: of
    the decoding · raw: each after a HEAD."""

    at: int
    protocol: str
    device: str
    version: int
    raw: bytes | bytearray


class Raw(NamedTuple):
    """A frame. at: when it came, ms UTC · version: of the decoding that read it then."""

    at: int
    version: int
    raw: bytes


def file_of(data: Path) -> Path:
    """Where the frames lie."""
    return data / "gateway" / "frames.sqlite"


class Ring:
    """Keeps frames; may be used from several threads and processes."""

    def __init__(self, data: Path, kept: Kept) -> None:
        """Raises Unavailable where the disk does not allow it."""
        self._kept, self._guard = kept, threading.Lock()
        path = file_of(data)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._table = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            path.chmod(0o600)  # they hold passwords
            self._table.executescript(_SCHEMA)
            self._table.execute("PRAGMA journal_mode = WAL")
            self._table.execute("PRAGMA synchronous = OFF")
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"raw frames cannot be kept ({error})") from error

    def add(self, chunks: Iterable[Chunk], *, now_ms: int) -> None:
        """Writes frames, and lets the oldest go; Unavailable where it cannot now."""
        with self._guard:
            try:
                self._table.execute("BEGIN IMMEDIATE")
                self._table.executemany(
                    "INSERT INTO chunk (at, protocol, device, version, raw) "
                    "VALUES (?, ?, ?, ?, ?)", chunks
                )  # fmt: skip
                self._trim(now_ms)
                self._table.execute("COMMIT")
            except sqlite3.Error as error:
                if self._table.in_transaction:
                    self._table.execute("ROLLBACK")
                raise Unavailable(f"raw frames cannot be kept ({error})") from error

    def _trim(self, now_ms: int) -> None:
        since = now_ms - self._kept.frames_days * _DAY_MS
        self._let_go("SELECT id FROM chunk WHERE at < ? ORDER BY id LIMIT ?", (since, _AT_ONCE))
        excess = self._used() - (self._kept.frames_mb << 20)
        if excess > 0:
            # The oldest, and no more of them than there is too much.
            self._let_go(
                "SELECT id FROM (SELECT id, size, SUM(size) OVER (ORDER BY id) AS freed FROM "
                "(SELECT id, length(raw) AS size FROM chunk ORDER BY id LIMIT ?)) "
                "WHERE freed - size < ?", (_MOST_AT_ONCE, excess)
            )  # fmt: skip

    def _let_go(self, which: str, words: tuple[int, ...]) -> None:
        self._table.execute(f"DELETE FROM chunk WHERE id IN ({which})", words)  # noqa: S608 - ours

    def _used(self) -> int:
        """Bytes of the pages that hold something."""
        pages, free, size = (
            self._table.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def close(self) -> None:
        self._table.close()


def frames_of(data: Path, protocol: str, device: str, *, most: int) -> list[Raw]:
    """The newest frames of a device, the oldest of them first."""
    path = file_of(data)
    if not path.exists():
        return []
    found: list[Raw] = []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", timeout=5, uri=True)) as table:
            for version, raw in table.execute(
                "SELECT version, raw FROM chunk WHERE protocol = ? AND device = ? "
                "ORDER BY id DESC", (protocol, device)
            ):  # fmt: skip
                found += reversed(list(_parted(version, raw)))
                if len(found) >= most:
                    break
    except sqlite3.Error as error:
        raise Unavailable(f"raw frames cannot be read ({error})") from error
    return found[:most][::-1]


def _parted(version: int, raw: bytes) -> Iterable[Raw]:
    at = 0
    while at + HEAD.size <= len(raw):
        came, size = HEAD.unpack_from(raw, at)
        at += HEAD.size
        yield Raw(came, version, raw[at : at + size])
        at += size
