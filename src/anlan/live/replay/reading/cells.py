"""Cells as numbers: times to milliseconds UTC, values to float64.

A whole column is cast at once; what the cast refuses is looked at alone, so that a wrong
cell costs only its own row.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anlan.terms.errors import Malformed
from anlan.terms.rows import INTEGER, LONGEST, NUMBER, time_in, value_in
from anlan.terms.times import FIRST_MS, FOREVER, LAST_MS

_INTEGER, _NUMBER = f"^{INTEGER}$", f"^{NUMBER}$"
_ISO = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
)


class Parsed(NamedTuple):
    """Values, and which of them could be read (None: all)."""

    values: Any
    good: Any


def all_good(*masks: Any) -> Any:
    """Where every mask holds; None where none is given."""
    present = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(present) if present else None


def flat_of(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array."""
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def text_of(flat: pa.Array) -> pa.Array:
    """The cells as trimmed text, empty where null; pa.ArrowInvalid where it is not UTF-8."""
    flat.validate(full=True)
    return pc.fill_null(pc.utf8_trim_whitespace(flat.cast(pa.string())), "")


def times_of(column: pa.ChunkedArray) -> Parsed:
    """Milliseconds UTC of timestamps, integers, whole floats or text.

    Raises Malformed where timestamps have no zone.
    """
    flat = flat_of(column)
    kind = flat.type
    if pa.types.is_timestamp(kind):
        return _stamps(flat)
    if pa.types.is_integer(kind):
        return _in_calendar(_whole(flat), flat)
    if pa.types.is_floating(kind):
        return _float_times(flat)
    return _text_times(text_of(flat))


def _whole(flat: pa.Array) -> Any:
    if flat.null_count:
        flat = flat.fill_null(0)
    if pa.types.is_uint64(flat.type):  # what int64 cannot hold lies beyond the calendar anyway
        flat = pc.min_element_wise(flat, pa.scalar(FOREVER, pa.uint64()))
    return flat.cast(pa.int64(), safe=False).to_numpy(zero_copy_only=False)


def _in_calendar(ms: Any, flat: pa.Array) -> Parsed:
    good = None
    if flat.null_count:
        good = flat.is_valid().to_numpy(zero_copy_only=False)
    if ms.size and (ms.min() < FIRST_MS or ms.max() > LAST_MS):
        good = all_good(good, (ms >= FIRST_MS) & (ms <= LAST_MS))
    return Parsed(ms, good)


def _stamps(flat: pa.Array) -> Parsed:
    if flat.type.tz is None:
        raise Malformed("the time column has no zone (write it as UTC or as integer ms)")
    per_ms = {"s": 1000, "ms": 1, "us": 1000, "ns": 1_000_000}
    raw = _whole(flat.cast(pa.int64()))
    scale = per_ms[flat.type.unit]
    if flat.type.unit == "s":  # clipped beyond the calendar, so that no product runs over
        return _in_calendar(raw.clip(FIRST_MS, LAST_MS) * scale, flat)
    return _in_calendar(raw // scale, flat)


def _float_times(flat: pa.Array) -> Parsed:
    numbers = flat.cast(pa.float64()).fill_null(float("nan")).to_numpy(zero_copy_only=False)
    good = np.isfinite(numbers) & (numbers == np.floor(numbers))
    good &= (numbers >= FIRST_MS) & (numbers <= LAST_MS)
    return Parsed(np.where(good, numbers, 0).astype(np.int64), good)


def _iso_ms(text: pa.Array) -> Any:
    micros = text.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    return micros.to_numpy(zero_copy_only=False) // 1000


def _text_times(text: pa.Array) -> Parsed:
    """Tries the form of the first cell on all: a cast that fails on many cells is slow."""
    try:
        if not len(text) or not re.fullmatch(_INTEGER, text[0].as_py()):
            return _in_calendar(_iso_ms(text), text)
        if pc.all(pc.match_substring_regex(text, _INTEGER)).as_py():
            return _in_calendar(_integer_ms(text), text)
    except pa.ArrowInvalid:  # a cell in another form, or with a plus sign
        pass
    return _mixed(text, (_INTEGER, _ISO), (_integer_ms, _iso_ms), (_time_alone, np.int64))


def _integer_ms(text: pa.Array) -> Any:
    return text.cast(pa.int64()).to_numpy(zero_copy_only=False)


def _time_alone(text: str) -> int | None:
    try:
        return time_in(text, "time")
    except Malformed:
        return None


def _mixed(
    text: pa.Array,
    patterns: tuple[str, ...],
    casts: tuple[Callable[[pa.Array], Any], ...],
    alone: tuple[Callable[[str], Any], Any],
) -> Parsed:
    """Each pattern's rows cast at once; what no cast takes, one by one."""
    one, dtype = alone
    values, good = np.zeros(len(text), dtype), np.zeros(len(text), bool)
    for pattern, cast in zip(patterns, casts, strict=True):
        hit = pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False) & ~good
        try:
            values[hit] = cast(text.filter(pa.array(hit)))
        except pa.ArrowInvalid:
            continue
        good |= hit
    for place in np.flatnonzero(~good).tolist():
        value = one(text[place].as_py())
        if value is not None:
            values[place], good[place] = value, True
    outside = (values < FIRST_MS) | (values > LAST_MS)
    return Parsed(values, good & ~outside if dtype is np.int64 else good)


def values_of(column: pa.ChunkedArray) -> Parsed:
    """float64, NaN where empty."""
    flat = flat_of(column)
    kind = flat.type
    if pa.types.is_null(kind):
        return Parsed(np.full(len(flat), np.nan), None)
    if pa.types.is_boolean(kind):
        return Parsed(np.full(len(flat), np.nan), np.zeros(len(flat), bool))
    if not pa.types.is_primitive(kind) and not pa.types.is_decimal(kind):
        return _text_values(text_of(flat))
    numbers = flat if pa.types.is_float64(kind) else flat.cast(pa.float64(), safe=False)
    if numbers.null_count:
        numbers = numbers.fill_null(float("nan"))
    return Parsed(numbers.to_numpy(zero_copy_only=False), None)


def _text_values(text: pa.Array) -> Parsed:
    if (pc.max(pc.utf8_length(text)).as_py() or 0) > LONGEST:
        text = pc.if_else(pc.greater(pc.utf8_length(text), LONGEST), "too long", text)
    if pc.all(pc.match_substring_regex(text, _NUMBER)).as_py():
        try:
            return Parsed(_doubles(text), None)
        except pa.ArrowInvalid:
            pass
    return _mixed(text, (_NUMBER,), (_doubles,), (_value_alone, np.float64))


def _doubles(text: pa.Array) -> Any:
    return text.cast(pa.float64()).to_numpy(zero_copy_only=False)


def _value_alone(text: str) -> float | None:
    try:
        return value_in(text)
    except Malformed:
        return None
