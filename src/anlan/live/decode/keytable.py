"""Sensor keys → handles, looked up by their bytes in compiled code."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anlan.live.decode.scan.keys import ABSENT, fill, find_all

__all__ = ["ABSENT", "KeyTable"]


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
        fill(self._slots, self._ends, int(self._text.ctypes.data))
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
        find_all(self.addresses, self._handles, int(text.ctypes.data), ends, out)
        return out
