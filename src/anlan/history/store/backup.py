"""A store copied while it runs, and a copy made a store again, under a new epoch."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from anlan.history.disk import lock
from anlan.history.disk.database import open_to_read
from anlan.history.disk.files import flush, reason
from anlan.history.disk.identity import new_identity, read_identity
from anlan.history.log import Log, store_in
from anlan.history.segments.repair import QUARANTINE
from anlan.history.segments.segment import segments_in
from anlan.terms.errors import Malformed, Refused, Unavailable

Progress = Callable[[float], None]


def back_up(folder: Path, target: Path, *, progress: Progress | None = None) -> None:
    """Copies the store as it is at one moment to a new folder, whole or not at all.

    Another process may go on writing; sealing waits. Raises Refused where the target exists,
    Unavailable on a full disk.
    """
    Log.open(folder).close()
    held = lock.take(folder / "sealing.lock", what=f"the sealed part of {folder}")
    try:
        with _whole_folder(target) as part:
            _copy(folder, part, progress or _silent)
    finally:
        held.release()


def restore(source: Path, target: Path, *, progress: Progress | None = None) -> str:
    """Makes a copy of a store the store in `target`; its new epoch.

    source: a backup, a store folder or a data folder, even of a crashed writer. Raises Refused
    where there is a store in the target already, Malformed where the source holds none.
    """
    if read_identity(source) is None and read_identity(store_in(source)) is not None:
        source = store_in(source)
    if read_identity(source) is None:
        raise Malformed("there is no store in this folder", where=str(source))
    with _whole_folder(target) as part:
        _copy(source, part, progress or _silent)
        identity = new_identity(part)
        Log.open(part, write=True).close()  # mends what a crash left
        (part / "lock").unlink(missing_ok=True)
    return identity.epoch


def _silent(_: float) -> None:
    return None


@contextmanager
def _whole_folder(target: Path) -> Iterator[Path]:
    if target.exists() and any(target.iterdir()):
        raise Refused(f"{target} is there already: it is not written over")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        yield part
        if target.exists():
            target.rmdir()
        part.replace(target)
        flush(target.parent)
    except OSError as error:
        raise Unavailable(f"{target}: cannot be written ({reason(error)})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """The identity, the list of sealed files, the files, and last the segments."""
    shutil.copyfile(source / "store.json", target / "store.json")
    if (source / "manifest.sqlite").exists():
        _copy_database(source / "manifest.sqlite", target / "manifest.sqlite")
    files = [p for name in ("sealed", QUARANTINE) for p in sorted((source / name).rglob("*"))]
    files = [path for path in files if path.is_file() and not path.name.startswith(".")]
    segments = segments_in(source / "log")
    total = len(files) + len(segments)
    for done, path in enumerate([*files, *segments], 1):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path in segments:
            _copy_segment(path, copy)
        else:
            shutil.copyfile(path, copy)
            flush(copy)
        progress(done / total)
    (target / "log").mkdir(exist_ok=True)


def _copy_segment(path: Path, copy: Path) -> None:
    """A consistent copy of a segment; of a damaged one the bytes as they are."""
    try:
        _copy_database(path, copy)
    except Malformed:
        copy.unlink(missing_ok=True)
        for suffix in ("", "-wal"):
            if path.with_name(path.name + suffix).exists():
                file = path.with_name(path.name + suffix)
                shutil.copyfile(file, copy.with_name(file.name))


def _copy_database(path: Path, copy: Path) -> None:
    try:
        with closing(open_to_read(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.OperationalError as error:
        raise Unavailable(f"{copy}: cannot be written ({reason(error)})") from error
    except sqlite3.DatabaseError as error:
        raise Malformed(f"is damaged ({error})", where=str(path)) from error
    flush(copy)
