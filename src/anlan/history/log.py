"""The ordered log: readings, registry entries, ticks and the changes they caused, in one order.

It lives in segments (segments/segment.py) in a store folder: `store.json` says who the store is,
`log/` holds the segments, `sealed/` what was sealed. One process writes, any number read.
"""

import bisect
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Self

from anlan.history.disk.identity import read_identity
from anlan.history.parts.manifest import read_manifest
from anlan.history.parts.sealed import sealed_records
from anlan.history.segments.record import Damage, Record, RecordKind
from anlan.history.segments.segment import SegmentReader, first_of, segments_in
from anlan.history.segments.writer import Sizes, Writer
from anlan.terms.errors import Malformed, Unavailable

__all__ = ["Damage", "Log", "Record", "RecordKind", "Sizes", "store_in"]

_OPEN_READERS = 4


def store_in(data: Path) -> Path:
    """The folder of the store in a data folder."""
    return data / "history"


class Log:
    """The log of one store; made by `Log.open`."""

    def __init__(self, folder: Path, epoch: str) -> None:
        self.folder = folder
        self.epoch = epoch
        self.writer: Writer | None = None
        self._readers: dict[Path, SegmentReader] = {}
        self._damage: dict[int, Damage] = {}

    @classmethod
    def open(cls, folder: Path, *, write: bool = False, sizes: Sizes | None = None) -> Self:
        """The log in a store folder; to write, it is made where there is none.

        Raises Refused (naming the process) where another one writes, Malformed where it is no
        store, Unavailable where the disk does not allow it.
        """
        if not write:
            identity = read_identity(folder)
            if identity is None:
                raise Malformed("there is no store in this folder", where=str(folder))
            return cls(folder, identity.epoch)
        writer = Writer(folder, sizes or Sizes())
        log = cls(folder, writer.epoch)
        log.writer = writer
        return log

    @property
    def segments_folder(self) -> Path:
        return self.folder / "log"

    def epoch_now(self) -> str:
        """The epoch of the store as it is on the disk now: another one after it was restored."""
        identity = read_identity(self.folder)
        return "" if identity is None else identity.epoch

    def append(self, records: Sequence[Record]) -> int:
        """Stores the records as one transaction; their last place, once they are on the disk.

        Raises Unavailable when the disk is full or fails: then none of them is stored, and the
        next call may succeed.
        """
        if self.writer is None:
            raise Unavailable(f"{self.folder}: opened for reading only")
        return self.writer.append(records)

    def roll(self) -> None:
        """Begins a new segment, so that all records so far can be sealed; only when writing."""
        if self.writer is not None:
            self.writer.roll()

    def last(self) -> int:
        """The place of the newest record, 0 in an empty log."""
        if self.writer is not None:
            return self.writer.last
        paths = segments_in(self.segments_folder)
        return self._reader(paths[-1], None).last() if paths else 0

    def records(
        self, after: int = 0, *, kinds: Collection[RecordKind] | None = None
    ) -> Iterator[Record]:
        """The records after a place, in order, up to the newest now; damaged ones are skipped.

        What was skipped is told by `damage`. Sealed records are given back from the seal.
        """
        wanted = frozenset(RecordKind) if kinds is None else frozenset(kinds)
        while True:
            path, until = _holding(segments_in(self.segments_folder), after + 1)
            if path is None or first_of(path) > after + 1:
                manifest = read_manifest(self.folder)
                if manifest.sealed_to > after:
                    yield from sealed_records(self.folder, manifest, after=after, kinds=wanted)
                    after = manifest.sealed_to
                    continue
            if path is None:
                return
            try:
                found, reached = self._chunk(path, until, after)
            except Unavailable:
                if path.exists():
                    raise
                continue  # sealed and removed just now
            yield from (record for record in found if record.kind in wanted)
            if reached == after and until is None:
                return
            after = reached if reached > after else until or after

    def _chunk(self, path: Path, until: int | None, after: int) -> tuple[list[Record], int]:
        reader = self._reader(path, until)
        found, reached = reader.chunk(after)
        self._damage.update(reader.damage)
        return found, reached

    def _reader(self, path: Path, until: int | None) -> SegmentReader:
        if len(self._readers) > _OPEN_READERS:
            self._close_readers()
        reader = self._readers.get(path)
        if reader is None:
            reader = self._readers[path] = SegmentReader(path)
        reader.until = until
        return reader

    def damage(self) -> list[Damage]:
        """What could not be read so far, in order."""
        return [self._damage[first] for first in sorted(self._damage)]

    def close(self) -> None:
        """Ends reading and writing; what was appended is on the disk already."""
        self._close_readers()
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    def _close_readers(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _holding(paths: list[Path], seq: int) -> tuple[Path | None, int | None]:
    """The segment that holds a place, or the first after it; and the last place it can hold."""
    if not paths:
        return None, None
    firsts = [first_of(p) for p in paths]
    i = max(0, bisect.bisect_right(firsts, seq) - 1)
    return paths[i], firsts[i + 1] - 1 if i + 1 < len(paths) else None
