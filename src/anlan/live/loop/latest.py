"""The newest reading of every sensor, in memory."""

from typing import Any

import numpy as np

from anlan.live.decode.memory import jit
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

_HEAD = 8


class Latest:
    """By handle: time (NEVER where none was heard), value and quality of the newest reading."""

    def __init__(self, sensors: int) -> None:
        self.time = np.full(sensors, NEVER, np.int64)
        self.value = np.full(sensors, np.nan)
        self.quality = np.zeros(sensors, np.uint8)

    def grow(self, sensors: int) -> None:
        """Makes room for sensors that were registered since."""
        more = sensors - len(self.time)
        if more > 0:
            self.time = np.append(self.time, np.full(more, NEVER, np.int64))
            self.value = np.append(self.value, np.full(more, np.nan))
            self.quality = np.append(self.quality, np.zeros(more, np.uint8))

    def take(self, batch: Batch) -> None:
        """Notes stored readings."""
        columns = (batch.sensor, batch.time, batch.value, batch.quality)
        _take(*columns, (self.time, self.value, self.quality))

    def pack(self) -> bytes:
        """All of it as bytes."""
        size = len(self.time).to_bytes(_HEAD, "little")
        return size + self.time.tobytes() + self.value.tobytes() + self.quality.tobytes()

    @classmethod
    def unpack(cls, packed: bytes) -> "Latest":
        """What `pack` gave."""
        size = int.from_bytes(packed[:_HEAD], "little")
        latest = cls(0)
        latest.time = _column(packed, np.int64, size, 0)
        latest.value = _column(packed, np.float64, size, 8 * size)
        latest.quality = _column(packed, np.uint8, size, 16 * size)
        return latest


def _column(packed: bytes, dtype: Any, size: int, offset: int) -> Any:
    return np.frombuffer(packed, dtype, size, _HEAD + offset).copy()


@jit
def _take(sensor, time, value, quality, latest):  # type: ignore[no-untyped-def]  # compiled
    times, values, qualities = latest
    for i in range(sensor.shape[0]):
        s = sensor[i]
        if time[i] > times[s]:
            times[s], values[s], qualities[s] = time[i], value[i], quality[i]
