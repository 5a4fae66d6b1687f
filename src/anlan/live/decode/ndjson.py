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
from anlan.live.decode.memory import PADDING
from anlan.live.decode.plain import read_line
from anlan.live.decode.scan.lines import KNOWN, ODD, UNKNOWN, scan_lines, scan_list
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch, Reading


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
    rows, is_clean = scan_lines(
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
    rows, is_clean, stop = scan_list(table.addresses, table.handles, address, start, scan)
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
    scan.code[:] = ODD
    return settled(body, scan, table, is_clean=False)


def _cut(scan: Scan, rows: int) -> Scan:
    return Scan(*(column[:rows] for column in scan))


def settled(body: bytes, scan: Scan, table: KeyTable, *, is_clean: bool) -> Decoded:
    """The scan with its odd rows read and its faults told."""
    faults = Faults()
    if is_clean:
        return Decoded(Batch(*scan[:5]), None, len(scan.code), faults)
    for row, text in _texts(body, scan, ODD):
        _settle_odd(row, text, (scan, table, faults))
    _tell_unknown(body, scan, faults)
    places = np.flatnonzero(scan.code == KNOWN)
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
    scan.sensor[row], scan.code[row] = handle, KNOWN
    scan.time[row], scan.value[row] = reading.time, reading.value
    scan.quality[row], scan.received[row] = reading.quality, reading.received


def _tell_unknown(body: bytes, scan: Scan, faults: Faults) -> None:
    """Faults of the rows whose sensor the scan did not know; only the first are looked at."""
    left = int((scan.code == UNKNOWN).sum())
    for row, text in _texts(body, scan, UNKNOWN):
        if not faults.has_room:
            break
        faults.add(unknown(row, read_line(text).sensor, text))
        left -= 1
    if left:
        faults.count(UNKNOWN_SENSOR, left)
