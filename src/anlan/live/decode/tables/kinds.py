"""Which types the columns of a table may have; their rows are judged later.

A type is refused for the column as a whole: such a column is no mistake of single rows. So are
types whose rows take no room of their own and would let a small body be billions of rows.
"""

import numpy as np
import pyarrow as pa

from anlan.terms.errors import Malformed
from anlan.terms.rows import FIELDS

_WORDS = ("sensor", "quality")
_TIMES = "timestamps, whole milliseconds UTC or text"
_WANTED = {
    "sensor": "text",
    "time": _TIMES,
    "value": "numbers or text",
    "quality": "text",
    "received": _TIMES,
}


def check_kinds(schema: pa.Schema) -> None:
    """Raises Malformed naming a column whose type cannot be read."""
    for name in FIELDS:
        if name in schema.names and not _is_read(name, schema.field(name).type):
            raise Malformed(
                f"column {name} is {schema.field(name).type}; it may be {_WANTED[name]}"
            )


def _is_read(name: str, kind: pa.DataType) -> bool:
    types = pa.types
    inner = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_null(kind):
        return name not in ("sensor", "time")  # sensor and time bound the rows
    if _is_text(kind) or types.is_string_view(kind) or types.is_integer(kind):
        return name != "quality" or not types.is_integer(kind)
    if name in _WORDS:
        return _is_text(inner)
    if name == "value":
        return _is_number(inner) or bool(types.is_decimal(kind))
    return _is_number(inner) or bool(types.is_timestamp(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def plain_columns(columns: pa.Table, *, most_bytes: int) -> pa.Table:
    """Columns that `check_kinds` let through, as texts, words, numbers and timestamps.

    most_bytes: what a column of text may take once each row has its own copy; Malformed beyond.
    """
    return pa.table({n: _plain(n, columns[n], most_bytes) for n in columns.column_names})


def _plain(name: str, column: pa.ChunkedArray, most_bytes: int) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_string_view(kind):
        if _viewed_bytes(column) > most_bytes:
            raise Malformed(f"column {name} unfolds to more than {most_bytes:,} bytes")
        return column.cast(pa.string())
    if name == "sensor" and pa.types.is_integer(kind):  # sensors are often numbered
        return column.cast(pa.string())
    if pa.types.is_dictionary(kind) and name not in _WORDS:
        return column.cast(kind.value_type)
    return column.cast(pa.float64()) if pa.types.is_decimal(kind) else column


def _viewed_bytes(column: pa.ChunkedArray) -> int:
    """What the texts take that views show; many views may show one long text."""
    size = 0
    for chunk in column.chunks:
        lengths = np.frombuffer(chunk.buffers()[1], np.int32)[::4]  # of each view, comes first
        own = lengths[chunk.offset : chunk.offset + len(chunk)]
        size += int(own.clip(min=0).sum(dtype=np.int64))
    return size
