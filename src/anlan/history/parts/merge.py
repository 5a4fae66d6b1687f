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
_TIER_ROWS = 2_000_000
_BY_PLACE = {Kind.CHANGES: CHANGES, Kind.RECORDS: RECORDS}


def due(manifest: Manifest) -> list[tuple[int, int]]:
    """The ranges of records whose parts should be joined now, none twice.

    Of a day that is over all parts; of the present one runs of eight parts of about one size.
    """
    ranges: list[tuple[int, int]] = []
    records = manifest.of(Kind.RECORDS)
    today = records[-1].day if records else 0
    for day in sorted({part.day for part in records}):
        parts = [part for part in records if part.day == day]
        run = parts if day < today else _run(parts, manifest)
        if len(run) > 1:
            ranges.append((run[0].first, run[-1].last))
    return ranges


def _run(parts: list[Part], manifest: Manifest) -> list[Part]:
    """The newest run of enough parts of one tier."""
    rows = {part.first: part.rows for part in manifest.of(Kind.READINGS)}
    tiers = [_tier(rows.get(part.first, 0)) for part in parts]
    run = 0
    while run < len(parts) and tiers[-1 - run] == tiers[-1]:
        run += 1
    return parts[len(parts) - run :] if run >= _FAN_IN else []


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
            files = [stack.enter_context(pq.ParquetFile(path)) for path in paths]
            for low, high in pairwise(_cuts(files)):
                pieces = [piece for file in files for piece in _between(file, low, high)]
                if pieces:
                    yield join_tables(pieces)
    except (OSError, pa.ArrowException) as error:
        raise Malformed(f"cannot be read ({error})", where=str(paths[0].parent)) from error


def _cuts(files: Sequence[pq.ParquetFile]) -> list[int]:
    """Sensors between which there are about so many rows as a window may hold."""
    groups = sorted(_spans(files))
    cuts, rows = [0], 0
    for low, _, count in groups:
        if rows >= _WINDOW_ROWS and low > cuts[-1]:
            cuts.append(low)
            rows = 0
        rows += count
    return [*cuts, 2**31]


def _spans(files: Sequence[pq.ParquetFile]) -> Iterator[tuple[int, int, int]]:
    for file in files:
        for group in range(file.num_row_groups):
            yield _span(file, group)


def _span(file: pq.ParquetFile, group: int) -> tuple[int, int, int]:
    """First and last sensor of a row group, and its rows."""
    about = file.metadata.row_group(group)
    statistics = about.column(0).statistics
    return statistics.min, statistics.max, about.num_rows


def _between(file: pq.ParquetFile, low: int, high: int) -> Iterator[pa.Table]:
    for group in range(file.num_row_groups):
        first, last, _ = _span(file, group)
        if last >= low and first < high:
            table = file.read_row_group(group)
            a, b = np.searchsorted(table["sensor"].to_numpy(), [low, high])
            if b > a:
                yield table.slice(a, b - a)
