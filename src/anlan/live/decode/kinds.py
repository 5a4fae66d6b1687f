"""Which types the columns of a table may have; their rows are judged later.

A type is refused for the column as a whole: such a column is no mistake of single rows. So are
types whose rows take no room of their own and would let a small body be billions of rows.
"""

import numpy as np
import pyarrow as pa

from anlan.terms.errors import Malformed


def plain_columns(columns: pa.Table, *, most_bytes: int) -> pa.Table:
    """The columns as texts, numbers and timestamps; Malformed names a column of another type.

    most_bytes: what a column of text may take once each row has its own copy.
    """
    return pa.table({n: _plain(n, columns[n], most_bytes) for n in columns.column_names})


def _plain(name: str, column: pa.ChunkedArray, most_bytes: int) -> pa.ChunkedArray:
    kind = column.type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_null(kind) and name not in ("sensor", "time"):
        return column
    if pa.types.is_string_view(kind):
        return _own_text(name, column, most_bytes)
    is_word = name in ("sensor", "quality")
    if _is_text(kind) or (is_word and _is_text(inner)):
        return column
    if name == "sensor" and pa.types.is_integer(kind):  # sensors are often numbered
        return column.cast(pa.string())
    if not is_word and _is_number(inner):
        return column.cast(inner)
    if name == "value" and pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if name in ("time", "received") and pa.types.is_timestamp(kind):
        return column
    raise Malformed(f"column {name} is {kind}; it may be {_WANTED[name]}")


_WANTED = {
    "sensor": "text",
    "time": "timestamps, whole milliseconds UTC or text",
    "value": "numbers or text",
    "quality": "text",
    "received": "timestamps, whole milliseconds UTC or text",
}


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _own_text(name: str, column: pa.ChunkedArray, most_bytes: int) -> pa.ChunkedArray:
    """Views as texts; many views may show one long text, so what they take is asked first."""
    size = 0
    for chunk in column.chunks:
        views = np.frombuffer(chunk.buffers()[1], np.int32)[::4]  # the length comes first
        own = views[chunk.offset : chunk.offset + len(chunk)]
        size += int(own.clip(min=0).sum(dtype=np.int64))
    if size > most_bytes:
        raise Malformed(f"column {name} unfolds to more than {most_bytes:,} bytes")
    return column.cast(pa.string())
