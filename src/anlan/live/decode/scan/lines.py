"""Compiled: objects line by line or in a list, each a row of a scan."""

from anlan.live.decode.memory import byte_at, jit
from anlan.live.decode.scan.objects import read_object
from anlan.live.decode.scan.tokens import blank, line_end

KNOWN, UNKNOWN, ODD = 0, 1, 2
"""What a row is: a reading of a known sensor, of an unknown one, or to be read one by one."""

_COMMA, _LINE = 44, 10


@jit
def scan_lines(table, handles, address, end, scan):
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
            scan.quality[n], scan.received[n], scan.code[n] = quality, received, KNOWN
        else:
            is_clean = False
            scan.code[n] = UNKNOWN if i >= 0 else ODD
            scan.start[n] = begin
            i = line_end(address, begin, end)
            scan.stop[n] = i
        n += 1


@jit
def scan_list(table, handles, address, i, scan):
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
            scan.quality[n], scan.received[n], scan.code[n] = quality, received, KNOWN
        else:
            is_clean = False
            scan.code[n] = UNKNOWN
        n += 1
        i = blank(address, i, _LINE)
        c = byte_at(address, i)
        if c == 93:
            return n, is_clean, i + 1
        if c != _COMMA:
            return n, is_clean, -1
        i = blank(address, i + 1, _LINE)
