"""Columns made narrow without loss: integers as offsets, decimals as scaled integers."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_DECIMALS = 6
_LARGEST = float(2**52)
_SAMPLE = 64
_MINUS_ZERO = np.iinfo(np.int64).min


class Offsets(NamedTuple):
    """Integers as base + offset; offset is None where all are equal to the base."""

    base: int
    offset: Column | None


def narrow(values: Column) -> Offsets:
    """The whole numbers as offsets from the least, in the smallest unsigned type that holds them.

    Doubles are taken where they are whole and smaller than 2^52.
    """
    if not len(values):
        return Offsets(0, None)
    low, high = int(values.min()), int(values.max())
    if low == high:
        return Offsets(low, None)
    for dtype in (np.uint8, np.uint16, np.uint32):
        if high - low <= np.iinfo(dtype).max:
            return Offsets(low, (values - low).astype(dtype))
    return Offsets(0, values.astype(np.int64, copy=False))


def widen(offsets: Offsets, rows: int) -> Ints:
    """The integers again."""
    if offsets.offset is None:
        return np.full(rows, offsets.base, np.int64)
    wide = offsets.offset.astype(np.int64)
    if offsets.base:
        wide += offsets.base
    return wide


class Decimals(NamedTuple):
    """Values as whole × 10^−places; whole is of doubles."""

    places: int
    whole: Floats


def as_decimals(values: Floats) -> Decimals | None:
    """The values as scaled integers of at most 6 places; None where one of them is none.

    A scaled integer divided by a power of ten is the double nearest to the decimal, so the
    round trip is exact to the bit; minus zero, missing and infinite values are no decimals.
    """
    sample = values[:: max(1, len(values) // _SAMPLE)]
    for places in range(MOST_DECIMALS + 1):
        if _whole(sample, places) is None:
            continue
        whole = _whole(values, places)
        if whole is not None:
            return Decimals(places, whole)
    return None


def _whole(values: Floats, places: int) -> Floats | None:
    if not len(values):
        return values
    scale = 10.0**places
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(values * scale)
        if not (whole / scale == values).all():
            return None
    low, high = whole.min(), whole.max()
    if low <= -_LARGEST or high >= _LARGEST:
        return None
    if low <= 0 <= high and (values.view(np.int64) == _MINUS_ZERO).any():
        return None
    return np.asarray(whole)


def from_decimals(whole: Column, places: int) -> Floats:
    """The values again, to the bit."""
    return np.asarray(whole.astype(np.float64) / 10.0**places)
