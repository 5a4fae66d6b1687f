"""A decoded body made ready for the loop: rights, times of reception; and its answer."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.live.decode.decoded import Decoded
from anlan.live.view import Access, View
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER, format_time

SHOWN = 100
"""Refused rows that an answer lists; the rest are in its counts."""
FOREIGN = "foreign_sensor"
STATUS = {
    "unreadable": 400,
    "unknown_sensor": 404,
    FOREIGN: 403,
    "conflict": 409,
    "bad_time": 422,
    "not_finite": 422,
}
"""What each refusal would be as the status of a request of its own."""


@dataclass(slots=True)
class Prepared:
    """Readings that may go to the loop, and the refusals so far.

    places: row number of each reading, None where all rows are there.
    """

    batch: Batch
    places: Any
    counts: Counter[str]
    shown: list[dict[str, Any]]
    rows: int


def prepare(
    decoded: Decoded, view: View, access: Access, *, now: int, keeps_received: bool = False
) -> Prepared:
    """The readings that this caller may write.

    keeps_received: rows without a time of reception stay without; else it is `now`. A time of
    reception in the future is `now`.
    """
    shown = [_refusal(f.row, f.code, f.reason) for f in decoded.faults.kept[:SHOWN]]
    prepared = Prepared(
        decoded.batch, decoded.places, Counter(decoded.faults.counts), shown, decoded.rows
    )
    mask = access.may_write(decoded.batch.sensor)
    if mask is not None:
        _keep_own(prepared, mask, (view, access))
    if not keeps_received:
        received = prepared.batch.received
        prepared.batch = prepared.batch._replace(
            received=np.where(received == NEVER, now, np.minimum(received, now))
        )
    return prepared


def _refusal(row: int, code: str, reason: str) -> dict[str, Any]:
    return {"index": row, "status": STATUS[code], "code": code, "reason": reason}


def _keep_own(prepared: Prepared, mask: Any, at: tuple[View, Access]) -> None:
    view, access = at
    batch, places = prepared.batch, prepared.places
    foreign = np.flatnonzero(~mask)
    prepared.counts[FOREIGN] += len(foreign)
    for i in foreign[: SHOWN - len(prepared.shown)].tolist():
        row = i if places is None else int(places[i])
        key = view.sensors[int(batch.sensor[i])].key
        reason = f"the key of {access.source} may not write sensor {key}"
        prepared.shown.append(_refusal(row, FOREIGN, reason))
    own = np.flatnonzero(mask)
    prepared.batch = Batch(*(column[own] for column in batch))
    prepared.places = own if places is None else places[own]


def answer(prepared: Prepared, verdicts: Any, *, seq: int, view: View) -> dict[str, Any]:
    """The answer to the sender, after all was stored that is to be stored."""
    told = np.bincount(verdicts, minlength=len(Verdict)) if len(verdicts) else np.zeros(10, int)
    refused = Counter(prepared.counts)
    for verdict in (Verdict.CONFLICT, Verdict.BAD_TIME, Verdict.NOT_FINITE):
        if told[verdict]:
            refused[verdict.code] += int(told[verdict])
            _show(prepared, verdicts, (verdict, view))
    body: dict[str, Any] = {
        "accepted": int(told[: Verdict.DUPLICATE].sum()),
        "duplicates": int(told[Verdict.DUPLICATE]),
        "refused": sorted(prepared.shown, key=lambda row: int(row["index"])),
        "seq": seq,
    }
    if refused:
        body["refused_counts"] = dict(refused)
    return body


def _show(prepared: Prepared, verdicts: Any, at: tuple[Verdict, View]) -> None:
    verdict, _ = at
    found = np.flatnonzero(verdicts == verdict)[: max(0, SHOWN - len(prepared.shown))]
    for i in found.tolist():
        row = i if prepared.places is None else int(prepared.places[i])
        prepared.shown.append(_refusal(row, verdict.code, _why(prepared.batch, i, at)))


def _why(batch: Batch, i: int, at: tuple[Verdict, View]) -> str:
    verdict, view = at
    key = view.sensors[int(batch.sensor[i])].key
    if verdict is Verdict.CONFLICT:
        time = format_time(int(batch.time[i]))
        return f"another value of {key} at {time} is stored; the first stands"
    if verdict is Verdict.NOT_FINITE:
        return f"the value of {key} is infinite"
    time = format_time(int(batch.time[i]))
    return f"{time} of {key} cannot be right at {format_time(int(batch.received[i]))}"
