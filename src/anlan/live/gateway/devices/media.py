"""Pictures, sounds and texts that devices sent: files, with a table that says whose they are.

A file bears the digest of its bytes as its name, so that what is sent twice is kept once. What it
is is told by its first bytes, never by what its sender says; nothing here opens or runs it.
"""

import hashlib
import os
import re
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from anlan.connectors.frames import Media
from anlan.live.gateway.devices.kept import Kept
from anlan.terms.errors import Unavailable

_DAY_MS = 86_400_000
PICTURES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "bmp": "image/bmp"}
"""What a page shows; all else is only handed out."""
_SIGNS: tuple[tuple[str, bytes], ...] = (
    ("jpg", rb"\xff\xd8\xff"), ("png", rb"\x89PNG\r\n\x1a\n"), ("gif", rb"GIF8[79]a"),
    ("bmp", rb"BM.{4}\x00\x00\x00\x00"), ("tif", rb"II\*\x00|MM\x00\*"),
    ("mp3", rb"ID3|\xff[\xfa\xfb\xf2\xf3]"), ("wav", rb"RIFF.{4}WAVE"),
    ("wmv", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), ("mp4", rb".{4}ftyp"),
)  # fmt: skip
_KINDS = [(name, re.compile(sign, re.DOTALL)) for name, sign in _SIGNS]
NAME = re.compile(r"[0-9a-f]{64}\.(?:jpg|png|gif|bmp|tif|mp3|wav|wmv|mp4|txt|bin)")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
  protocol TEXT NOT NULL, device TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
  bytes INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (protocol, device, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_at ON kept (at);
CREATE INDEX IF NOT EXISTS kept_name ON kept (name);
"""


class Piece(NamedTuple):
    """One file of a device. at: when it came first, ms UTC · note: what its sender says of it."""

    name: str
    at: int
    bytes: int
    note: str

    @property
    def kind(self) -> str:
        return self.name.rpartition(".")[2]


def folder_of(data: Path) -> Path:
    """Where the files lie."""
    return data / "gateway" / "media"


def path_of(data: Path, name: str) -> Path:
    """A file by its name, which must be one of NAME."""
    return folder_of(data) / name[:2] / name


class Shelf:
    """Keeps files; may be used from several threads and processes."""

    def __init__(self, data: Path, kept: Kept) -> None:
        self._data, self._kept = data, kept
        self._guard = threading.Lock()
        try:
            folder_of(data).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._table = sqlite3.connect(
                folder_of(data) / "kept.sqlite", timeout=10, isolation_level=None,
                check_same_thread=False,
            )  # fmt: skip
            self._table.execute("PRAGMA journal_mode = WAL")
            self._table.execute("PRAGMA synchronous = FULL")
            self._table.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"files of devices cannot be kept ({error})") from error

    def keep(self, protocol: str, device: str, media: Sequence[Media], *, at: int) -> None:
        """Keeps files; they are on the disk when it returns. Unavailable where they cannot be."""
        most = self._kept.media_mb << 20
        with self._guard:
            try:
                for one in media:
                    if 0 < len(one.data) <= most:
                        name = self._written(one)
                        row = (protocol, device, name, at, len(one.data), one.note[:200])
                        self._table.execute(
                            "INSERT OR IGNORE INTO kept VALUES (?, ?, ?, ?, ?, ?)", row
                        )
                self._trim(most, at - self._kept.media_days * _DAY_MS)
            except (sqlite3.Error, OSError) as error:
                raise Unavailable(f"files of devices cannot be kept ({error})") from error

    def _written(self, one: Media) -> str:
        name = f"{hashlib.sha256(one.data).hexdigest()}.{kind_of(one)}"
        path = path_of(self._data, name)
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
            with part.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(one.data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync(path.parent)
            _sync(path.parent.parent)
        return name

    def _trim(self, most: int, since: int) -> None:
        """Lets the oldest go that there is no room for, or that are too old."""
        total = self._table.execute("SELECT coalesce(sum(bytes), 0) FROM kept").fetchone()[0]
        rows = self._table.execute(
            "SELECT protocol, device, name, at, bytes FROM kept ORDER BY at LIMIT 1000"
        ).fetchall()
        for protocol, device, name, at, size in rows:
            if total <= most and at >= since:
                return
            total -= size
            self._table.execute(
                "DELETE FROM kept WHERE protocol = ? AND device = ? AND name = ?",
                (protocol, device, name),
            )
            others = self._table.execute("SELECT 1 FROM kept WHERE name = ?", (name,)).fetchone()
            if others is None:
                with suppress(FileNotFoundError):
                    path_of(self._data, name).unlink()

    def close(self) -> None:
        self._table.close()


def kind_of(one: Media) -> str:
    """How a file ends, by its first bytes; `bin` where these say nothing that is known."""
    if one.is_text:
        return "txt"
    return next((name for name, sign in _KINDS if sign.match(one.data)), "bin")


def pieces_of(data: Path, protocol: str, device: str, *, most: int) -> list[Piece]:
    """The files of a device, the newest first."""
    path = folder_of(data) / "kept.sqlite"
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", timeout=5, uri=True)) as table:
            found = table.execute(
                "SELECT name, at, bytes, note FROM kept WHERE protocol = ? AND device = ? "
                "ORDER BY at DESC, name LIMIT ?", (protocol, device, most)
            ).fetchall()  # fmt: skip
    except sqlite3.Error as error:
        raise Unavailable(f"files of devices cannot be read ({error})") from error
    return [Piece(*row) for row in found]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
