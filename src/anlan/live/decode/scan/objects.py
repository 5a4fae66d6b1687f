"""Compiled: one flat JSON object as a reading."""

import numpy as np

from anlan.live.decode.memory import byte_at, jit, word_at
from anlan.live.decode.scan.keys import ABSENT, OFFSET, PRIME, find
from anlan.live.decode.scan.tokens import (
    FAILED,
    blank,
    quality_word,
    time_token,
    value_token,
)
from anlan.terms.times import NEVER

_SENSOR = int.from_bytes(b'"sensor"', "little")
_TIME, _TIME_MASK = int.from_bytes(b'"time"', "little"), (1 << 48) - 1
_VALUE, _VALUE_MASK = int.from_bytes(b'"value"', "little"), (1 << 56) - 1
_QUALITY, _RECEIVED = (int.from_bytes(w, "little") for w in (b'"quality', b'"receive'))
_QUOTE, _D_QUOTE = 0x22, 0x22_64
SENSOR, TIME, VALUE, QUALITY, RECEIVED = 1, 2, 4, 8, 16
NEEDED = SENSOR | TIME | VALUE


@jit
def field_at(address, i):
    """The field named here, 0 where it is none of ours, and where its name ends."""
    w = word_at(address, i)
    if w == np.uint64(_SENSOR):
        return SENSOR, i + 8
    if w & np.uint64(_TIME_MASK) == np.uint64(_TIME):
        return TIME, i + 6
    if w & np.uint64(_VALUE_MASK) == np.uint64(_VALUE):
        return VALUE, i + 7
    if w == np.uint64(_QUALITY) and byte_at(address, i + 8) == _QUOTE:
        return QUALITY, i + 9
    if w == np.uint64(_RECEIVED) and word_at(address, i + 8) & np.uint64(0xFFFF) == np.uint64(
        _D_QUOTE
    ):
        return RECEIVED, i + 10
    return 0, i


@jit
def key_token(table, address, i):
    """A key in quotes: where it stopped and its place in the table.

    A key that is not in the table is ABSENT where it is plainly a key, else FAILED.
    """
    if byte_at(address, i) != _QUOTE:
        return FAILED, ABSENT
    i += 1
    start = i
    h = OFFSET
    c = byte_at(address, i)
    is_plain = True
    while c >= 32 and c != _QUOTE and c != 92:
        h = (h ^ np.uint64(c)) * PRIME
        is_plain &= c < 127
        i += 1
        c = byte_at(address, i)
    if c != _QUOTE:
        return FAILED, ABSENT
    place = find(table, address, start, i, h)
    if place < 0:
        size = i - start
        if not is_plain or size < 1 or size > 128:
            return FAILED, ABSENT
        if byte_at(address, start) == 32 or byte_at(address, i - 1) == 32:
            return FAILED, ABSENT
    return i + 1, place


@jit
def quality_token(address, i):
    """A quality in quotes."""
    if byte_at(address, i) != _QUOTE:
        return FAILED, 0
    return quality_word(address, i + 1)


@jit
def read_object(table, address, i, newline):  # noqa: C901 - compiled
    """A flat object of our fields only, each once: where it stopped, then the reading.

    The sensor is a place in the table, or ABSENT for an unknown key.
    """
    place, time, value, quality, received = ABSENT, np.int64(0), np.nan, 0, np.int64(NEVER)
    failed = (FAILED, place, time, value, quality, received)
    if byte_at(address, i) != 123:
        return failed
    seen = 0
    while True:
        field, i = field_at(address, blank(address, i + 1, newline))
        if field == 0 or seen & field:
            return failed
        seen |= field
        i = blank(address, i, newline)
        if byte_at(address, i) != 58:
            return failed
        i = blank(address, i + 1, newline)
        if field == SENSOR:
            i, place = key_token(table, address, i)
        elif field == TIME:
            i, time = time_token(address, i)
        elif field == VALUE:
            i, value = value_token(address, i)
        elif field == QUALITY:
            i, quality = quality_token(address, i)
        else:
            i, received = time_token(address, i)
        if i < 0:
            return failed
        i = blank(address, i, newline)
        c = byte_at(address, i)
        if c == 125:
            break
        if c != 44:
            return failed
    if seen & NEEDED != NEEDED:
        return failed
    return i + 1, place, time, value, quality, received
