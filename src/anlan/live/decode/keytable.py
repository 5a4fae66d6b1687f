"""Sensor keys → handles, looked up by their bytes in compiled code."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anlan.live.decode.memory import byte_at, jit, whole_at

_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
ABSENT = -1


class Addresses(NamedTuple):
    """Where the table lies: slots of (tag, handle), ends and bytes of the keys."""

    slots: int
    ends: int
    text: int
    mask: int


class KeyTable:
    """An open-addressing table of keys (UTF-8); built once per state of the registry.

    pairs: key and handle. Rows of other sensors get the handle ABSENT.
    """

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        found = [(key.encode(), handle) for key, handle in pairs]
        size = 1 << max(4, (2 * len(found)).bit_length())
        self._text = np.frombuffer(b"".join(key for key, _ in found) + bytes(64), np.uint8)
        ends = np.cumsum([0, *(len(key) for key, _ in found)])
        self._ends = ends.astype(np.int32)
        self._handles = np.array([handle for _, handle in found], np.int32)
        self._slots = np.full((size, 2), ABSENT, np.int32)
        _fill(self._slots, self._ends, int(self._text.ctypes.data))
        self.handles = self._handles
        self.addresses = Addresses(
            int(self._slots.ctypes.data),
            int(self._ends.ctypes.data),
            int(self._text.ctypes.data),
            size - 1,
        )

    def find(self, keys: Iterable[str]) -> npt.NDArray[np.int32]:
        """The handles of some keys, ABSENT for those that are unknown."""
        encoded = [key.encode() for key in keys]
        ends = np.cumsum([0, *(len(key) for key in encoded)]).astype(np.int64)
        text = np.frombuffer(b"".join(encoded) + bytes(64), np.uint8)
        return self.find_spans(text, ends)

    def find_spans(
        self, text: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int32]:
        """The handles of keys laid end to end in a padded text; key i is ends[i] … ends[i+1]."""
        out = np.empty(len(ends) - 1, np.int32)
        _find_all(self.addresses, self._handles, int(text.ctypes.data), ends, out)
        return out


@jit
def hash_of(address, start, stop):  # type: ignore[no-untyped-def]  # compiled
    """FNV-1a over the bytes from start to stop."""
    h = _OFFSET
    for i in range(start, stop):
        h = (h ^ np.uint64(byte_at(address, i))) * _PRIME
    return h


@jit
def find(table, address, start, stop, h):  # type: ignore[no-untyped-def]  # compiled
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
def _is_same(a, b, size):  # type: ignore[no-untyped-def]  # compiled
    i = 0
    while i < size and byte_at(a, i) == byte_at(b, i):
        i += 1
    return i == size


@jit
def _fill(slots, ends, text):  # type: ignore[no-untyped-def]  # compiled
    mask = slots.shape[0] - 1
    for place in range(ends.shape[0] - 1):
        h = hash_of(text, np.int64(ends[place]), np.int64(ends[place + 1]))
        slot = np.int64(h & np.uint64(mask))
        while slots[slot, 1] >= 0:
            slot = (slot + 1) & mask
        slots[slot, 0] = np.int32(h >> np.uint64(32))
        slots[slot, 1] = place


@jit
def _find_all(table, handles, text, ends, out):  # type: ignore[no-untyped-def]  # compiled
    for i in range(out.shape[0]):
        start, stop = ends[i], ends[i + 1]
        place = find(table, text, start, stop, hash_of(text, start, stop))
        out[i] = handles[place] if place >= 0 else ABSENT
