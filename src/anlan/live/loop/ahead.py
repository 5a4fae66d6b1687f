"""Reading ahead: what a rebuild will ask of the store, read beside the loop.

A rebuild evaluates objects over days of stored readings at one place in the log. Most of these
are there already when it is asked for, and are read by another thread while readings go on
being taken; what came meanwhile is little, and read last.
"""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np

from anlan.history.codec import decode_readings
from anlan.history.log import Log, RecordKind
from anlan.history.parts.rows import Column, Rows
from anlan.history.query import Archive, Span

MOST_ROWS = 8_000_000
"""More readings than these (some 400 MB) are not held; the loop then reads the rest itself."""
_SENSORS_AT_ONCE = 500
_ROUNDS = 3  # of reading what came during the round before


class Wanted(NamedTuple):
    """What is to be read: sensors in order of object, since when, and up to which record."""

    handles: tuple[int, ...]
    since: int
    seq: int


class _Piece(NamedTuple):
    """Rows in log order, and where those of each sensor stand: order[start:stop]."""

    rows: Rows
    order: Column
    sorted: Column

    @classmethod
    def of(cls, rows: Rows) -> "_Piece":
        order = np.argsort(rows.sensor, kind="stable")
        return cls(rows, order, rows.sensor[order])

    def of_sensors(self, handles: tuple[int, ...]) -> Rows:
        """The rows of some sensors, in log order."""
        wanted = np.array(handles, self.sorted.dtype)  # of another type, the rows were cast first
        starts = np.searchsorted(self.sorted, wanted)
        stops = np.searchsorted(self.sorted, wanted, side="right")
        found = [self.order[a:b] for a, b in zip(starts, stops, strict=True)]
        return self.rows.at(np.sort(np.concatenate(found)))


class Ahead:
    """Stored readings of some sensors since a time, from the log's first record to `seq`."""

    def __init__(self, wanted: Wanted) -> None:
        self.since, self.seq = wanted.since, wanted.seq
        self._piece: dict[int, _Piece] = {}
        self._fresh: list[Rows] = []
        self._late: _Piece | None = None

    def read(self, archive: Archive, handles: Collection[int]) -> int:
        """Reads sensors up to `seq`; how many rows that were."""
        rows = archive.rows(handles, Span(self.since))
        piece = _Piece.of(rows.at(rows.seq <= self.seq))
        self._piece |= dict.fromkeys(handles, piece)
        return len(rows.sensor)

    def follow(self, log: Log) -> int:
        """Reads what came since; how many records that were."""
        before, known = self.seq, list(self._piece)
        for record in log.records(self.seq):
            self.seq = record.seq
            if record.kind is RecordKind.READINGS:
                rows = Rows.of(decode_readings(record.body), record.seq)
                self._fresh.append(rows.at(np.isin(rows.sensor, known)))
        self._late = _Piece.of(Rows.joined(self._fresh)) if self._fresh else None
        return self.seq - before

    def rows(self, handles: tuple[int, ...], since: int) -> Rows | None:
        """What an archive would give; None where that was not read."""
        pieces = {id(piece): piece for h in handles if (piece := self._piece.get(h)) is not None}
        if len(pieces) != 1 or since < self.since or any(h not in self._piece for h in handles):
            return None
        (piece,) = pieces.values()
        found = [piece.of_sensors(handles)]
        if self._late is not None:
            found.append(self._late.of_sensors(handles))
        rows = Rows.joined(found)
        return rows.at(rows.time >= since)


def read_ahead(store: Path, wanted: Wanted) -> Ahead:
    """Reads what is wanted, object by object, as far as it may be held."""
    ahead, total = Ahead(wanted), 0
    with Archive(store) as archive:
        for start in range(0, len(wanted.handles), _SENSORS_AT_ONCE):
            total += ahead.read(archive, wanted.handles[start : start + _SENSORS_AT_ONCE])
            if total > MOST_ROWS:
                break
        for _ in range(_ROUNDS):
            if ahead.follow(archive.log) < 2:
                break
    return ahead
