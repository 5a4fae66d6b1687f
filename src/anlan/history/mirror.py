"""A mirror of the newest readings in another process: it follows the log as it grows."""

from typing import Any

import numpy as np

from anlan.history.codec import decode_readings
from anlan.history.log import Log, RecordKind
from anlan.history.query import Archive, latest
from anlan.terms.quality import Quality
from anlan.terms.times import NEVER

_WANTED = (RecordKind.READINGS, RecordKind.TICK)


class Mirror:
    """By handle: time (ms UTC, NEVER where none was heard), value, quality of the newest reading.

    For one thread. tick_at: when the loop was last known to be alive, ms UTC, NEVER before.
    """

    def __init__(self, archive: Archive) -> None:
        self._log: Log = archive.log
        self.epoch = self._log.epoch
        self._seen = self._log.last()
        self.time = np.full(0, NEVER, np.int64)
        self.value = np.full(0, np.nan)
        self.quality = np.zeros(0, np.uint8)
        self.tick_at = NEVER
        self._take(latest(archive))

    def poll(self) -> Any:
        """Takes up what came since; the handles whose newest reading changed, ascending."""
        touched = [self._take(batch) for batch in self._batches()]
        return np.unique(np.concatenate(touched)) if touched else np.zeros(0, np.int32)

    def _batches(self) -> Any:
        for record in self._log.records(self._seen, kinds=_WANTED):
            self._seen = record.seq
            self.tick_at = max(self.tick_at, record.at)
            if record.kind is RecordKind.READINGS:
                yield decode_readings(record.body)

    def _take(self, batch: Any) -> Any:
        """Notes a batch; the handles that it moved."""
        if not len(batch.sensor):
            return np.zeros(0, np.int32)
        self._grow(int(batch.sensor.max()) + 1)
        order = np.argsort(batch.time, kind="stable")
        sensor, time = batch.sensor[order], batch.time[order]
        # Of several readings of one sensor the last one in order of time stays.
        _, back = np.unique(sensor[::-1], return_index=True)
        rows = len(sensor) - 1 - back
        rows = rows[time[rows] > self.time[sensor[rows]]]
        handles = sensor[rows]
        self.time[handles], self.value[handles] = time[rows], batch.value[order][rows]
        self.quality[handles] = batch.quality[order][rows]
        return handles

    def _grow(self, size: int) -> None:
        more = size - len(self.time)
        if more > 0:
            self.time = np.append(self.time, np.full(more, NEVER, np.int64))
            self.value = np.append(self.value, np.full(more, np.nan))
            self.quality = np.append(self.quality, np.zeros(more, np.uint8))

    def row(self, handle: int) -> tuple[int, float | None, str] | None:
        """(ms UTC, value or None, quality word) of a sensor; None where none was heard."""
        if handle >= len(self.time) or self.time[handle] == NEVER:
            return None
        value = float(self.value[handle])
        known = value if np.isfinite(value) else None
        return int(self.time[handle]), known, Quality(int(self.quality[handle])).word
