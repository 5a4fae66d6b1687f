"""Parts of one day joined into one, window by window of sensors, so that memory stays bounded."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anlan.history.parts.changes import CHANGES
from anlan.history.parts.layout import (
    READINGS,
    RECORDS,
    ROLLUP,
    file_name,
    read_groups,
    readings_table,
    rollup_of,
    rollup_table,
    rows_of,
    write_part,
)
from anlan.history.parts.manifest import Kind, Manifest, Part, Step
from anlan.history.parts.rollup import Rollup
from anlan.history.parts.rows import Rows
from anlan.terms.errors import Malformed

_WINDOW_ROWS = 1_000_000
_FAN_IN = 8
_POINTS = 16  # within a row group, where a window may end
_TIER_ROWS = 2_000_000
_BY_PLACE = {Kind.CHANGES: CHANGES, Kind.RECORDS: RECORDS}


def due(manifest: Manifest) -> list[tuple[int, int]]:
    """The ranges of records whose parts should be joined now, none twice.

    At most eight parts at a time: of a day that is over the smallest neighbours, until one is
    left; of the present day runs of eight of about one size.
    """
    ranges: list[tuple[int, int]] = []
    records = manifest.of(Kind.RECORDS)
    rows = {part.first: part.rows for part in manifest.of(Kind.READINGS)}
    today = records[-1].day if records else 0
    for day in sorted({part.day for part in records}):
        parts = [part for part in records if part.day == day]
        sizes = [rows.get(part.first, 0) for part in parts]
        at = _smallest_run(sizes) if day < today else _even_run(sizes)
        if at is not None and len(parts[at]) > 1:
            ranges.append((parts[at][0].first, parts[at][-1].last))
    return ranges


def _smallest_run(sizes: list[int]) -> slice:
    starts = range(max(1, len(sizes) - _FAN_IN + 1))
    at = min(starts, key=lambda start: sum(sizes[start : start + _FAN_IN]))
    return slice(at, at + _FAN_IN)


def _even_run(sizes: list[int]) -> slice | None:
    tiers = [_tier(size) for size in sizes]
    for at in range(len(tiers) - _FAN_IN + 1):
        if len(set(tiers[at : at + _FAN_IN])) == 1:
            return slice(at, at + _FAN_IN)
    return None


def _tier(rows: int) -> int:
    return max(0, int(np.log2(max(1, rows / _TIER_ROWS)) / np.log2(_FAN_IN)))


def join(folder: Path, manifest: Manifest, span: tuple[int, int]) -> Step:
    """Writes the parts of a range of records as one of each kind; the step to make."""
    first, last = span
    add: list[Part] = []
    drop: list[Part] = []
    for kind in Kind:
        parts = [p for p in manifest.of(kind) if p.first >= first and p.last <= last]
        if kind is Kind.LATEST or not parts:
            continue
        add.append(_joined(folder, parts, span))
        drop += parts
    return Step(add=add, drop=drop)


def _joined(folder: Path, parts: Sequence[Part], span: tuple[int, int]) -> Part:
    kind, day = parts[0].kind, parts[0].day
    part = parts[0]._replace(
        file=file_name(kind, day, *span),
        first=span[0],
        last=span[1],
        rows=sum(p.rows for p in parts),
        low=min(p.low for p in parts),
        high=max(p.high for p in parts),
    )
    paths = [folder / p.file for p in parts]
    if kind in _BY_PLACE:
        tables = (group for path in paths for group in read_groups(path))
        written = write_part(folder, part, tables, _BY_PLACE[kind])
    elif kind is Kind.READINGS:
        written = write_part(folder, part, _windows(paths, _join_readings), READINGS)
    else:
        return write_part(folder, part, _windows(paths, _join_rollups), ROLLUP)
    if written.rows != part.rows:
        raise Malformed("does not hold all rows of its parts", where=written.file)
    return written


def _join_readings(tables: list[pa.Table]) -> pa.Table:
    return readings_table(Rows.joined([rows_of(table) for table in tables]).by_sensor())


def _join_rollups(tables: list[pa.Table]) -> pa.Table:
    return rollup_table(Rollup.joined([rollup_of(table) for table in tables]))


def _windows(
    paths: Sequence[Path], join_tables: Callable[[list[pa.Table]], pa.Table]
) -> Iterator[pa.Table]:
    """The joined content, sensors in ascending order; Malformed where a file is unreadable."""
    try:
        with ExitStack() as stack:
            files = [_Source(stack.enter_context(pq.ParquetFile(path))) for path in paths]
            for low, high in pairwise(_cuts(files)):
                pieces = [piece for file in files for piece in file.between(low, high)]
                if pieces:
                    yield join_tables(pieces)
    except (OSError, pa.ArrowException) as error:
        raise Malformed(f"cannot be read ({error})", where=str(paths[0].parent)) from error


class _Source:
    """A file sorted by sensor, read once from front to end; holds one row group at a time."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._file = file
        self._held = -1
        self._table: pa.Table = None
        self.spans = [self._span(group) for group in range(file.num_row_groups)]

    def _span(self, group: int) -> tuple[int, int, int]:
        """First and last sensor of a row group, and its rows."""
        about = self._file.metadata.row_group(group)
        statistics = about.column(0).statistics
        return statistics.min, statistics.max, about.num_rows

    def between(self, low: int, high: int) -> Iterator[pa.Table]:
        """Its rows of the sensors from low (included) to high (excluded)."""
        for group, (first, last, _) in enumerate(self.spans):
            if last >= low and first < high:
                if group != self._held:
                    self._table = self._file.read_row_group(group)
                    self._held = group
                a, b = np.searchsorted(self._table["sensor"].to_numpy(), [low, high])
                if b > a:
                    yield self._table.slice(a, b - a)


def _cuts(files: Sequence[_Source]) -> list[int]:
    """Sensors between which there are about so many rows as a window may hold."""
    at, rows = [np.zeros(0, np.int64)], [np.zeros(0)]
    for low, high, count in (span for file in files for span in file.spans):
        points = np.linspace(low, high, _POINTS).astype(np.int64)
        at.append(points)
        rows.append(np.full(_POINTS, count / _POINTS))
    sensors = np.concatenate(at)
    order = np.argsort(sensors, kind="stable")
    window = np.cumsum(np.concatenate(rows)[order]) // _WINDOW_ROWS
    fresh = np.flatnonzero(np.diff(window)) + 1
    cuts = {int(sensor) for sensor in sensors[order][fresh]} - {0}
    return [0, *sorted(cuts), 2**31]
