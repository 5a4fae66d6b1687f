"""Compiled: the tokens of a body: blanks, strings, numbers, times.

Each gives where it stopped, or FAILED: then the slow path decides. A number is taken here only
where it is exact: an integer of at most 2^53 times or by a power of ten of at most 22 is one
correctly rounded operation.
"""

import numpy as np

from anlan.live.decode.memory import byte_at, jit, word_at
from anlan.terms.times import FIRST_MS, LAST_MS

FAILED = -1
_EXACT = np.uint64(1 << 53)
_TENS = tuple(float(10**n) for n in range(23))


@jit
def blank(address, i, newline):
    """The next byte that is no blank; a line end is one where `newline` is 10."""
    c = byte_at(address, i)
    while c == 32 or c == 9 or c == 13 or c == newline:
        i += 1
        c = byte_at(address, i)
    return i


@jit
def line_end(address, i, end):
    """Where the line ends."""
    while i < end and byte_at(address, i) != 10:
        i += 1
    return i


@jit
def is_digit(c):
    return 48 <= c <= 57


@jit
def whole(address, i):
    """A JSON integer of at most 16 digits: where it stopped, and what it is."""
    sign = 1
    if byte_at(address, i) == 45:
        sign = -1
        i += 1
    start = i
    n = np.int64(0)
    c = byte_at(address, i)
    while is_digit(c) and i - start < 17:
        n = n * 10 + np.int64(c - 48)
        i += 1
        c = byte_at(address, i)
    size = i - start
    if size < 1 or size > 16 or (size > 1 and byte_at(address, start) == 48):
        return FAILED, n
    if c == 46 or c == 101 or c == 69:
        return FAILED, n
    return i, sign * n


@jit
def number(address, i):
    """A JSON number that can be told exactly: where it stopped, and what it is."""
    is_negative = byte_at(address, i) == 45
    if is_negative:
        i += 1
    start = i
    m = np.uint64(0)
    c = byte_at(address, i)
    while is_digit(c) and i - start < 20:
        m = m * np.uint64(10) + np.uint64(c - 48)
        i += 1
        c = byte_at(address, i)
    digits = i - start
    if digits < 1 or (digits > 1 and byte_at(address, start) == 48):
        return FAILED, 0.0
    exponent = 0
    if c == 46:
        i += 1
        start = i
        c = byte_at(address, i)
        while is_digit(c) and i - start < 20:
            m = m * np.uint64(10) + np.uint64(c - 48)
            i += 1
            c = byte_at(address, i)
        exponent = start - i
        if exponent == 0:
            return FAILED, 0.0
        digits -= exponent
    if c == 101 or c == 69:
        i, power = _power(address, i + 1)
        exponent += power
    if i < 0 or digits > 18 or m > _EXACT or exponent < -22 or exponent > 22:
        return FAILED, 0.0
    if is_negative and m == 0:
        return FAILED, 0.0
    x = float(m)
    x = x / _TENS[-exponent] if exponent < 0 else x * _TENS[exponent]
    return i, -x if is_negative else x


@jit
def _power(address, i):
    sign = 1
    c = byte_at(address, i)
    if c == 45 or c == 43:
        sign = -1 if c == 45 else 1
        i += 1
    start = i
    n = np.int64(0)
    while is_digit(byte_at(address, i)) and i - start < 4:
        n = n * 10 + np.int64(byte_at(address, i) - 48)
        i += 1
    if i == start or i - start == 4:
        return FAILED, 0
    return i, sign * n


@jit
def _two(address, i):
    """Two digits as a number; 1000 where they are none."""
    a, b = byte_at(address, i), byte_at(address, i + 1)
    if not (is_digit(a) and is_digit(b)):
        return 1000
    return np.int64(a - 48) * 10 + np.int64(b - 48)


@jit
def _days(year, month, day):
    """Days since 1970 of a date in the Gregorian calendar."""
    y = year - 1 if month <= 2 else year
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@jit
def _month_days(year, month):
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@jit
def iso_time(address, i):
    """A time as `2026-01-01T08:00[:00[.123456]](Z|+08:00|+0800)`: where it stopped, ms UTC."""
    failed = (FAILED, np.int64(0))
    century, rest = _two(address, i), _two(address, i + 2)
    year = century * 100 + rest
    month, day = _two(address, i + 5), _two(address, i + 8)
    hour, minute = _two(address, i + 11), _two(address, i + 14)
    if byte_at(address, i + 4) != 45 or byte_at(address, i + 7) != 45:
        return failed
    gap = byte_at(address, i + 10)
    if (gap != 84 and gap != 32) or byte_at(address, i + 13) != 58:
        return failed
    if century > 99 or rest > 99 or year < 1 or month < 1 or month > 12 or hour > 23 or minute > 59:
        return failed
    if day < 1 or day > _month_days(year, month):
        return failed
    i += 16
    second = fraction = np.int64(0)
    if byte_at(address, i) == 58:
        second = _two(address, i + 1)
        i += 3
        if second > 59:
            return failed
        if byte_at(address, i) == 46:
            i, fraction = _fraction(address, i + 1)
            if i < 0:
                return failed
    i, offset = _zone(address, i)
    ms = (_days(year, month, day) * 1440 + hour * 60 + minute - offset) * 60_000
    ms += second * 1000 + fraction
    if i < 0 or ms < FIRST_MS or ms > LAST_MS:
        return failed
    return i, ms


@jit
def _fraction(address, i):
    """One to six digits after the point, as whole milliseconds."""
    start, ms = i, np.int64(0)
    scale = 100
    while is_digit(byte_at(address, i)):
        ms += np.int64(byte_at(address, i) - 48) * scale
        scale //= 10
        i += 1
    if i == start or i - start > 6:
        return FAILED, ms
    return i, ms


@jit
def _zone(address, i):
    """Z or an offset, in minutes."""
    c = byte_at(address, i)
    if c == 90:
        return i + 1, 0
    if c != 43 and c != 45:
        return FAILED, 0
    hours = _two(address, i + 1)
    i += 3
    if byte_at(address, i) == 58:
        i += 1
    minutes = _two(address, i)
    if hours > 23 or minutes > 59:
        return FAILED, 0
    total = hours * 60 + minutes
    return i + 2, -total if c == 45 else total


_GOOD, _BAD = 0x22_64_6F_6F_67, 0x22_64_61_62  # good" bad"
_UNCERTAI = 0x69_61_74_72_65_63_6E_75  # uncertai
_FIVE, _FOUR, _TWO = (1 << 40) - 1, (1 << 32) - 1, (1 << 16) - 1
_N_QUOTE = 0x22_6E


@jit
def quality_word(address, i):
    """good, uncertain or bad up to the closing quote: behind it, and the number."""
    w = word_at(address, i)
    if w & np.uint64(_FIVE) == np.uint64(_GOOD):
        return i + 5, 0
    if w & np.uint64(_FOUR) == np.uint64(_BAD):
        return i + 4, 2
    tail = word_at(address, i + 8) & np.uint64(_TWO)
    if w == np.uint64(_UNCERTAI) and tail == np.uint64(_N_QUOTE):
        return i + 10, 1
    return FAILED, 0


@jit
def time_token(address, i):
    """Integer milliseconds, or ISO 8601 in quotes."""
    if byte_at(address, i) == 34:
        i, ms = iso_time(address, i + 1)
        if i < 0 or byte_at(address, i) != 34:
            return FAILED, ms
        return i + 1, ms
    i, ms = whole(address, i)
    if ms < FIRST_MS or ms > LAST_MS:
        return FAILED, ms
    return i, ms


_NULL = 0x6C_6C_75_6E


@jit
def value_token(address, i):
    """A number, or null for a missing value (NaN)."""
    if word_at(address, i) & np.uint64(_FOUR) == np.uint64(_NULL):
        return i + 4, np.nan
    return number(address, i)
