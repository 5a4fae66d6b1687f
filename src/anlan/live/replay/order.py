"""Replay order: by time, or by reception where the file has it; then sensor, then file row.

A file in order streams through. One that is not is read into memory, or, when it is too
large for that, read once for each stretch of time.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from anlan.live.replay.passes import stands_in_order
from anlan.live.replay.reading.columns import constant, is_constant, is_received
from anlan.terms.readings import Batch
from anlan.terms.times import FOREVER, NEVER

MOST_ROWS = 24 << 20
"""Rows held in memory at once: 20 to 29 bytes each, and twice as much while they are sorted."""

_SAMPLE = 61
_BUFFER = 2 << 20
_PIECE = 1 << 19

T = TypeVar("T")
Source = Callable[[], Iterator[Batch]]


class OutOfOrderError(Exception):
    """The file is not in order and must be read again as a whole."""


def moments(batch: Batch) -> Any:
    """When each row is replayed: its reception where it has one, else its time."""
    if not is_received(batch):
        return batch.time
    return np.where(batch.received == NEVER, batch.time, batch.received)


def is_sorted(batch: Batch) -> bool:
    """Whether the rows stand in replay order."""
    return stands_in_order(batch.sensor, batch.time, batch.received)


def in_order(batch: Batch) -> Batch:
    """The rows in replay order; equal ones stay as they stood."""
    return batch if is_sorted(batch) else _take(batch, _order(batch))


def _order(batch: Batch) -> Any:
    return _order_of(batch.sensor, batch.time, moments(batch) if is_received(batch) else None)


def _order_of(sensor: Any, time: Any, at: Any) -> Any:
    """The places of the rows in replay order; at: when each is replayed, None for its time."""
    if at is not None:
        return np.lexsort((sensor, time, at))
    first, sensors = int(time.min()), int(sensor.max()) + 1
    if int(time.max()) - first >= 2**62 // sensors:
        return np.lexsort((sensor, time))
    return np.argsort((time - first) * sensors + sensor, kind="stable")


def _take(batch: Batch, rows: Any) -> Batch:
    return Batch(*(column[rows] for column in batch))


def joined(batches: Sequence[Batch]) -> Batch:
    """The batches as one."""
    if len(batches) == 1:
        return batches[0]
    return Batch(*(np.concatenate(columns) for columns in zip(*batches, strict=True)))


def streamed(source: Source) -> Iterator[Batch]:
    """The file in replay order as it is read; raises OutOfOrderError where that cannot be."""
    last = (NEVER, NEVER, 0)
    held: list[Batch] = []
    for batch, is_ordered in ahead((batch, is_sorted(batch)) for batch in source()):
        if not len(batch.time):
            continue
        if not held and is_ordered and _place(batch, 0) >= last:
            last = _place(batch, -1)
            yield batch
            continue
        held.append(batch)
        if sum(len(b.time) for b in held) >= _BUFFER:
            ready, rest = _split(in_order(joined(held)))
            last = _not_before(ready, last)
            held = [rest]
            yield ready
    if held and len((final := in_order(joined(held))).time):
        _not_before(final, last)
        yield final


def _split(batch: Batch) -> tuple[Batch, Batch]:
    """Two halves of an ordered batch; rows of one moment stay together."""
    at = moments(batch)
    place = int(np.searchsorted(at, at[len(at) // 2], side="left"))
    return _take(batch, slice(place)), _take(batch, slice(place, None))


def _place(batch: Batch, row: int) -> tuple[int, int, int]:
    """Where a row stands in replay order."""
    time, received = int(batch.time[row]), int(batch.received[row])
    return (time if received == NEVER else received), time, int(batch.sensor[row])


def _not_before(batch: Batch, last: tuple[int, int, int]) -> tuple[int, int, int]:
    """The last place of an ordered batch; OutOfOrderError if it begins before `last`."""
    if not len(batch.time):
        return last
    if _place(batch, 0) < last:
        raise OutOfOrderError
    return _place(batch, -1)


def gathered(source: Source) -> Iterator[Batch]:
    """The file in replay order, whatever its own order, within the memory of MOST_ROWS."""
    held, rows, samples = [], 0, []
    for batch in ahead(source()):
        rows += len(batch.time)
        samples.append(moments(batch)[::_SAMPLE].copy())
        if rows <= MOST_ROWS:
            held.append(batch)
        else:
            held.clear()
    if rows <= MOST_ROWS:
        yield from ahead(_arranged(held))
        return
    for start, end in _stretches(np.concatenate(samples), rows):
        yield from ahead(_arranged(list(_between(source, start, end))))


def _arranged(held: list[Batch]) -> Iterator[Batch]:
    """All rows of the batches in replay order, a piece at a time; empties the list."""
    count = sum(len(batch.time) for batch in held)
    if not count:
        return
    received = [moments(batch) for batch in held] if any(map(is_received, held)) else []
    columns = [_column(held, name) for name in Batch._fields]
    held.clear()
    places = _order_of(columns[0], columns[1], np.concatenate(received) if received else None)
    received.clear()
    for start in range(0, count, _PIECE):
        rows = places[start : start + _PIECE]
        yield Batch(
            *(
                constant(name, len(rows)) if column is None else column[rows]
                for name, column in zip(Batch._fields, columns, strict=True)
            )
        )


def _column(held: list[Batch], name: str) -> Any:
    """One column of all batches; None where it is the same everywhere, which saves its room."""
    parts = [getattr(batch, name) for batch in held]
    return None if all(is_constant(name, part) for part in parts) else np.concatenate(parts)


def _stretches(sample: Any, rows: int) -> list[tuple[int, int]]:
    """Spans of time that hold about half of MOST_ROWS each."""
    count = -(-2 * rows // MOST_ROWS)
    marks = np.unique(np.quantile(sample, np.arange(1, count) / count, method="nearest"))
    edges = [NEVER, *(int(mark) for mark in marks), FOREVER]
    return list(itertools.pairwise(edges))


def _between(source: Source, start: int, end: int) -> Iterator[Batch]:
    for batch in ahead(source()):
        at = moments(batch)
        yield _take(batch, (at >= start) & (at < end))


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, the next two read in a thread while one is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming: list[Future[T | None]] = [pool.submit(next, items, None) for _ in range(2)]
        while (item := coming.pop(0).result()) is not None:
            coming.append(pool.submit(next, items, None))
            yield item
