"""Compiled: an open-addressing table of keys, filled and looked up by bytes.

A slot is (upper half of the key's hash, its place among the keys); place −1 is free.
"""

import numpy as np

from anlan.live.decode.memory import byte_at, jit, whole_at

OFFSET, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
ABSENT = -1


@jit
def hash_of(address, start, stop):
    """FNV-1a over the bytes from start to stop."""
    h = OFFSET
    for i in range(start, stop):
        h = (h ^ np.uint64(byte_at(address, i))) * PRIME
    return h


@jit
def find(table, address, start, stop, h):
    """The place in the table of the key with hash h, ABSENT where there is none."""
    tag = np.int32(h >> np.uint64(32))
    slot = np.int64(h & np.uint64(table.mask))
    while True:
        place = np.int64(whole_at(table.slots, 8 * slot + 4))
        if place < 0:
            return ABSENT
        if whole_at(table.slots, 8 * slot) == tag:
            begin = np.int64(whole_at(table.ends, 4 * place))
            size = np.int64(whole_at(table.ends, 4 * place + 4)) - begin
            if size == stop - start and _is_same(table.text + begin, address + start, size):
                return place
        slot = (slot + 1) & table.mask


@jit
def _is_same(a, b, size):
    i = 0
    while i < size and byte_at(a, i) == byte_at(b, i):
        i += 1
    return i == size


@jit
def fill(slots, ends, text):
    mask = slots.shape[0] - 1
    for place in range(ends.shape[0] - 1):
        h = hash_of(text, np.int64(ends[place]), np.int64(ends[place + 1]))
        slot = np.int64(h & np.uint64(mask))
        while slots[slot, 1] >= 0:
            slot = (slot + 1) & mask
        slots[slot, 0] = np.int32(h >> np.uint64(32))
        slots[slot, 1] = place


@jit
def find_all(table, handles, text, ends, out):
    for i in range(out.shape[0]):
        start, stop = ends[i], ends[i + 1]
        place = find(table, text, start, stop, hash_of(text, start, stop))
        out[i] = handles[place] if place >= 0 else ABSENT
