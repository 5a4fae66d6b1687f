"""Tables written as CSV, NDJSON or Parquet, by the ending of the file; complete or not at all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from anlan.history.disk.files import whole_file
from anlan.terms.errors import Malformed


class _Sink(Protocol):
    def write(self, table: pa.Table) -> None: ...


def write_tables(out: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Writes tables of one schema; how many rows. Malformed for an unknown ending."""
    make = _SINKS.get(out.suffix)
    if make is None:
        raise Malformed(
            f"unknown ending {out.suffix!r} (.csv, .ndjson or .parquet)", where=str(out)
        )
    count = 0
    with target(out) as path, make(path, schema) as sink:
        for table in tables:
            sink.write(table)
            count += len(table)
    return count


@contextmanager
def target(out: Path) -> Iterator[Path]:
    """Where to write: beside the file, or straight into a pipe or terminal."""
    if out.exists() and not out.is_file():
        yield out
        return
    with whole_file(out) as part:
        yield part


class _Csv:
    def __init__(self, writer: pacsv.CSVWriter) -> None:
        self._writer = writer

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(_as_text(table))


class _Ndjson:
    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, table: pa.Table) -> None:
        plain = _as_text(table)
        names = [f'"{name}":'.encode() for name in plain.column_names]
        encode = msgspec.json.encode
        columns = [[name + encode(v) for v in column.to_pylist()]
                   for name, column in zip(names, plain.columns, strict=True)]  # fmt: skip
        self._file.writelines(b"{" + b",".join(row) + b"}\n" for row in zip(*columns, strict=True))


class _Parquet:
    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table)


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[_Sink]:
    text = _as_text(schema.empty_table()).schema
    options = pacsv.WriteOptions(quoting_style="needed")
    with pacsv.CSVWriter(path, text, write_options=options) as writer:
        yield _Csv(writer)


@contextmanager
def _ndjson(path: Path, schema: pa.Schema) -> Iterator[_Sink]:
    with path.open("wb") as file:
        yield _Ndjson(file)


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[_Sink]:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield _Parquet(writer)


_SINKS = {".csv": _csv, ".ndjson": _ndjson, ".parquet": _parquet}


def _as_text(table: pa.Table) -> pa.Table:
    """Times as ISO 8601 in UTC."""
    for at, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            plain = table[column.name].cast(pa.timestamp("ms"))  # needs no list of time zones
            text = pc.strftime(plain, format="%Y-%m-%dT%H:%M:%SZ")
            table = table.set_column(at, column.name, text)
    return table
