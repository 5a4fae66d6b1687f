"""Columns with the names of the contract as readings: whole columns at once, odd rows alone."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anlan.live.decode.decoded import (
    UNKNOWN_SENSOR,
    UNREADABLE,
    Decoded,
    Fault,
    Faults,
    as_text,
    cells_text,
    unknown,
)
from anlan.live.decode.keytable import ABSENT, KeyTable
from anlan.live.replay.reading.cells import Parsed, all_good, flat_of, times_of, values_of
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Batch, Reading
from anlan.terms.rows import FIELDS, NEEDED, read_row
from anlan.terms.times import NEVER

_PLAIN_KEY = "^[!-~]([ -~]{0,126}[!-~])?$"
"""Keys that need no second look."""
_WORDS = {quality.word: quality for quality in (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD)}
_ODD_WORD = 255
_PER_MS = {"s": 1000, "ms": 1, "us": 1000, "ns": 1_000_000}


def first_line(error: Exception) -> str:
    """What Arrow says, without its long tail."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def require(names: list[str], what: str) -> None:
    """Raises Malformed where a needed column is missing or a column stands twice."""
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Malformed(f"{what} has no column {', '.join(missing)}")
    twice = [name for name in FIELDS if names.count(name) > 1]
    if twice:
        raise Malformed(f"{what} has column {twice[0]} twice")


def read_table(columns: pa.Table, table: KeyTable) -> Decoded:
    """The readings of columns; a row that is not plain is read by itself."""
    rows, faults = len(columns), Faults()
    parsed = (
        _handles(columns["sensor"], table),
        times_of(columns["time"]),
        values_of(columns["value"]),
        _qualities(columns, rows),
        _received(columns, rows),
    )
    good = all_good(*(one.good for one in parsed))
    # Compiled code was made for arrays that may be written to; others would compile it anew.
    batch = Batch(*(np.require(one.values, requirements="W") for one in parsed))
    odd = np.zeros(rows, bool) if good is None else ~good
    known = (batch.sensor != ABSENT) & ~odd
    if known.all():
        return Decoded(batch, None, rows, faults)
    _tell_unknown(columns, np.flatnonzero(~known & ~odd), (batch, faults))
    for row, reading in _odd_readings(columns, np.flatnonzero(odd), faults):
        handle = int(table.find([reading.sensor])[0])
        if handle == ABSENT:
            faults.add(unknown(row, reading.sensor, as_text(reading)))
        else:
            known[row] = True
            _put(batch, row, (handle, reading))
    faults.kept.sort()
    places = np.flatnonzero(known)
    return Decoded(Batch(*(column[places] for column in batch)), places, rows, faults)


def _put(batch: Batch, row: int, found: tuple[int, Reading]) -> None:
    handle, reading = found
    for column, cell in zip(batch, (handle, *reading[1:]), strict=True):
        column[row] = cell


def _tell_unknown(columns: pa.Table, rows: Any, at: tuple[Batch, Faults]) -> None:
    """Faults of rows whose sensor is not registered; only the first are looked at."""
    batch, faults = at
    keys = flat_of(columns["sensor"])
    for n, row in enumerate(rows.tolist()):
        if not faults.has_room:
            faults.count(UNKNOWN_SENSOR, len(rows) - n)
            return
        reading = Reading(keys[row].as_py(), *(column[row].item() for column in batch[1:]))
        faults.add(unknown(row, reading.sensor, as_text(reading)))


def _odd_readings(columns: pa.Table, rows: Any, faults: Faults) -> Iterator[tuple[int, Reading]]:
    """Rows read by themselves, with their numbers; those that are no readings become faults."""
    names = columns.column_names
    cells = zip(*(_alone(columns[name].take(rows)) for name in names), strict=True)
    for row, found in zip(rows.tolist(), cells, strict=True):
        own = dict(zip(names, found, strict=True))
        try:
            yield row, read_row(own)
        except Malformed as error:
            faults.add(Fault(row, UNREADABLE, error.message, cells_text(own, faults)))


def _alone(column: pa.ChunkedArray) -> list[Any]:
    """The cells as Python values, words of a dictionary shared; timestamps as milliseconds."""
    if pa.types.is_dictionary(column.type):
        flat = flat_of(column)
        words = flat.dictionary.to_pylist()
        return [None if i is None else words[i] for i in flat.indices.to_pylist()]
    if not pa.types.is_timestamp(column.type):
        return column.to_pylist()  # type: ignore[no-any-return]  # pyarrow is untyped
    scale = _PER_MS[column.type.unit]
    raw = column.cast(pa.int64()).to_pylist()
    seconds = column.type.unit == "s"
    return [x if x is None else x * scale if seconds else x // scale for x in raw]


def _handles(column: pa.ChunkedArray, table: KeyTable) -> Parsed:
    """Handles, ABSENT where unknown; good where the key is one at first sight."""
    flat = flat_of(column)
    if not pa.types.is_dictionary(flat.type):
        return _looked_up(flat, table)
    words = _looked_up(flat.dictionary, table)
    places = flat.indices.fill_null(0).to_numpy(zero_copy_only=False)
    if not len(words.values):
        return Parsed(np.full(len(flat), ABSENT, np.int32), np.zeros(len(flat), bool))
    good = None if words.good is None else words.good[places]
    if flat.indices.null_count:
        good = all_good(good, flat.indices.is_valid().to_numpy(zero_copy_only=False))
    return Parsed(words.values[places], good)


def _looked_up(words: pa.Array, table: KeyTable) -> Parsed:
    words = words.cast(pa.string()).fill_null("")
    if not len(words):
        return Parsed(np.zeros(0, np.int32), None)
    _, ends, text = words.buffers()
    spans = np.frombuffer(ends, np.int32)[words.offset : words.offset + len(words) + 1]
    content = np.frombuffer(text, np.uint8) if text is not None else np.zeros(1, np.uint8)
    found = table.find_spans(content, spans.astype(np.int64))
    absent = found == ABSENT
    if not absent.any():
        return Parsed(found, None)
    plain = pc.match_substring_regex(words.filter(pa.array(absent)), _PLAIN_KEY)
    good = ~absent
    good[absent] = plain.to_numpy(zero_copy_only=False)
    return Parsed(found, None if good.all() else good)


def _qualities(columns: pa.Table, rows: int) -> Parsed:
    """Numbers of the words, good where there is none; odd where a word is not plainly one."""
    if "quality" not in columns.column_names or columns["quality"].null_count == rows:
        return Parsed(np.zeros(rows, np.uint8), None)
    flat = flat_of(columns["quality"])
    if not pa.types.is_dictionary(flat.type):
        flat = flat.cast(pa.string()).dictionary_encode()
    words = [_WORDS.get(word, _ODD_WORD) for word in flat.dictionary.to_pylist()]
    table = np.array([*words, Quality.GOOD], np.uint8)
    values = table[flat.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
    good = values != _ODD_WORD
    return Parsed(values, None if good.all() else good)


def _received(columns: pa.Table, rows: int) -> Parsed:
    if "received" not in columns.column_names or columns["received"].null_count == rows:
        return Parsed(np.full(rows, NEVER, np.int64), None)
    column = columns["received"]
    if not column.null_count:
        return times_of(column)
    there = column.is_valid().to_numpy()
    parsed = times_of(column.drop_null())
    values, good = np.full(rows, NEVER, np.int64), np.ones(rows, bool)
    values[there] = parsed.values
    if parsed.good is not None:
        good[there] = parsed.good
    return Parsed(values, good)
