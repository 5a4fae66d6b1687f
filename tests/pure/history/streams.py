"""Readings and records for the tests of the store."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from anlan.history.codec import encode_readings
from anlan.history.log import Log, Record, RecordKind
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

DAY0 = 1_767_225_600_000
"""2026-01-01T00:00Z."""


def batch_of(rows: list[tuple[int, int, float]]) -> Batch:
    """A batch of (sensor, time, value), good and without reception."""
    sensor, time, value = zip(*rows, strict=True) if rows else ((), (), ())
    return Batch(
        sensor=np.array(sensor, np.int32),
        time=np.array(time, np.int64),
        value=np.array(value, np.float64),
        quality=np.zeros(len(rows), np.uint8),
        received=np.full(len(rows), NEVER, np.int64),
    )


def steady(*, sensors: int, seconds: int, start: int = DAY0, seed: int = 1) -> Iterator[Batch]:
    """One batch a second of every sensor, with ±50 ms of jitter and values of two decimals."""
    rng = np.random.default_rng(seed)
    for second in range(seconds):
        at = start + second * 1000
        yield Batch(
            sensor=np.arange(sensors, dtype=np.int32),
            time=at + rng.integers(-50, 51, sensors),
            value=np.round(rng.normal(50, 2, sensors), 2),
            quality=(rng.random(sensors) < 0.02).astype(np.uint8),
            received=np.full(sensors, at + 80),
        )


def tick(at: int) -> Record:
    return Record(RecordKind.TICK, at, b"")


def readings(batch: Batch, at: int = DAY0, changes: bytes = b"") -> Record:
    return Record(RecordKind.READINGS, at, encode_readings(batch), changes)


def note(text: str, at: int = DAY0) -> Record:
    return Record(RecordKind.NOTE, at, text.encode())


def notes_in(folder: Path) -> list[str]:
    """The notes of a store, read as another process would."""
    with Log.open(folder) as log:
        return [r.body.decode() for r in log.records(kinds={RecordKind.NOTE})]


def same(one: Batch, other: Batch) -> bool:
    """Whether two batches are equal to the bit."""
    return all(
        a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True)
    )


def append_all(log: Log, records: Iterable[Record], group: int = 10) -> int:
    """Appends the records in groups, for every commit waits for the disk; the last place."""
    waiting = iter(records)
    while some := list(islice(waiting, group)):
        log.append(some)
    return log.last()
