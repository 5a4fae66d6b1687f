"""Readings and changes written to a file: CSV, NDJSON or Parquet, by its ending.

Columns are those of a replay's input and output. Readings stand in the order of the log, or by
sensor where sensors are named. A file is there complete, or not at all.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from anlan.history.codec import decode_readings
from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, RecordKind
from anlan.history.parts.changes import CHANGES, Told, changes_table
from anlan.history.query import Archive, Span
from anlan.history.registry import Registry
from anlan.history.store.sinks import target, write_tables
from anlan.terms.changes import Change
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch
from anlan.terms.times import FOREVER, NEVER

_TIME = pa.timestamp("ms", tz="UTC")
_READINGS = pa.schema(
    [
        ("sensor", pa.string()),
        ("time", _TIME),
        ("value", pa.float64()),
        ("quality", pa.string()),
        ("received", _TIME),
    ]
)
# A missing value is an empty one; it has no word of its own.
_QUALITIES = pa.array(["good", "uncertain", "bad", "good"])
_TIMES = ("at", "first_at")
_PAGE = 10_000
_GROUP_ROWS = 250_000

Progress = Callable[[float], None]
"""Hears the share that is done, 0–1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is exported: of these sensors (None: all), from ≤ time < to, ms UTC."""

    sensors: Collection[str] | None = None
    since: int = NEVER
    until: int = FOREVER


def export_readings(
    folder: Path, out: Path, what: Selection, *, progress: Progress | None = None
) -> int:
    """Writes the readings; how many. Malformed for an unknown sensor or ending."""
    with Log.open(folder) as log:
        registry = Registry.from_log(log)
        keys = pa.array([sensor.key for sensor in registry.sensors], pa.string())
        batches = _batches(log, registry, what, progress or _silent)
        return write_tables(out, _READINGS, (_readable(batch, keys) for batch in batches))


def _silent(_: float) -> None:
    return None


def _batches(log: Log, registry: Registry, what: Selection, progress: Progress) -> Iterator[Batch]:
    if what.sensors is not None:
        yield from _of_sensors(log, registry, what, progress)
        return
    end = max(1, log.last())
    pending: list[Batch] = []
    for record in log.records(kinds={RecordKind.READINGS}):
        pending.append(_within(decode_readings(record.body), what))
        if sum(len(batch.sensor) for batch in pending) >= _GROUP_ROWS:
            yield _joined(pending)
            pending = []
            progress(min(1.0, record.seq / end))
    if pending:
        yield _joined(pending)
    progress(1.0)


def _of_sensors(
    log: Log, registry: Registry, what: Selection, progress: Progress
) -> Iterator[Batch]:
    names = sorted(what.sensors or ())
    unknown = [name for name in names if name not in registry.handle]
    if unknown:
        raise Malformed(f"no such sensor: {unknown[0]!r}")
    with Archive(log.folder) as archive:
        for done, name in enumerate(names, 1):
            found = archive.rows([registry.handle[name]], Span(what.since, what.until))
            yield found.batch()
            progress(done / len(names))


def _within(batch: Batch, what: Selection) -> Batch:
    wanted = (batch.time >= what.since) & (batch.time < what.until)
    return batch if wanted.all() else Batch(*(column[wanted] for column in batch))


def _joined(batches: list[Batch]) -> Batch:
    return Batch(*(np.concatenate(column) for column in zip(*batches, strict=True)))


def _readable(batch: Batch, keys: pa.Array) -> pa.Table:
    received = pa.array(batch.received, mask=batch.received == NEVER)
    columns = [
        keys.take(pa.array(batch.sensor)),
        pa.array(batch.time).cast(_TIME),
        pa.array(batch.value, mask=np.isnan(batch.value)),
        _QUALITIES.take(pa.array(batch.quality)),
        received.cast(_TIME),
    ]
    return pa.table(columns, schema=_READINGS)


def export_changes(
    folder: Path, out: Path, what: Selection, *, progress: Progress | None = None
) -> int:
    """Writes the changes in log order; how many. NDJSON is one change a line as in a replay."""
    tell = progress or _silent
    with Log.open(folder) as log:
        if out.suffix == ".ndjson":
            return _write_lines(out, _changes(log, what, tell))
        schema = _flat(changes_table([])).schema
        return write_tables(out, schema, map(_flat, _pages(_changes(log, what, tell))))


def _changes(log: Log, what: Selection, progress: Progress) -> Iterator[Change]:
    cursor, end = Cursor(log.epoch), max(1, log.last())
    while told := changes_since(log, cursor, _PAGE):
        cursor = told[-1][0]
        progress(min(1.0, cursor.seq / end))
        for _, change in told:
            is_of = what.sensors is None or change.sensor in what.sensors
            if is_of and what.since <= change.at < what.until:
                yield change


def _pages(changes: Iterable[Change]) -> Iterator[pa.Table]:
    page: list[Told] = []
    for change in changes:
        page.append(Told(0, 0, change))
        if len(page) == _PAGE:
            yield changes_table(page)
            page = []
    if page:
        yield changes_table(page)


def _flat(table: pa.Table) -> pa.Table:
    """Without the place in the log, times as times."""
    table = table.drop_columns(["seq", "index"])
    for name in _TIMES:
        at = CHANGES.get_field_index(name) - 2
        table = table.set_column(at, name, table[name].cast(_TIME))
    return table


def _write_lines(out: Path, changes: Iterable[Change]) -> int:
    count = 0
    with target(out) as path, path.open("w", encoding="utf-8") as file:
        for change in changes:
            file.write(change.as_line() + "\n")
            count += 1
    return count
