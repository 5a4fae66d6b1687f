"""A sender's own book: what became of recipients, written as it becomes known.

It is behind the records by nothing and costs no wait: a sender that is killed finds in it all that
it knew, and tells again only those whose answer had not come. It survives the process, not the
machine; for that the records are written some times a second.
"""

import fcntl
import os
import struct
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from anlan.terms.errors import Unavailable

_LINE = struct.Struct("<qiB")
_LARGE = 1_000_000
Line = tuple[int, int, int]
"""Parcel, place, octet."""


class Book:
    """The book of one sender; nobody else may open it. Raises Unavailable where somebody has."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._guard = path.with_suffix(".lock").open("w")
        try:
            fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unavailable(f"{path}: another sender writes there") from error
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._file).st_size

    def read(self) -> dict[int, list[tuple[int, int]]]:
        """What is in it, by parcel; a torn last line is none."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        data = self.path.read_bytes()
        for parcel, place, code in _LINE.iter_unpack(data[: len(data) // _LINE.size * _LINE.size]):
            found[parcel].append((place, code))
        return found

    def write(self, lines: Iterable[Line]) -> None:
        """Adds lines; they are there when this returns."""
        self._size += os.write(self._file, b"".join(_LINE.pack(*line) for line in lines))

    def is_large(self) -> bool:
        """Whether it is time to begin it anew."""
        return self._size > _LARGE

    def begin(self, lines: Iterable[Line] = ()) -> None:
        """Begins it anew with what the records do not hold yet."""
        fresh = self.path.with_suffix(".part")
        file = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self._size = os.write(file, b"".join(_LINE.pack(*line) for line in lines))
        fresh.replace(self.path)
        os.close(self._file)
        self._file = file

    def close(self) -> None:
        """Lets others open it."""
        os.close(self._file)
        self._guard.close()
