"""Reading files by their ending: CSV, NDJSON, Parquet, as batches of readings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from anlan.live.replay.reading.columns import NAMES, NEEDED, Known, batch_of
from anlan.live.replay.reading.faults import Faults
from anlan.live.replay.reading.loose import WRONG_JSON, cells_in
from anlan.live.replay.reading.text import csv_tables, encoding_of, open_text, require_columns
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch
from anlan.terms.rows import value_in

ROWS = 1 << 20
_NDJSON_BLOCK = 4 << 20


class _Row(msgspec.Struct):
    sensor: str | None
    time: int | float | str | None
    value: float | str | None
    quality: str | None = None
    received: int | float | str | None = None


def batches(path: Path, known: Known, faults: Faults, *, careful: bool = False) -> Iterator[Batch]:
    """The readings of the known sensors in file order, a block at a time.

    Rows that cannot be read or belong to no known sensor are counted in `faults`. Raises
    Malformed where the file itself cannot be read, OddRowsError where a CSV file must be read
    again with `careful`.
    """
    first_row = 1
    try:
        for table in _tables(path, careful=careful):
            yield batch_of(table, known, faults, first_row=first_row)
            first_row += len(table)
    except Malformed as error:  # of a column as a whole, which knows no file
        raise error if error.where else Malformed(error.message, where=str(path)) from error
    except (OSError, pa.ArrowException, UnicodeDecodeError, KeyError, OverflowError) as error:
        raise unreadable(path, error) from error  # a damaged Parquet file fails in many ways


def kind_of(path: Path) -> str:
    """csv, ndjson or parquet, by the ending; Malformed for any other."""
    endings = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
    try:
        return endings[path.suffix.lower()]
    except KeyError:
        raise Malformed(
            f"cannot tell the format by the ending {path.suffix!r} (.csv, .ndjson, .parquet)",
            where=str(path),
        ) from None


def _tables(path: Path, *, careful: bool) -> Iterator[pa.Table]:
    kind = kind_of(path)
    if kind == "parquet":
        return _parquet_tables(path)
    if kind == "ndjson":
        return _ndjson_tables(path)
    return csv_tables(path, NAMES, NEEDED, careful=careful)


def unreadable(path: Path, error: Exception) -> Malformed:
    """The one sentence for a file that cannot be read."""
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0][:200]
    return Malformed(f"cannot be read ({reason})", where=str(path))


def _parquet_tables(path: Path) -> Iterator[pa.Table]:
    schema = pq.read_schema(path)
    require_columns(path, schema.names, NEEDED)
    columns = [name for name in NAMES if name in schema.names]
    words = [n for n in ("sensor", "quality") if n in columns and _is_text(schema.field(n).type)]
    with pq.ParquetFile(path, read_dictionary=words, page_checksum_verification=True) as file:
        for groups, rows in _runs(file.metadata):
            if rows <= ROWS:  # a third quicker than in batches
                yield file.read_row_groups(groups, columns=columns)
                continue
            for batch in file.iter_batches(batch_size=ROWS, row_groups=groups, columns=columns):
                yield pa.Table.from_batches([batch])


def _runs(file: pq.FileMetaData) -> Iterator[tuple[list[int], int]]:
    """Row groups side by side that together have at most ROWS rows; a larger one alone."""
    groups: list[int] = []
    total = 0
    for group in range(file.num_row_groups):
        rows = file.row_group(group).num_rows
        if groups and total + rows > ROWS:
            yield groups, total
            groups, total = [], 0
        groups.append(group)
        total += rows
    if groups:
        yield groups, total


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def _ndjson_tables(path: Path) -> Iterator[pa.Table]:
    decoder = msgspec.json.Decoder(_Row)
    for block in _ndjson_blocks(path):
        try:
            rows = decoder.decode_lines(block)
        except WRONG_JSON:
            rows = _line_by_line(decoder, block)
        yield _ndjson_table(rows)


def _ndjson_blocks(path: Path) -> Iterator[bytes]:
    """Whole lines in UTF-8, some MiB at a time."""
    rest = ""
    with open_text(path, encoding_of(path)) as text:
        while block := text.read(_NDJSON_BLOCK):
            block = rest + block
            end = block.rfind("\n") + 1
            rest = block[end:]
            if end:
                yield block[:end].encode()
    yield rest.encode()


def _line_by_line(decoder: msgspec.json.Decoder[_Row], block: bytes) -> list[_Row]:
    """The rows of a block; one without a sensor for each line that cannot be read."""
    rows = []
    for line in block.split(b"\n"):
        if not line.strip():
            continue
        try:
            rows.append(_row(decoder, line))
        except WRONG_JSON:
            rows.append(_Row(None, None, None))
    return rows


def _row(decoder: msgspec.json.Decoder[_Row], line: bytes) -> _Row:
    try:
        return decoder.decode(line)
    except msgspec.ValidationError:  # a number beyond every double, or a cell of no such kind
        cells = cells_in(line)
        if isinstance(cells, dict) and type(cells.get("value")) is int:
            cells["value"] = value_in(cells["value"])
        return msgspec.convert(cells, _Row)


def _ndjson_table(rows: list[_Row]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        "sensor": pa.array([row.sensor for row in rows], pa.string()),
        "time": _numbers_or_text([row.time for row in rows], pa.int64()),
        "value": _numbers_or_text([row.value for row in rows], pa.float64()),
    }
    for name in ("quality", "received"):
        cells = [getattr(row, name) for row in rows]
        if any(cell is not None for cell in cells):
            columns[name] = _numbers_or_text(cells, pa.string())
    return pa.table(columns)


def _numbers_or_text(cells: list[Any], kind: pa.DataType) -> pa.Array:
    """Of that kind where all cells are; else as text, which is read cell by cell."""
    try:
        return pa.array(cells, kind)
    except (pa.ArrowException, OverflowError):
        return pa.array([None if c is None else str(c) for c in cells], pa.string())
