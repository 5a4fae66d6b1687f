"""Columnar JSON: `{"sensor": […], "time": […] or one, "value": […]}`.

Plain columns are read by compiled code straight from the bytes; anything else is decoded as a
whole and read row by row.
"""

from typing import Any, NamedTuple

import msgspec
import numpy as np

from anlan.live.decode.decoded import (
    UNKNOWN_SENSOR,
    UNREADABLE,
    Decoded,
    Fault,
    Faults,
    as_text,
    batch_of,
    unknown,
)
from anlan.live.decode.keytable import ABSENT, KeyTable
from anlan.live.decode.memory import PADDING, byte_at, jit
from anlan.live.decode.objects import (
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
from anlan.live.decode.plain import FIELDS, Reading, read_cells
from anlan.live.decode.tokens import blank, time_token, value_token
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

_LINE, _OPEN, _CLOSE, _COMMA = 10, 91, 93, 44
_ONE, _FAILED = -2, -1


class _Scan(NamedTuple):
    """Columns of the body. size: rows of each (−2: one for all, 0: not there) · start, stop:
    where each key stands, without its quotes."""

    sensor: Any
    time: Any
    value: Any
    quality: Any
    received: Any
    start: Any
    stop: Any
    size: Any


def read_columns(body: bytes, table: KeyTable) -> Decoded:
    """The readings of a columnar body; Malformed where it is none as a whole."""
    found = _fast(body, table)
    return _slow(body, table) if found is None else found


_TYPES = (np.int32, np.int64, np.float64, np.uint8, np.int64, np.int64, np.int64, np.int64)


def _fast(body: bytes, table: KeyTable) -> Decoded | None:
    text = np.frombuffer(body + PADDING, np.uint8)
    room = body.count(b",") + 32
    scan = _Scan(*(np.empty(room, t) for t in _TYPES))
    scan.size[:] = 0
    if not _scan(table.addresses, table.handles, (int(text.ctypes.data), len(body)), scan):
        return None
    rows = _rows_of([int(n) for n in scan.size[[1, 2, 4, 8, 16]] if n])
    if rows is None:
        return None
    batch = Batch(*(_full(scan, name, rows) for name in FIELDS))
    return _settled(body, (batch, scan, rows))


def _rows_of(sizes: list[int]) -> int | None:
    """The one length of all columns; None where they differ."""
    lengths = {n - 1 for n in sizes if n != _ONE}
    return lengths.pop() if len(lengths) == 1 else None


_PLACE = {"sensor": 1, "time": 2, "value": 4, "quality": 8, "received": 16}
_DEFAULT = {"quality": 0, "received": NEVER}


def _full(scan: _Scan, name: str, rows: int) -> Any:
    column, size = getattr(scan, name), scan.size[_PLACE[name]]
    if size == 0:
        column[:rows] = _DEFAULT[name]
    elif size == _ONE:
        column[:rows] = column[0]
    return column[:rows]


def _settled(body: bytes, found: tuple[Batch, _Scan, int]) -> Decoded:
    batch, scan, rows = found
    missing = np.flatnonzero(batch.sensor == ABSENT)
    if not len(missing):
        return Decoded(batch, None, rows, Faults())
    faults = Faults()
    is_one = scan.size[1] == _ONE
    for row in missing.tolist():
        if not faults.has_room:
            faults.count(UNKNOWN_SENSOR, len(missing) - len(faults.kept))
            break
        at = 0 if is_one else row
        key = body[scan.start[at] : scan.stop[at]].decode()
        cells = (column[row].item() for column in batch[1:])
        faults.add(unknown(row, key, as_text(Reading(key, *cells))))
    places = np.flatnonzero(batch.sensor != ABSENT)
    return Decoded(Batch(*(column[places] for column in batch)), places, rows, faults)


def _slow(body: bytes, table: KeyTable) -> Decoded:
    """Decoded as a whole; Malformed where it is no object of columns of one length."""
    try:
        columns = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"the body is no JSON object ({error})") from error
    present = {name: columns[name] for name in FIELDS if name in columns}
    for name in FIELDS[:3]:
        if name not in present:
            raise Malformed(f"the body has neither readings nor a column {name}")
    lengths = {name: len(cells) for name, cells in present.items() if isinstance(cells, list)}
    if len(set(lengths.values())) != 1:
        told = ", ".join(f"{name} {n}" for name, n in lengths.items()) or "none"
        raise Malformed(f"the columns are not of one length ({told})")
    return read_rows(present, next(iter(lengths.values())), table)


def read_rows(columns: dict[str, Any], rows: int, table: KeyTable) -> Decoded:
    """Rows of decoded columns, lists or one cell for all, read one by one."""
    faults = Faults()
    taken: list[tuple[int, Reading]] = []
    for row in range(rows):
        cells = {n: c[row] if isinstance(c, list) else c for n, c in columns.items()}
        try:
            taken.append((row, read_cells(cells)))
        except Malformed as error:
            faults.add(Fault(row, UNREADABLE, error.message, _text_of(cells)))
    return placed(taken, rows, (table, faults))


def placed(taken: list[tuple[int, Reading]], rows: int, at: tuple[KeyTable, Faults]) -> Decoded:
    """Readings with their row numbers, parted into known and unknown sensors."""
    table, faults = at
    handles = table.find([reading.sensor for _, reading in taken]).tolist()
    known = []
    for (row, reading), handle in zip(taken, handles, strict=True):
        if handle == ABSENT:
            faults.add(unknown(row, reading.sensor, as_text(reading)))
        else:
            known.append((row, handle, reading))
    faults.kept.sort()
    places = np.array([row for row, _, _ in known], np.int64)
    return Decoded(batch_of((h, reading) for _, h, reading in known), places, rows, faults)


def _text_of(cells: dict[str, Any]) -> bytes:
    return msgspec.json.encode(cells)


@jit
def _scan(table, handles, at, scan):  # type: ignore[no-untyped-def]  # compiled
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
        scan.size[field] = n + 1 if is_list else _ONE
        i = blank(address, i, _LINE)
        c = byte_at(address, i)
        if c == 125:
            break
        if c != _COMMA:
            return False
    return seen & NEEDED == NEEDED and blank(address, i + 1, _LINE) == end


@jit
def _column(table, handles, at, scan):  # type: ignore[no-untyped-def]  # compiled
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
def _next(address, i, is_list):  # type: ignore[no-untyped-def]  # compiled
    """After a cell: where the next one begins, and whether it was the last."""
    if not is_list:
        return i, True
    i = blank(address, i, _LINE)
    c = byte_at(address, i)
    if c == _CLOSE:
        return i + 1, True
    if c != _COMMA:
        return _FAILED, True
    return blank(address, i + 1, _LINE), False


@jit
def _keys(table, handles, at, out):  # type: ignore[no-untyped-def]  # compiled
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
            return _FAILED, 0
        sensor[n] = handles[place] if place >= 0 else ABSENT
        starts[n], stops[n] = start, i - 1
        n += 1
        i, is_last = _next(address, i, is_list)
    return i, n


@jit
def _cells(field, address, i, out):  # type: ignore[no-untyped-def]  # compiled
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
            return _FAILED, 0
        n += 1
        i, is_last = _next(address, i, is_list)
    return i, n
