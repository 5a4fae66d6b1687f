"""The loop's state on disk: taken up at a restart, then the log after it is gone through again."""

import contextlib
import os
import zlib
from pathlib import Path

import msgspec

from anlan.terms.errors import Unavailable

_NAME, _BEFORE = "snapshot", "snapshot.before"


class Counts(msgspec.Struct):
    """How much the store has taken so far."""

    readings: int = 0
    changes: int = 0
    last_reading_at: int | None = None


class Snapshot(msgspec.Struct):
    """The state after record `seq` of a store's epoch.

    registry: bodies of the registry records so far, in order · engine: see engine.snapshot ·
    latest: see Latest.pack.
    """

    epoch: str
    seq: int
    counts: Counts
    registry: list[bytes]
    engine: bytes
    latest: bytes


def save(folder: Path, snapshot: Snapshot) -> None:
    """Writes the snapshot whole or not at all and keeps the one before; Unavailable if it fails."""
    body = msgspec.msgpack.encode(snapshot)
    part = folder / f"{_NAME}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(zlib.crc32(body).to_bytes(4, "little"))
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            (folder / _NAME).replace(folder / _BEFORE)
        part.replace(folder / _NAME)
        _sync(folder)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unavailable(f"{part}: cannot be written ({error.strerror})") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load(folder: Path, *, epoch: str, last: int) -> list[Snapshot]:
    """The snapshots of this epoch that stand before record `last`, the newest first."""
    found = (_read(folder / name) for name in (_NAME, _BEFORE))
    return [s for s in found if s is not None and s.epoch == epoch and s.seq <= last]


def _read(path: Path) -> Snapshot | None:
    try:
        content = path.read_bytes()
        body = memoryview(content)[4:]
        if zlib.crc32(body).to_bytes(4, "little") != content[:4]:
            return None
        return msgspec.msgpack.decode(body, type=Snapshot)
    except (OSError, msgspec.DecodeError):
        return None
