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
    cells_text,
    unknown,
)
from anlan.live.decode.keytable import ABSENT, KeyTable
from anlan.live.decode.memory import PADDING
from anlan.live.decode.plain import WRONG_JSON, cells_in
from anlan.live.decode.scan.columns import ONE, scan_columns
from anlan.live.decode.scan.objects import QUALITY, RECEIVED, SENSOR, TIME, VALUE
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch, Reading
from anlan.terms.rows import FIELDS, NEEDED, read_row
from anlan.terms.times import NEVER


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
    at = (int(text.ctypes.data), len(body))
    if not scan_columns(table.addresses, table.handles, at, scan):
        return None
    rows = _rows_of([int(n) for n in scan.size[list(_PLACE.values())] if n])
    if rows is None:
        return None
    batch = Batch(*(_full(scan, name, rows) for name in FIELDS))
    return _settled(body, (batch, scan, rows))


def _rows_of(sizes: list[int]) -> int | None:
    """The one length of all columns; None where they differ."""
    lengths = {n - 1 for n in sizes if n != ONE}
    return lengths.pop() if len(lengths) == 1 else None


_PLACE = dict(zip(FIELDS, (SENSOR, TIME, VALUE, QUALITY, RECEIVED), strict=True))
_DEFAULT = {"quality": 0, "received": NEVER}


def _full(scan: _Scan, name: str, rows: int) -> Any:
    column, size = getattr(scan, name), scan.size[_PLACE[name]]
    if size == 0:
        column[:rows] = _DEFAULT[name]
    elif size == ONE:
        column[:rows] = column[0]
    return column[:rows]


def _settled(body: bytes, found: tuple[Batch, _Scan, int]) -> Decoded:
    batch, scan, rows = found
    missing = np.flatnonzero(batch.sensor == ABSENT)
    if not len(missing):
        return Decoded(batch, None, rows, Faults())
    faults = Faults()
    is_one = scan.size[SENSOR] == ONE
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
        columns = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        present = {name: _cells(columns[name]) for name in FIELDS if name in columns}
    except WRONG_JSON as error:
        raise Malformed(f"the body is no JSON object ({error})") from error
    for name in NEEDED:
        if name not in present:
            raise Malformed(f"the body has neither readings nor a column {name}")
    lengths = {name: len(cells) for name, cells in present.items() if isinstance(cells, list)}
    if len(set(lengths.values())) != 1:
        told = ", ".join(f"{name} {n}" for name, n in lengths.items()) or "none"
        raise Malformed(f"the columns are not of one length ({told})")
    return _read_rows(present, next(iter(lengths.values())), table)


def _cells(column: msgspec.Raw) -> Any:
    """The cells of a column, or its one cell; a cell that is no JSON costs only its own row."""
    try:
        return msgspec.json.decode(column)
    except WRONG_JSON:
        if not bytes(column).startswith(b"["):
            return _cell(column)
        return [_cell(one) for one in msgspec.json.decode(column, type=list[msgspec.Raw])]


def _cell(raw: msgspec.Raw) -> Any:
    """A cell; its bytes, which are none, where it cannot be decoded."""
    try:
        return cells_in(raw)
    except WRONG_JSON:
        return bytes(raw)


def _read_rows(columns: dict[str, Any], rows: int, table: KeyTable) -> Decoded:
    """Rows of decoded columns, lists or one cell for all, read one by one."""
    faults = Faults()
    taken: list[tuple[int, Reading]] = []
    for row in range(rows):
        cells = {n: c[row] if isinstance(c, list) else c for n, c in columns.items()}
        try:
            taken.append((row, read_row(cells)))
        except Malformed as error:
            faults.add(Fault(row, UNREADABLE, error.message, cells_text(cells, faults)))
    return _placed(taken, rows, (table, faults))


def _placed(taken: list[tuple[int, Reading]], rows: int, at: tuple[KeyTable, Faults]) -> Decoded:
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
