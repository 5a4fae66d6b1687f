"""Records gathered for one part, and the part written: bounded in memory, all files or none."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from anlan.history.codec import decode_changes, decode_readings
from anlan.history.parts.changes import CHANGES, Told, changes_table
from anlan.history.parts.latest import newest, newest_sorted, read_latest, write_latest
from anlan.history.parts.layout import (
    READINGS,
    RECORDS,
    ROLLUP,
    file_name,
    read_groups,
    readings_table,
    rollup_table,
    write_part,
)
from anlan.history.parts.manifest import KEPT_KINDS, Kind, Manifest, Part, Step
from anlan.history.parts.rollup import DAY_MS, HOUR_MS, MINUTE_MS, Rollup
from anlan.history.parts.rows import Rows
from anlan.history.segments.record import Record, RecordKind
from anlan.terms.errors import Malformed

MOST_ROWS = 2_000_000
"""A part is written at so many readings: about 350 MB of memory at work."""
_MOST_RECORDS = 200_000
_MOST_CHANGES = 100_000


class _Head(NamedTuple):
    seq: int
    kind: int
    at: int
    rows: int


class Gathering:
    """What will be one part."""

    def __init__(self, day: int) -> None:
        self.day = day
        self.heads: list[_Head] = []
        self.damaged: list[Record] = []
        self._pieces: list[Rows] = []
        self._changes: list[Told] = []
        self._kept: list[Record] = []
        self._rows = 0

    @property
    def is_full(self) -> bool:
        return (
            self._rows >= MOST_ROWS
            or len(self.heads) >= _MOST_RECORDS
            or len(self._changes) >= _MOST_CHANGES
        )

    def take(self, record: Record) -> None:
        """Takes up a record; one whose body cannot be read goes to `damaged`."""
        try:
            rows = self._unpacked(record)
        except Malformed:
            self.damaged.append(record)
            return
        self.heads.append(_Head(record.seq, int(record.kind), record.at, rows))
        if record.kind in KEPT_KINDS:
            self._kept.append(record)

    def _unpacked(self, record: Record) -> int:
        changes = decode_changes(record.changes)
        rows = 0
        if record.kind is RecordKind.READINGS:
            piece = Rows.of(decode_readings(record.body), record.seq)
            rows = len(piece.sensor)
            self._pieces.append(piece)
            self._rows += rows
        self._changes += [Told(record.seq, i, change) for i, change in enumerate(changes)]
        return rows

    def write(self, folder: Path, manifest: Manifest, *, last: int) -> Step:
        """Writes all files of the part, which covers the records up to `last`; the step to make.

        Raises Unavailable on a full disk, Malformed where a file does not read back as written.
        """
        first = manifest.sealed_to + 1
        blank = Part("", Kind.RECORDS, self.day, first, last, 0, 0, 0, 0, 0)
        rows = Rows.joined(self._pieces).by_sensor() if self._pieces else Rows.none()
        self._pieces.clear()
        parts = [self._write_records(folder, blank)]
        if len(rows.sensor):
            parts += _write_readings(folder, blank, rows)
            latest = Rows.joined([read_latest(folder, manifest), newest_sorted(rows)])
            parts.append(write_latest(folder, newest(latest), blank))
        if self._changes:
            parts.append(self._write_changes(folder, blank))
        replaced = manifest.of(Kind.LATEST) if len(rows.sensor) else []
        return Step(add=parts, drop=replaced, keep=self._kept, sealed_to=last)

    def _write_records(self, folder: Path, blank: Part) -> Part:
        columns = list(zip(*self.heads, strict=True)) or [(), (), (), ()]
        table = pa.table([pa.array(c, t) for c, t in zip(columns, RECORDS.types, strict=True)],
                         schema=RECORDS)  # fmt: skip
        return write_part(folder, _named(blank, Kind.RECORDS, columns[2]), [table], RECORDS)

    def _write_changes(self, folder: Path, blank: Part) -> Part:
        part = _named(blank, Kind.CHANGES, [told.change.at for told in self._changes])
        return write_part(folder, part, [changes_table(self._changes)], CHANGES)


def _named(blank: Part, kind: Kind, times: object) -> Part:
    span = np.asarray(times, np.int64)
    low, high = (int(span.min()), int(span.max())) if len(span) else (0, 0)
    name = file_name(kind, blank.day, blank.first, blank.last)
    return blank._replace(file=name, kind=kind, rows=len(span), low=low, high=high)


def _write_readings(folder: Path, blank: Part, rows: Rows) -> Iterator[Part]:
    part = _named(blank, Kind.READINGS, rows.time)
    table = readings_table(rows)
    part = write_part(folder, part, [table], READINGS)
    _check(folder / part.file, table)
    yield part
    rollup = Rollup.of(rows, MINUTE_MS)
    for kind, step in ((Kind.MINUTE, MINUTE_MS), (Kind.HOUR, HOUR_MS), (Kind.DAY, DAY_MS)):
        rollup = rollup.coarser(step)
        yield write_part(folder, _named(blank, kind, rollup.start), [rollup_table(rollup)], ROLLUP)


def _check(path: Path, table: pa.Table) -> None:
    """Raises Malformed where the file does not hold the table to the bit."""
    at = 0
    for piece in read_groups(path):
        if not piece.equals(table.slice(at, len(piece))):
            raise Malformed("does not read back as it was written", where=str(path))
        at += len(piece)
    if at != len(table):
        raise Malformed("does not read back as it was written", where=str(path))
