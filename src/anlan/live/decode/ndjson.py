"""NDJSON and lists of objects: a compiled scan over the bytes, odd rows one by one.

A line that is a flat object of our own fields in plain form is read by compiled code; every
other line by `plain.read_line`, which gives the same where both can.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import numpy as np

from anlan.live.decode.decoded import (
    UNKNOWN_SENSOR,
    UNREADABLE,
    Decoded,
    Fault,
    Faults,
    unknown,
)
from anlan.live.decode.keytable import ABSENT, KeyTable
from anlan.live.decode.memory import PADDING, byte_at, jit
from anlan.live.decode.objects import read_object
from anlan.live.decode.plain import Reading, read_line
from anlan.live.decode.tokens import blank, line_end
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch

_KNOWN, _UNKNOWN, _ODD = 0, 1, 2
_COMMA, _LINE = 44, 10


class Scan(NamedTuple):
    """Columns filled by the scan; row i of the body is one place in each.

    code: known, unknown sensor, or to be read one by one · start, stop: where the row stands,
    for rows that are not known.
    """

    sensor: Any
    time: Any
    value: Any
    quality: Any
    received: Any
    code: Any
    start: Any
    stop: Any

    @classmethod
    def room(cls, rows: int) -> "Scan":
        types = (np.int32, np.int64, np.float64, np.uint8, np.int64, np.uint8, np.int64, np.int64)
        return cls(*(np.empty(rows, t) for t in types))


def read_lines(body: bytes, table: KeyTable) -> Decoded:
    """The readings of an NDJSON body; each line is a row, blank lines are none."""
    text = np.frombuffer(body + PADDING, np.uint8)
    scan = Scan.room(body.count(b"\n") + 1)
    rows, is_clean = _scan_lines(
        table.addresses, table.handles, int(text.ctypes.data), len(body), scan
    )
    return settled(body, _cut(scan, rows), table, is_clean=is_clean)


def read_list(body: bytes, table: KeyTable, start: int) -> tuple[Decoded, int] | None:
    """The readings of a JSON list beginning at `start`, and where it ends.

    None where any object is not plain; the list then is to be decoded as a whole.
    """
    text = np.frombuffer(body + PADDING, np.uint8)
    scan = Scan.room(body.count(b"{") + 1)
    address = int(text.ctypes.data)
    rows, is_clean, stop = _scan_list(table.addresses, table.handles, address, start, scan)
    if stop < 0:
        return None
    return settled(body, _cut(scan, rows), table, is_clean=is_clean), stop


def read_objects(objects: list[msgspec.Raw], table: KeyTable) -> Decoded:
    """The readings of JSON values, one by one."""
    scan = Scan.room(len(objects))
    body = b"".join(bytes(one) for one in objects)
    scan.stop[:] = np.cumsum([len(bytes(one)) for one in objects])
    scan.start[1:] = scan.stop[:-1]
    scan.start[:1] = 0
    scan.code[:] = _ODD
    return settled(body, scan, table, is_clean=False)


def _cut(scan: Scan, rows: int) -> Scan:
    return Scan(*(column[:rows] for column in scan))


def settled(body: bytes, scan: Scan, table: KeyTable, *, is_clean: bool) -> Decoded:
    """The scan with its odd rows read and its faults told."""
    faults = Faults()
    if is_clean:
        return Decoded(Batch(*scan[:5]), None, len(scan.code), faults)
    for row, text in _texts(body, scan, _ODD):
        _settle_odd(row, text, (scan, table, faults))
    _tell_unknown(body, scan, faults)
    places = np.flatnonzero(scan.code == _KNOWN)
    faults.kept.sort()
    return Decoded(Batch(*(c[places] for c in scan[:5])), places, len(scan.code), faults)


def _texts(body: bytes, scan: Scan, code: int) -> Iterator[tuple[int, bytes]]:
    for row in np.flatnonzero(scan.code == code).tolist():
        yield row, body[scan.start[row] : scan.stop[row]]


def _settle_odd(row: int, text: bytes, at: tuple[Scan, KeyTable, Faults]) -> None:
    scan, table, faults = at
    try:
        reading = read_line(text)
    except Malformed as error:
        faults.add(Fault(row, UNREADABLE, error.message, text))
        return
    handle = int(table.find([reading.sensor])[0])
    if handle == ABSENT:
        faults.add(unknown(row, reading.sensor, text))
        return
    _put(scan, row, (handle, reading))


def _put(scan: Scan, row: int, found: tuple[int, Reading]) -> None:
    handle, reading = found
    scan.sensor[row], scan.code[row] = handle, _KNOWN
    scan.time[row], scan.value[row] = reading.time, reading.value
    scan.quality[row], scan.received[row] = reading.quality, reading.received


def _tell_unknown(body: bytes, scan: Scan, faults: Faults) -> None:
    """Faults of the rows whose sensor the scan did not know; only the first are looked at."""
    left = int((scan.code == _UNKNOWN).sum())
    for row, text in _texts(body, scan, _UNKNOWN):
        if not faults.has_room:
            break
        faults.add(unknown(row, read_line(text).sensor, text))
        left -= 1
    if left:
        faults.count(UNKNOWN_SENSOR, left)


@jit
def _scan_lines(table, handles, address, end, scan):  # type: ignore[no-untyped-def]  # compiled
    """Fills the scan from lines: how many rows, and whether all are known."""
    i = n = 0
    is_clean = True
    while True:
        i = blank(address, i, _LINE)
        if i >= end:
            return n, is_clean
        begin = i
        i, place, time, value, quality, received = read_object(table, address, i, 32)
        if i >= 0:
            i = blank(address, i, 32)
            if i < end and byte_at(address, i) != _LINE:
                i = -1
        if i >= 0 and place >= 0:
            scan.sensor[n], scan.time[n], scan.value[n] = handles[place], time, value
            scan.quality[n], scan.received[n], scan.code[n] = quality, received, _KNOWN
        else:
            is_clean = False
            scan.code[n] = _UNKNOWN if i >= 0 else _ODD
            scan.start[n] = begin
            i = line_end(address, begin, end)
            scan.stop[n] = i
        n += 1


@jit
def _scan_list(table, handles, address, i, scan):  # type: ignore[no-untyped-def]  # compiled
    """Fills the scan from `[…]`: rows, whether all are known, and where it ends (−1: odd)."""
    n = 0
    is_clean = True
    i = blank(address, i + 1, _LINE)
    if byte_at(address, i) == 93:
        return n, is_clean, i + 1
    while True:
        begin = i
        i, place, time, value, quality, received = read_object(table, address, i, _LINE)
        if i < 0:
            return n, is_clean, -1
        scan.start[n], scan.stop[n] = begin, i
        if place >= 0:
            scan.sensor[n], scan.time[n], scan.value[n] = handles[place], time, value
            scan.quality[n], scan.received[n], scan.code[n] = quality, received, _KNOWN
        else:
            is_clean = False
            scan.code[n] = _UNKNOWN
        n += 1
        i = blank(address, i, _LINE)
        c = byte_at(address, i)
        if c == 93:
            return n, is_clean, i + 1
        if c != _COMMA:
            return n, is_clean, -1
        i = blank(address, i + 1, _LINE)
