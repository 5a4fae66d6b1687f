"""DuckDB in memory: the query engine over sealed files, never the carrier of truth."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

_THREADS = 2
_MEMORY = "1GB"


def connect(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A fresh engine; `spill` is where sorts larger than memory go."""
    connection = duckdb.connect(
        ":memory:",
        config={"threads": _THREADS, "memory_limit": _MEMORY, "autoload_known_extensions": False},
    )
    if spill is not None:
        connection.execute("SET temp_directory = ?", [str(spill)])
    return connection


def files_sql(paths: Sequence[Path]) -> str:
    """`read_parquet([...])` of the files."""
    names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{names}])"
