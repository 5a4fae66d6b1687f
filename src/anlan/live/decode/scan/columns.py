"""Compiled: one object of columns, `{"sensor": […], "time": …, "value": […]}`."""

from anlan.live.decode.memory import byte_at, jit
from anlan.live.decode.scan.keys import ABSENT
from anlan.live.decode.scan.objects import (
    NEEDED,
    QUALITY,
    RECEIVED,
    SENSOR,
    TIME,
    VALUE,
    field_at,
    key_token,
    quality_token,
)
from anlan.live.decode.scan.tokens import FAILED, blank, time_token, value_token

ONE = -2
"""The size of a column that is one cell for all rows."""

_LINE, _OPEN, _CLOSE, _COMMA = 10, 91, 93, 44


@jit
def scan_columns(table, handles, at, scan):
    """Fills the columns of one object; whether it was plain throughout."""
    address, end = at
    i = blank(address, 0, _LINE)
    if byte_at(address, i) != 123:
        return False
    seen = 0
    while True:
        field, i = field_at(address, blank(address, i + 1, _LINE))
        if field == 0 or seen & field:
            return False
        seen |= field
        i = blank(address, i, _LINE)
        if byte_at(address, i) != 58:
            return False
        i = blank(address, i + 1, _LINE)
        i, n = _column(table, handles, (address, i, field), scan)
        if i < 0:
            return False
        is_list = byte_at(address, i - 1) == _CLOSE
        scan.size[field] = n + 1 if is_list else ONE
        i = blank(address, i, _LINE)
        c = byte_at(address, i)
        if c == 125:
            break
        if c != _COMMA:
            return False
    return seen & NEEDED == NEEDED and blank(address, i + 1, _LINE) == end


@jit
def _column(table, handles, at, scan):
    """One column or cell: where it ends, and its rows."""
    address, i, field = at
    if field == SENSOR:
        return _keys(table, handles, (address, i), (scan.sensor, scan.start, scan.stop))
    if field == TIME:
        return _cells(TIME, address, i, scan.time)
    if field == QUALITY:
        return _cells(QUALITY, address, i, scan.quality)
    if field == RECEIVED:
        return _cells(RECEIVED, address, i, scan.received)
    return _cells(VALUE, address, i, scan.value)


@jit
def _next(address, i, is_list):
    """After a cell: where the next one begins, and whether it was the last."""
    if not is_list:
        return i, True
    i = blank(address, i, _LINE)
    c = byte_at(address, i)
    if c == _CLOSE:
        return i + 1, True
    if c != _COMMA:
        return FAILED, True
    return blank(address, i + 1, _LINE), False


@jit
def _keys(table, handles, at, out):
    sensor, starts, stops = out
    address, i = at
    n = 0
    is_list = byte_at(address, i) == _OPEN
    if is_list:
        i = blank(address, i + 1, _LINE)
        if byte_at(address, i) == _CLOSE:
            return i + 1, 0
    is_last = False
    while not is_last:
        start = i + 1
        i, place = key_token(table, address, i)
        if i < 0:
            return FAILED, 0
        sensor[n] = handles[place] if place >= 0 else ABSENT
        starts[n], stops[n] = start, i - 1
        n += 1
        i, is_last = _next(address, i, is_list)
    return i, n


@jit
def _cells(field, address, i, out):
    n = 0
    is_list = byte_at(address, i) == _OPEN
    if is_list:
        i = blank(address, i + 1, _LINE)
        if byte_at(address, i) == _CLOSE:
            return i + 1, 0
    is_last = False
    while not is_last:
        if field == VALUE:
            i, out[n] = value_token(address, i)
        elif field == QUALITY:
            i, out[n] = quality_token(address, i)
        else:
            i, out[n] = time_token(address, i)
        if i < 0:
            return FAILED, 0
        n += 1
        i, is_last = _next(address, i, is_list)
    return i, n
