"""The unsealed end of the log: its readings in memory, read on as they come."""

from collections.abc import Collection

import numpy as np

from anlan.history.codec import decode_readings
from anlan.history.log import Log, RecordKind
from anlan.history.parts.latest import newest
from anlan.history.parts.rows import Rows
from anlan.terms.times import FOREVER, NEVER

MOST_ROWS = 8_000_000
"""More readings than these (330 MB) are not held in memory but read from the log each time."""
_BLOCK = 500_000


class Tail:
    """Readings after what is sealed, in log order; low, high: of all times that it has held."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._from = self._to = 0
        self._blocks: list[Rows] | None = []
        self._rows = 0
        self.latest = Rows.none()
        self.low, self.high = FOREVER, NEVER

    def catch_up(self, sealed_to: int) -> None:
        """Reads what came since, and forgets what is sealed now."""
        if self._blocks is None and sealed_to > self._from:
            self._blocks, self._to = [], sealed_to
        self._from = sealed_to
        self._to = max(self._to, sealed_to)
        self._forget(sealed_to)
        fresh: list[Rows] = []
        for record in self._log.records(self._to):
            self._to = record.seq
            if record.kind is RecordKind.READINGS:
                fresh.append(Rows.of(decode_readings(record.body), record.seq))
                if sum(len(piece.sensor) for piece in fresh[-64:]) > _BLOCK:
                    self._take(Rows.joined(fresh))
                    fresh = []
        if fresh:
            self._take(Rows.joined(fresh))

    def _forget(self, sealed_to: int) -> None:
        if self._blocks is not None:
            kept = [
                block if block.seq[0] > sealed_to else block.at(block.seq > sealed_to)
                for block in self._blocks
            ]
            self._blocks = [block for block in kept if len(block.sensor)]
            self._rows = sum(len(block.sensor) for block in self._blocks)

    def _take(self, rows: Rows) -> None:
        self.latest = newest(Rows.joined([self.latest, rows]))
        if len(rows.time):
            self.low = min(self.low, int(rows.time.min()))
            self.high = max(self.high, int(rows.time.max()))
        if self._blocks is None:
            return
        self._rows += len(rows.sensor)
        if self._rows > MOST_ROWS:
            self._blocks = None
        elif self._blocks and len(self._blocks[-1].sensor) < _BLOCK:
            self._blocks[-1] = Rows.joined([self._blocks[-1], rows])
        else:
            self._blocks.append(rows)

    def between(self, handles: Collection[int] | None, low: int, high: int) -> Rows:
        """Readings of these sensors (None: all) with low ≤ time < high, in log order."""
        if self._blocks is not None:
            pieces = [chosen(block, handles, low, high) for block in self._blocks]
        else:
            pieces = [
                chosen(Rows.of(decode_readings(r.body), r.seq), handles, low, high)
                for r in self._log.records(self._from, kinds={RecordKind.READINGS})
                if r.seq <= self._to
            ]
        return Rows.joined(pieces) if pieces else Rows.none()


def chosen(rows: Rows, handles: Collection[int] | None, low: int, high: int) -> Rows:
    """The rows of these sensors (None: all) with low ≤ time < high."""
    wanted = (rows.time >= low) & (rows.time < high)
    if handles is not None:
        wanted &= np.isin(rows.sensor, list(handles))
    return rows if wanted.all() else rows.at(wanted)
