"""What comes of a body: readings of known sensors, and a fault for each other row."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
import numpy as np

from anlan.terms.quality import Quality
from anlan.terms.readings import Batch, Reading
from anlan.terms.rows import shown
from anlan.terms.times import NEVER, format_time

UNREADABLE, UNKNOWN_SENSOR = "unreadable", "unknown_sensor"
_KEPT = 10_000  # of one body; a source's part of the quarantine is no larger
_LONGEST = 4_096  # characters kept of a cell


class Fault(NamedTuple):
    """A row that is not taken: its number in the body from 0, why, and the row as text."""

    row: int
    code: str
    reason: str
    text: bytes


@dataclass(slots=True)
class Faults:
    """All faults of a body by code, and the first of them in full."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.counts[fault.code] += 1
        if self.has_room:
            self.kept.append(fault)

    def count(self, code: str, n: int) -> None:
        """Counts rows without keeping them."""
        self.counts[code] += n

    @property
    def has_room(self) -> bool:
        """Whether another fault would be kept."""
        return len(self.kept) < _KEPT


@dataclass(slots=True)
class Decoded:
    """A decoded body.

    batch: readings of known sensors in the order of the body; `received` is NEVER where the row
    has none · places: their row numbers, None where all rows are there · rows: how many the
    body has.
    """

    batch: Batch
    places: Any
    rows: int
    faults: Faults


def batch_of(readings: Iterable[tuple[int, Reading]]) -> Batch:
    """Columns of single readings with their handles."""
    rows = [(handle, *reading[1:]) for handle, reading in readings]
    return Batch(*columns_of(rows))


def columns_of(rows: list[tuple[int, int, float, int, int]]) -> tuple[Any, ...]:
    """Rows as columns of the types of a batch."""
    sensor, time, value, quality, received = zip(*rows, strict=True) if rows else ((),) * 5
    return (
        np.array(sensor, np.int32),
        np.array(time, np.int64),
        np.array(value, np.float64),
        np.array(quality, np.uint8),
        np.array(received, np.int64),
    )


def as_text(reading: Reading) -> bytes:
    """A reading as one JSON object, in the form of the contract."""
    value = None if reading.value != reading.value else reading.value
    cells: dict[str, Any] = {
        "sensor": reading.sensor,
        "time": format_time(reading.time),
        "value": value if value is None or abs(value) != float("inf") else str(value),
    }
    if reading.quality:
        cells["quality"] = Quality(reading.quality).word
    if reading.received != NEVER:
        cells["received"] = format_time(reading.received)
    return msgspec.json.encode(cells)


def cells_text(cells: dict[str, Any], faults: Faults) -> bytes:
    """Cells that are no reading, as one JSON object; empty where `faults` keeps no more.

    One cell may stand for many rows, so a large one is cut.
    """
    if not faults.has_room:
        return b""
    return msgspec.json.encode({name: _brief(cell) for name, cell in cells.items()})


def _brief(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell[:_LONGEST]
    return cell if cell is None or isinstance(cell, int | float) else shown(cell)


def unknown(row: int, key: str, text: bytes) -> Fault:
    """The fault of a row whose sensor is not registered."""
    return Fault(row, UNKNOWN_SENSOR, f"sensor {key} is not registered", text)
