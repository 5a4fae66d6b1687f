"""Numbers in binary-coded decimals, and times in their digits."""

import math
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from anlan.terms.errors import Malformed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_SCALES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def number(digits: str, decimals: int) -> float | None:
    """Of hexadecimal digits; None where the station says that there is none (all F or all A).

    FF in front means less than 0 (6.6.3.3). Raises Malformed where a digit is none.
    """
    try:
        return int(digits) / _SCALES[decimals]
    except ValueError:
        if not digits or digits == "f" * len(digits) or digits == "a" * len(digits):
            return None
    if digits.startswith("ff") and digits[2:].isdecimal():
        return -int(digits[2:]) / _SCALES[decimals]
    raise Malformed(f"{digits} is no number")


def number_written(value: float, size: int, decimals: int) -> bytes:
    """The shortest of at least `size` bytes; NaN is all F. Raises Malformed for an infinite one."""
    if math.isnan(value):
        return b"\xff" * size
    if math.isinf(value):
        raise Malformed("a number must be finite")
    digits = str(abs(round(value * _SCALES[decimals])))
    digits = digits.zfill(max(2 * size, len(digits) + len(digits) % 2))
    return bytes.fromhex(("ff" if round(value * _SCALES[decimals]) < 0 else "") + digits)


@lru_cache(maxsize=4096)
def moment(digits: str, zone: tzinfo) -> int:
    """Milliseconds of YYMMDDHH[mm[SS]]. Raises Malformed where it is no time."""
    try:
        if not digits.isdecimal():
            raise ValueError("not of digits alone")
        full = digits.ljust(12, "0")
        year, month, day, hour, minute, second = (int(full[at : at + 2]) for at in range(0, 12, 2))
        time = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError as error:
        raise Malformed(f"{digits} is no time") from error
    return (time - _EPOCH) // _MS


def digits_of(ms: int, zone: tzinfo) -> str:
    """YYMMDDHHmmSS of a moment. Raises Malformed outside of the years 2000 to 2099."""
    return _digits(ms // 1000, zone)


@lru_cache(maxsize=256)
def _digits(seconds: int, zone: tzinfo) -> str:
    try:
        time = (_EPOCH + timedelta(seconds=seconds)).astimezone(zone)
    except OverflowError as error:
        raise Malformed("a time outside of the calendar") from error
    if not 2000 <= time.year <= 2099:
        raise Malformed(f"the year {time.year} cannot be told in two digits")
    return time.strftime("%y%m%d%H%M%S")
