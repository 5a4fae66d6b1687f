"""Sealing: closed segments become Parquet sorted by sensor, with rollups; then they go.

A part covers records of one day of the log and at most two million readings, so a step needs a
few hundred megabytes whatever the load. Files are written and read back before one transaction
makes them count; only then are segments removed. Parts of a day are joined, and old ones aged out
by rule. Run it beside the writer: `seal_beside` starts it as a process of low priority.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from anlan.history.disk import lock
from anlan.history.disk.files import reason, remove_parts
from anlan.history.log import Log
from anlan.history.parts import merge
from anlan.history.parts.aside import damaged, set_parts_aside
from anlan.history.parts.gather import Gathering
from anlan.history.parts.manifest import Kind, Manifest, Step, read_manifest, take_step
from anlan.history.segments.record import Record
from anlan.history.segments.repair import QUARANTINE, remove
from anlan.history.segments.segment import first_of, segments_in
from anlan.terms.errors import AnlanError, Malformed, Unavailable

_DAY_MS = 86_400_000
Progress = Callable[[int], None]
"""Hears the last sealed record after each part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long sealed files are kept, in days of the log; None: for ever.

    Changes, registry entries and the list of records are always kept.
    """

    raw_days: int | None = 400
    minute_days: int | None = 1100
    hour_days: int | None = None
    day_days: int | None = None

    def days_of(self, kind: Kind) -> int | None:
        """For how many days files of the kind are kept."""
        days = {
            Kind.READINGS: self.raw_days,
            Kind.MINUTE: self.minute_days,
            Kind.HOUR: self.hour_days,
            Kind.DAY: self.day_days,
        }
        return days.get(kind)


def seal(
    folder: Path,
    *,
    until: int | None = None,
    retention: Retention | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Seals the closed segments up to record `until`, joins and ages parts; what is sealed then.

    Raises Refused where another process is sealing, Unavailable on a full or read-only disk;
    what was sealed before that counts.
    """
    held = lock.take(folder / "sealing.lock", what=f"the sealed part of {folder}")
    try:
        _clean(folder)
        _seal_segments(folder, until, progress or _silent)
        while spans := merge.due(read_manifest(folder)):
            _join(folder, spans[0])
        _age(folder, retention or Retention())
        return read_manifest(folder)
    except OSError as error:
        raise Unavailable(f"{folder}: cannot be sealed ({reason(error)})") from error
    finally:
        held.release()


def _join(folder: Path, span: tuple[int, int]) -> None:
    """Joins the parts of a range of records; a damaged one is set aside instead."""
    manifest = read_manifest(folder)
    try:
        take_step(folder, merge.join(folder, manifest, span))
    except Malformed:
        within = [p for p in manifest.parts if p.first >= span[0] and p.last <= span[1]]
        bad = [part for part, _ in damaged(folder, within)]
        if not bad:
            raise
        set_parts_aside(folder, bad)


def let_go(folder: Path, retention: Retention | None = None) -> None:
    """Ages parts and removes at once every file that counts no more.

    A question under way may have to be asked again; Archive does so by itself.
    """
    held = lock.take(folder / "sealing.lock", what=f"the sealed part of {folder}")
    try:
        _age(folder, retention or Retention())
        _clean(folder)
    except OSError as error:
        raise Unavailable(f"{folder}: cannot be cleaned ({reason(error)})") from error
    finally:
        held.release()


def _silent(_: int) -> None:
    return None


def _clean(folder: Path) -> None:
    """Removes files that count no more, or never counted because sealing was cut short."""
    if not (folder / "sealed").exists():
        return
    manifest = read_manifest(folder)
    known = {folder / part.file for part in manifest.parts}
    for path in (folder / "sealed").rglob("*.parquet"):
        if path not in known:
            path.unlink()
    for place in (folder / "sealed", *(folder / "sealed").glob("*/")):
        remove_parts(place)
    take_step(folder, Step(removed=manifest.gone))
    _remove_segments(folder, manifest)


def _remove_segments(folder: Path, manifest: Manifest) -> None:
    paths = segments_in(folder / "log")
    for path, following in pairwise(paths):
        if first_of(following) - 1 <= manifest.sealed_to:
            remove(path)


def _seal_segments(folder: Path, until: int | None, progress: Progress) -> None:
    paths = segments_in(folder / "log")
    closed = first_of(paths[-1]) - 1 if paths else 0
    end = closed if until is None else min(closed, until)
    manifest = read_manifest(folder)
    with Log.open(folder) as log:
        for part, last in _portions(log, manifest.sealed_to, end):
            step = part.write(folder, manifest, last=last)
            _quarantine(folder, part.damaged)
            _keep_damaged(folder, log)
            take_step(folder, step)
            manifest = read_manifest(folder)
            _remove_segments(folder, manifest)
            progress(last)


def _portions(log: Log, after: int, end: int) -> Iterator[tuple[Gathering, int]]:
    """Gathered records and the last place each portion covers."""
    part: Gathering | None = None
    last = after
    for record in log.records(after):
        if record.seq > end:
            break
        day = record.at // _DAY_MS
        if part is not None and (part.is_full or day > part.day):
            yield part, last
            part = None
        part = part or Gathering(day)
        part.take(record)
        last = record.seq
    if end > after and (part is not None or last < end):
        yield part or Gathering(0), end


def _quarantine(folder: Path, records: list[Record]) -> None:
    """Keeps what could not be unpacked, a file a record."""
    for record in records:
        (folder / QUARANTINE).mkdir(exist_ok=True)
        name = f"record-{record.seq}.{record.kind.name.lower()}"
        (folder / QUARANTINE / name).write_bytes(record.body)


def _keep_damaged(folder: Path, log: Log) -> None:
    """Copies segments in which something could not be read, before they go."""
    for name in {damage.file for damage in log.damage()}:
        source, target = folder / "log" / name, folder / QUARANTINE / name
        if source.exists() and not target.exists():
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)


def _age(folder: Path, retention: Retention) -> None:
    """Lets go of files older than their days, counted back from the newest sealed day."""
    manifest = read_manifest(folder)
    today = max((part.day for part in manifest.parts), default=0)
    old = []
    for part in manifest.parts:
        days = retention.days_of(part.kind)
        if days is not None and part.day <= today - days:
            old.append(part)
    if old:
        take_step(folder, Step(drop=old))


def seal_beside(folder: Path, *, until: int | None = None) -> subprocess.Popen[bytes]:
    """Starts sealing as a process of its own, of low priority; its exit status is 0 when done.

    Its standard error is a pipe: where it fails, it says why there in one sentence.
    """
    command = [sys.executable, "-m", "anlan.history.seal", str(folder)]
    if until is not None:
        command.append(str(until))
    return subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def main(words: list[str]) -> int:
    """`python -m anlan.history.seal FOLDER [UNTIL]`."""
    os.nice(10)
    try:
        seal(Path(words[0]), until=int(words[1]) if len(words) > 1 else None)
    except AnlanError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
