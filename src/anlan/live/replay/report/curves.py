"""The readings behind the charts: a second look at the file, for the chosen spans only."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from anlan.live.replay.reading.columns import Known
from anlan.live.replay.reading.faults import Faults
from anlan.live.replay.reading.files import batches

MOST_POINTS = 600


class Span(NamedTuple):
    """A stretch of one sensor's readings."""

    handle: int
    start: int
    end: int


class Curve(NamedTuple):
    """Readings in order of time, NaN where missing; thinned: how many there were."""

    time: Any
    value: Any
    thinned: int | None = None


def read_curves(
    path: Path, known: Known, spans: Sequence[Span], *, careful: bool = False
) -> list[Curve]:
    """One curve a span, of at most MOST_POINTS readings; extremes are kept in thinning."""
    parts: list[list[tuple[Any, Any]]] = [[] for _ in spans]
    chosen = np.zeros(len(known.keys), bool)
    chosen[[span.handle for span in spans]] = True
    for batch in batches(path, known, Faults(), careful=careful) if spans else ():
        hit = np.flatnonzero(chosen[batch.sensor])
        sensor, time = batch.sensor[hit], batch.time[hit]
        value = np.where(batch.quality[hit] >= 2, np.nan, batch.value[hit])
        for span, kept in zip(spans, parts, strict=True):
            mine = (sensor == span.handle) & (time >= span.start) & (time <= span.end)
            if mine.any():
                kept.append((time[mine], value[mine]))
    return [_curve(kept) for kept in parts]


def _curve(parts: list[tuple[Any, Any]]) -> Curve:
    if not parts:
        return Curve(np.zeros(0, np.int64), np.zeros(0))
    time, value = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(time, kind="stable")
    return thinned(Curve(time[order], value[order]))


def thinned(curve: Curve) -> Curve:
    """At most MOST_POINTS readings: the lowest and the highest of each stretch."""
    count = len(curve.time)
    if count <= MOST_POINTS:
        return curve
    edges = np.linspace(0, count, MOST_POINTS // 2 + 1).astype(int)
    kept: list[int] = []
    for start, end in itertools.pairwise(edges):
        piece = curve.value[start:end]
        if not np.isfinite(piece).any():
            kept.append(int(start))
            continue
        kept += sorted({int(start + np.nanargmin(piece)), int(start + np.nanargmax(piece))})
    return Curve(curve.time[kept], curve.value[kept], count)
