"""The rows of the quarantine tried once more, under what the registry says now."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from anlan.live.decode.decoded import UNKNOWN_SENSOR, UNREADABLE, batch_of
from anlan.live.decode.keytable import ABSENT
from anlan.live.decode.plain import Reading, read_line
from anlan.live.prepared import FOREIGN
from anlan.live.quarantine import Quarantine, Row
from anlan.live.view import GATEWAY, View
from anlan.terms.errors import Malformed
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

_PAGE = 5000

FRAME = b'{"protocol":'
"""Begins what is kept of a frame that is refused, or in doubt."""
Take = Callable[[Batch], Any]
"""Stores readings durably; a Verdict for each."""


def requeue(
    quarantine: Quarantine, view: View, take: Take, *, source: str | None = None
) -> dict[str, Any]:
    """Stores what can be stored now and lets it go from the quarantine; counts of both.

    A row was received when it first came in. A source may write what its keys allow it now.
    """
    counts: Counter[str] = Counter()
    for rows in _pages(quarantine, source):
        counts += _try(quarantine, view, take, rows)
    taken = counts.pop("taken", 0)
    duplicates = counts.pop("duplicates", 0)
    return {"accepted": taken, "duplicates": duplicates, "kept": dict(counts)}


def _pages(quarantine: Quarantine, source: str | None) -> Iterator[list[Row]]:
    after = 0
    while rows := quarantine.rows(source, limit=_PAGE, after=after):
        after = rows[-1].id
        yield rows


def _try(quarantine: Quarantine, view: View, take: Take, rows: list[Row]) -> Counter[str]:
    ready: list[tuple[Row, int, Reading]] = []
    kept: list[tuple[int, str, str]] = []
    for row in rows:
        found = _readable(row, view)
        if isinstance(found, tuple):
            handle, reading = found
            ready.append((row, handle, reading))
        else:
            code, _, reason = found.partition(": ")
            kept.append((row.id, code, reason))
    verdicts = take(_batch(ready)) if ready else np.zeros(0, np.uint8)
    gone = []
    for (row, _, _), verdict in zip(ready, verdicts.tolist(), strict=True):
        if verdict <= Verdict.DUPLICATE:
            gone.append(row.id)
        else:
            code = Verdict(verdict).code
            kept.append((row.id, code, "refused when it was tried again"))
    quarantine.remove(gone)
    quarantine.mark(kept)
    again = int((verdicts == Verdict.DUPLICATE).sum())
    counts = Counter(code for _, code, _ in kept)
    return counts + Counter(taken=len(gone) - again, duplicates=again)


def _readable(row: Row, view: View) -> tuple[int, Reading] | str:
    """The handle and reading of a row, or its code and reason."""
    if row.source.startswith(GATEWAY) and row.body.startswith(FRAME):
        return f"{row.code}: {row.reason}"  # a frame, which is no row of readings
    try:
        reading = read_line(row.body)
    except Malformed as error:
        return f"{UNREADABLE}: {error.message}"
    handle = int(view.table.find([reading.sensor])[0])
    if handle == ABSENT:
        return f"{UNKNOWN_SENSOR}: sensor {reading.sensor} is not registered"
    access = view.access_of(row.source)
    if access is None or access.may_write(np.array([handle])) is not None:
        return f"{FOREIGN}: no key of {row.source} may write sensor {reading.sensor}"
    return handle, reading


def _batch(ready: list[tuple[Row, int, Reading]]) -> Batch:
    batch = batch_of((handle, reading) for _, handle, reading in ready)
    first = np.array([row.at for row, _, _ in ready], np.int64)
    received = np.where(batch.received == NEVER, first, np.minimum(batch.received, first))
    return batch._replace(received=received)
