"""Columns of text or numbers as readings: handles, milliseconds, values, qualities.

No Python object a row; a row that cannot be read is counted and costs only itself.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anlan.live.replay.reading.cells import Parsed, all_good, flat_of, text_of, times_of, values_of
from anlan.live.replay.reading.faults import Code, Faults
from anlan.terms.quality import quality_named
from anlan.terms.readings import Batch
from anlan.terms.sensors import is_key
from anlan.terms.times import NEVER

NAMES = ("sensor", "time", "value", "quality", "received")
NEEDED = ("sensor", "time", "value")

_UNKNOWN, _UNREADABLE = -1, -2
_GOOD = np.zeros(1 << 20, np.uint8)
_NOT_RECEIVED = np.full(1 << 20, NEVER, np.int64)


_CONSTANTS: dict[str, Any] = {"quality": _GOOD, "received": _NOT_RECEIVED}


def constant(name: str, count: int) -> Any:
    """A column of `count` good qualities or unknown receptions; not to be written to."""
    values = _CONSTANTS[name]
    return values[:count] if count <= len(values) else np.full(count, values[0], values.dtype)


def is_constant(name: str, column: Any) -> bool:
    """Whether a column came from `constant`."""
    return name in _CONSTANTS and column.base is _CONSTANTS[name]


def is_received(batch: Batch) -> bool:
    """Whether any row has a time of reception."""
    if not len(batch.received) or is_constant("received", batch.received):
        return False
    return bool(batch.received.max() != NEVER)


class Known(NamedTuple):
    """The keys of the registry in order of handle, as one Arrow array."""

    keys: pa.Array


def batch_of(table: pa.Table, known: Known, faults: Faults, *, first_row: int) -> Batch:
    """The readable rows of known sensors; the others counted in `faults`."""
    table = table.combine_chunks()
    handles = _handles(table["sensor"], known)
    time = times_of(table["time"])
    value = values_of(table["value"])
    quality = _qualities(_optional(table, "quality"), len(table))
    received = _received(_optional(table, "received"), len(table))
    good = all_good(time.good, value.good, quality.good, received.good)
    batch = Batch(handles, time.values, value.values, quality.values, received.values)
    return _keep_good(batch, good, table, (faults, first_row))


def _optional(table: pa.Table, name: str) -> pa.ChunkedArray | None:
    return table[name] if name in table.column_names else None


def _keep_good(batch: Batch, good: Any, table: pa.Table, noting: tuple[Faults, int]) -> Batch:
    if good is None and not (batch.sensor.size and batch.sensor.min() < 0):
        return batch
    readable = batch.sensor != _UNREADABLE
    if good is not None:
        readable &= good
    unknown = readable & (batch.sensor == _UNKNOWN)
    _note(Code.UNREADABLE, ~readable, table, noting)
    _note(Code.UNKNOWN_SENSOR, unknown, table, noting)
    kept = readable & ~unknown
    return Batch(*(column[kept] for column in batch))


def _note(code: Code, refused: Any, table: pa.Table, noting: tuple[Faults, int]) -> None:
    """Counts the rows and keeps the first as an example."""
    faults, first_row = noting
    places = np.flatnonzero(refused)
    if not places.size:
        return
    for place in places[:5].tolist():
        cells = [table[name][place].as_py() for name in NEEDED]
        shown = ", ".join("" if cell is None else str(cell)[:80] for cell in cells)
        faults.add(code, first_row + place, shown if any(cells) else "cannot be cut into fields")
    faults.add(code, None, "", count=places.size - min(5, places.size))


def _as_dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Distinct texts and where they stand; numbers as keys are read as their text."""
    flat = flat_of(column)
    if not pa.types.is_dictionary(flat.type):
        flat = flat.cast(pa.string()).dictionary_encode()
    _validate(flat)
    return flat


def _validate(column: pa.DictionaryArray) -> None:
    """Parquet promises UTF-8 and places within the dictionary, and does not look."""
    column.dictionary.validate(full=True)
    places = pc.min_max(column.indices).as_py()
    if places["max"] is not None and not (
        places["min"] >= 0 and places["max"] < len(column.dictionary)
    ):
        raise pa.ArrowInvalid("a key outside the dictionary of its column")


def _spread(column: pa.DictionaryArray, table: Any, absent: int) -> Any:
    """`table` looked up at every row; `absent` where the row is null."""
    indices = column.indices
    if indices.null_count:
        table = np.append(table, table.dtype.type(absent))
        indices = indices.fill_null(len(table) - 1)
    return table[indices.to_numpy(zero_copy_only=False)]


def _handles(column: pa.ChunkedArray, known: Known) -> Any:
    encoded = _as_dictionary(column)
    words = pc.utf8_trim_whitespace(encoded.dictionary.cast(pa.string()))
    found = pc.index_in(words, value_set=known.keys)
    table = found.fill_null(_UNKNOWN).to_numpy(zero_copy_only=False).astype(np.int32)
    for place in np.flatnonzero(table == _UNKNOWN).tolist():
        if not is_key(words[place].as_py() or ""):
            table[place] = _UNREADABLE
    return _spread(encoded, table, _UNREADABLE)


def _qualities(column: pa.ChunkedArray | None, count: int) -> Parsed:
    if column is None or pa.types.is_null(column.type):
        return Parsed(constant("quality", count), None)
    encoded = _as_dictionary(column)
    words = encoded.dictionary.cast(pa.string()).to_pylist()
    table = np.array([_quality_alone(word or "") for word in words] or [0], np.uint8)
    values = _spread(encoded, table, 0)
    return Parsed(values, values != _NO_QUALITY if (table == _NO_QUALITY).any() else None)


_NO_QUALITY = 255


def _quality_alone(word: str) -> int:
    try:
        return int(quality_named(word))
    except ValueError:
        return _NO_QUALITY


def _received(column: pa.ChunkedArray | None, count: int) -> Parsed:
    if column is None or column.null_count == count:
        return Parsed(constant("received", count), None)
    flat = flat_of(column)
    empty = flat.is_null()
    if not pa.types.is_primitive(flat.type):
        text = text_of(flat)
        empty = pc.equal(text, "")
        flat = pa.chunked_array([text.filter(pc.invert(empty))])
        return _with_empty(times_of(flat), empty.to_numpy(zero_copy_only=False))
    parsed = times_of(column)
    missing = empty.to_numpy(zero_copy_only=False)
    good = None if parsed.good is None else parsed.good | missing
    return Parsed(np.where(missing, NEVER, parsed.values), good)


def _with_empty(parsed: Parsed, empty: Any) -> Parsed:
    """Times of the filled fields put back among the empty ones, which are NEVER."""
    values = np.full(len(empty), NEVER, np.int64)
    values[~empty] = parsed.values
    if parsed.good is None:
        return Parsed(values, None)
    good = np.ones(len(empty), bool)
    good[~empty] = parsed.good
    return Parsed(values, good)
