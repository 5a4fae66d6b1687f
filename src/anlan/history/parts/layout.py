"""How sealed files are written: columns, encodings, row groups; and how they are read back.

Plain Parquet that any reader understands. Times and places are packed as differences, values go
through a dictionary (decimals repeat), everything through zstd: about 3 bytes a reading at one
reading a second with jitter.
"""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anlan.history.disk.files import whole_file
from anlan.history.parts.manifest import Kind, Part
from anlan.history.parts.rollup import Rollup
from anlan.history.parts.rows import Rows
from anlan.terms.errors import Malformed
from anlan.terms.times import NEVER

ROW_GROUPS = 256
"""About so many row groups a file, within the bounds below."""
_FEWEST, _MOST = 128 * 1024, 1024 * 1024
_FEWEST_STEPS = 16 * 1024  # one sensor's month reads a group of every day
_CHANGES_GROUP = 8 * 1024  # followers take them page by page

READINGS = pa.schema(
    [
        ("sensor", pa.int32()),
        ("time", pa.int64()),
        ("value", pa.float64()),  # null: missing
        ("quality", pa.uint8()),
        ("received", pa.int64()),  # null: not known
        ("seq", pa.int64()),
        ("place", pa.int32()),  # null: in order of time and sensor
    ]
)
ROLLUP = pa.schema(
    [("sensor", pa.int32()), ("start", pa.int64()), ("n", pa.int64())]
    + [(name, pa.float64()) for name in ("min", "max", "sum", "first", "last")]
    + [("first_at", pa.int64()), ("last_at", pa.int64())]
)
RECORDS = pa.schema(
    [("seq", pa.int64()), ("kind", pa.uint8()), ("at", pa.int64()), ("rows", pa.int32())]
)
_OPTIONS: dict[str, Any] = {"compression": "zstd", "compression_level": 3, "version": "2.6"}
_DELTA = "DELTA_BINARY_PACKED"
_PACKED = frozenset({"time", "received", "seq", "place", "start", "n", "first_at", "last_at", "at"})


def readings_table(rows: Rows) -> pa.Table:
    """The rows as they are stored."""
    value = pa.array(rows.value, mask=np.isnan(rows.value))
    received = pa.array(rows.received, mask=rows.received == NEVER)
    place = pa.array(rows.place, mask=rows.place < 0)
    columns = [rows.sensor, rows.time, value, rows.quality, received, rows.seq, place]
    return pa.table(columns, schema=READINGS)


def rows_of(table: pa.Table) -> Rows:
    """The rows of a stored table."""
    return Rows(
        sensor=_numpy(table["sensor"]),
        time=_numpy(table["time"]),
        value=_numpy(table["value"]).astype(np.float64, copy=False),
        quality=_numpy(table["quality"]),
        received=_numpy(table["received"].fill_null(NEVER)),
        seq=_numpy(table["seq"]),
        place=_numpy(table["place"].fill_null(-1)),
    )


def rollup_table(rollup: Rollup) -> pa.Table:
    """The rollup as it is stored."""
    return pa.table(list(rollup), schema=ROLLUP)


def rollup_of(table: pa.Table) -> Rollup:
    """The rollup of a stored table."""
    return Rollup(*(_numpy(table[name]) for name in ROLLUP.names))


def _numpy(column: pa.ChunkedArray) -> Any:
    return column.to_numpy()


def write_part(folder: Path, part: Part, tables: Iterable[pa.Table], schema: pa.Schema) -> Part:
    """Writes the tables, which are in order, as one file; the part with its sizes and sum."""
    path = folder / part.file
    path.parent.mkdir(parents=True, exist_ok=True)
    group = _group_rows(part)
    packed = [name for name in schema.names if name in _PACKED]
    options = _OPTIONS | {
        "use_dictionary": [name for name in schema.names if name not in _PACKED],
        "column_encoding": dict.fromkeys(packed, _DELTA),
    }
    rows = 0
    with whole_file(path) as temporary:
        with pq.ParquetWriter(temporary, schema, **options) as writer:
            for table in tables:
                rows += len(table)
                writer.write_table(table, row_group_size=group)
        size, total = temporary.stat().st_size, sum_of(temporary)
    return part._replace(rows=rows, bytes=size, sum=total)


def _group_rows(part: Part) -> int:
    if part.kind is Kind.CHANGES:
        return _CHANGES_GROUP
    fewest = _FEWEST if part.kind in (Kind.READINGS, Kind.RECORDS) else _FEWEST_STEPS
    return min(max(part.rows // ROW_GROUPS, fewest), _MOST)


def sum_of(path: Path) -> int:
    """CRC-32 of a file."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total


def read_groups(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The file in pieces; Malformed where it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise Malformed(f"cannot be read ({error})", where=str(path)) from error


def read_all(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The whole file; Malformed where it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise Malformed(f"cannot be read ({error})", where=str(path)) from error


def file_name(kind: Kind, day: int, first: int, last: int) -> str:
    """Where a part lies below the store's folder."""
    date = np.datetime64(day, "D")
    return f"sealed/{date}/{first:016d}-{last:016d}.{kind}.parquet"
