"""A whole site copied while it runs, and brought back: records, history, files and keys.

The records are copied before the history, so that every cursor they hold lies in the copied log;
at the restore the cursors take the new epoch of the log, and what followed is followed again.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from anlan import __version__
from anlan.history.disk.files import reason
from anlan.history.log import store_in
from anlan.history.store import back_up as back_up_store
from anlan.history.store import restore as restore_store
from anlan.site.crew.prepare import migrate
from anlan.terms.errors import Malformed, Refused, Unavailable

Progress = Callable[[float], None]
ABOUT, DUMP, RECORDS = "backup.json", "records.dump", "records.sqlite3"
_FILES, _WAYS = "files", "ways"
_KEPT = ("anlan.toml", "gateway.toml", "desk/secret", "desk/push.key")


def back_up(data: Path, target: Path, *, database: str, at: str, progress: Progress) -> None:
    """Copies a site to a new folder, whole or not at all; others may go on writing.

    database: of the options, empty for the embedded one · at: the moment, for people. Raises
    Refused where the target exists, Unavailable where something cannot be read or written.
    """
    if target.exists() and any(target.iterdir()):
        raise Refused(f"{target} is there already: it is not written over")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        _copy_records(data, part, database)
        _copy_files(data, part)
        progress(0.1)
        back_up_store(store_in(data), part / "history", progress=lambda f: progress(0.1 + 0.9 * f))
        about = {"version": __version__, "at": at, "epoch": _epoch(part / "history")}
        (part / ABOUT).write_text(json.dumps(about))
        if target.exists():
            target.rmdir()
        part.replace(target)
    except OSError as error:
        raise Unavailable(f"{target}: cannot be written ({reason(error)})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _epoch(store: Path) -> str:
    return str(json.loads((store / "store.json").read_text())["epoch"])


def _copy_records(data: Path, part: Path, database: str) -> None:
    if database:
        _run(["pg_dump", "--format=custom", f"--file={part / DUMP}", database])
        return
    source = data / "desk" / "desk.sqlite3"
    if not source.exists():
        raise Malformed("there are no records in this folder", where=str(data))
    try:
        with (
            closing(sqlite3.connect(source)) as old,
            closing(sqlite3.connect(part / RECORDS)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise Unavailable(f"{source}: cannot be copied ({error})") from error


def _copy_files(data: Path, part: Path) -> None:
    if (data / _FILES).is_dir():
        shutil.copytree(data / _FILES, part / _FILES)
    # Mappings and their secrets; tables in a folder among them are no part of the site.
    mapped = [f"{_WAYS}/{one.name}" for one in (data / _WAYS).glob("*") if one.is_file()]
    for name in (*_KEPT, *mapped):
        if (data / name).exists():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(data / name, part / name)


def restore(source: Path, data: Path, *, database: str, progress: Progress) -> dict[str, Any]:
    """Makes a backup the site of a data folder that has none; what the backup says of itself.

    Raises Refused where there is a site already, Malformed where the source is no backup.
    """
    try:
        about: dict[str, Any] = json.loads((source / ABOUT).read_text())
    except (OSError, ValueError) as error:
        raise Malformed("there is no backup in this folder", where=str(source)) from error
    if store_in(data).exists() or (data / "desk" / "desk.sqlite3").exists():
        raise Refused(f"there is a site in {data} already: it is not written over")
    if bool(database) != (source / DUMP).exists():
        raise Malformed("the backup is of another kind of database than anlan.toml names")
    (data / "desk").mkdir(parents=True, exist_ok=True)
    _copy_files(source, data)
    if database:
        _run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={database}",
              str(source / DUMP)])  # fmt: skip
    else:
        shutil.copyfile(source / RECORDS, data / "desk" / "desk.sqlite3")
    epoch = restore_store(source / "history", store_in(data), progress=progress)
    _renew_cursors(str(about["epoch"]), epoch)
    return about


def _renew_cursors(old: str, new: str) -> None:
    """Lets the projections go on in the restored log: the same places, of its new epoch.

    The records may be those of an older version; they are brought to this one before.
    """
    import django

    django.setup()
    from django.conf import settings

    migrate(settings.PLACE.data)
    from anlan.apps.atlas.models import ProjectionCursor
    from anlan.apps.watch.models import Source

    for model in (ProjectionCursor, Source):
        for row in model.objects.filter(cursor__startswith=f"{old}:"):
            row.cursor = new + row.cursor[len(old) :]
            row.save(update_fields=["cursor"])


def _run(command: list[str]) -> None:
    """A program of PostgreSQL; Unavailable where it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed programs
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not installed") from error
    if done.returncode:
        raise Unavailable(f"{command[0]}: {done.stderr.strip().splitlines()[-1]}")
