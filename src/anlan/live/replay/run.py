"""The replay of a file: readings in order, through the engine, to changes and a summary."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anlan.engine.changes import Changes, no_changes
from anlan.engine.engine import Engine
from anlan.engine.plan import Plan
from anlan.engine.rules import Rule, RuleSet, SpikePolicy
from anlan.live.replay import order
from anlan.live.replay.lines import in_file_order
from anlan.live.replay.passes import tally
from anlan.live.replay.reading.columns import Known, is_received
from anlan.live.replay.reading.faults import Faults
from anlan.live.replay.reading.files import batches
from anlan.live.replay.reading.text import OddRowsError
from anlan.terms.changes import Change
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.times import FOREVER, NEVER

_RECEIVED_ROWS = 1 << 14
_COUNTED = [v for v in Verdict if v.is_refused or v is Verdict.RANGE]

Progress = Callable[[int], None]


@dataclass(slots=True)
class Replayed:
    """What came of a replay.

    changes: in file order · readings: rows taken, without the refused · first, last: event
    times of those, NEVER where there is none · heard: by handle, rows taken · careful: the
    file had to be read line by line.
    """

    engine: Engine
    changes: Changes
    faults: Faults
    readings: int
    first: int
    last: int
    seconds: float
    heard: Any = field(repr=False)
    careful: bool = False

    @property
    def promotions(self) -> frozenset[str]:
        """The rule keys of promotions."""
        return frozenset(promotion.key for promotion, _ in self.engine.promoter.outputs)

    def is_promoted(self, change: Change) -> bool:
        """Whether a change tells of a whole group, by a promotion."""
        return change.sensor is None and change.rule in self.promotions


def replay(readings: Path, plan: Plan, *, progress: Progress = lambda rows: None) -> Replayed:
    """Replays a file of readings under a plan; Malformed where it cannot be read."""
    known = Known(pa.array([sensor.key for sensor in plan.sensors], pa.string()))

    def source(faults: Faults, careful: bool) -> Iterator[Batch]:
        return batches(readings, known, faults, careful=careful)

    return replay_from(source, plan, progress=progress)


def replay_from(
    source: Callable[[Faults, bool], Iterator[Batch]],
    plan: Plan,
    *,
    progress: Progress = lambda rows: None,
) -> Replayed:
    """Replays what `source(faults, careful)` reads, as often as it is asked to read.

    Tries the quick way first: that the readings are in order and well formed. Where they are
    not, begins again and reads them as a whole, or line by line; the outcome is the same.
    """
    began = time.perf_counter()
    careful, remembers, arrange = False, False, order.streamed
    while True:
        faults = Faults()
        run = _Run(plan, faults, progress)
        if remembers:
            run.remember()
        try:
            for batch in arrange(_reader(source, faults, careful=careful)):
                run.take(batch)
        except OddRowsError:
            careful = True
        except _LateRowsError:
            remembers = True
        except order.OutOfOrderError:
            arrange = order.gathered
        else:
            return run.result(time.perf_counter() - began, careful=careful)


def _reader(
    source: Callable[[Faults, bool], Iterator[Batch]], faults: Faults, *, careful: bool
) -> order.Source:
    def read() -> Iterator[Batch]:
        faults.clear()  # the same readings may be read more than once
        return source(faults, careful)

    return read


class _LateRowsError(Exception):
    """Times of reception begin in mid-file: earlier rows should have been remembered."""


class _Run:
    def __init__(self, plan: Plan, faults: Faults, progress: Progress) -> None:
        self.engine = Engine(plan)
        self.faults, self.progress = faults, progress
        self.changes: list[Changes] = [no_changes()]
        self.verdicts = np.zeros(len(Verdict), np.int64)
        self.heard = np.zeros(len(plan.sensors), np.int64)
        self.span = np.array([FOREVER, NEVER], np.int64)
        self.stored: _Stored | None = None

    def take(self, batch: Batch) -> None:
        """The next rows in replay order."""
        if self.stored is None and not is_received(batch):
            self.apply(batch)
            return
        if self.stored is None:
            if self.verdicts.any():
                raise _LateRowsError
            self.remember()
        for start in range(0, len(batch.time), _RECEIVED_ROWS):
            self.apply(Batch(*(c[start : start + _RECEIVED_ROWS] for c in batch)))

    def remember(self) -> None:
        """From now on rows may be late: keeps what is stored, for the engine to look at."""
        self.stored = _Stored()
        self.engine.late.window = self.stored.window

    def apply(self, batch: Batch) -> None:
        outcome = self.engine.apply(batch, inline_ticks=True)
        if len(outcome.changes):
            self.changes.append(outcome.changes)
        columns = (batch.sensor, batch.time, outcome.verdicts)
        tally(columns, self.verdicts, self.heard, self.span)
        if self.stored is not None:
            self.stored.add(batch, outcome.verdicts)
        self.progress(len(batch.time))

    def result(self, seconds: float, *, careful: bool) -> Replayed:
        for verdict in _COUNTED:
            self.faults.add(verdict.code, None, "", count=int(self.verdicts[verdict]))
        readings = int(self.heard.sum())
        return Replayed(
            engine=self.engine,
            changes=in_file_order(self.engine, np.concatenate(self.changes)),
            faults=self.faults,
            readings=readings,
            first=int(self.span[0]) if readings else NEVER,
            last=int(self.span[1]),
            seconds=seconds,
            heard=self.heard,
            careful=careful,
        )


class _Stored:
    """Stored rows of a replay whose rows may be late, for the engine to look back at."""

    def __init__(self) -> None:
        self._batches: list[tuple[int, Batch]] = []

    def add(self, batch: Batch, verdicts: Any) -> None:
        kept = verdicts < Verdict.DUPLICATE
        rows = Batch(*(column[kept] for column in batch))
        if len(rows.time):
            self._batches.append((int(rows.time.max()), rows))

    def window(self, handles: tuple[int, ...], since: int) -> Batch:
        """Stored rows of some sensors with time ≥ since, in log order."""
        found = []
        for newest, rows in self._batches:
            if newest >= since:
                hit = np.isin(rows.sensor, handles) & (rows.time >= since)
                found.append(Batch(*(column[hit] for column in rows)))
        return order.joined(found) if found else _NOTHING


_NOTHING = Batch(
    np.zeros(0, np.int32),
    np.zeros(0, np.int64),
    np.zeros(0),
    np.zeros(0, np.uint8),
    np.zeros(0, np.int64),
)


def with_options(
    rule_set: RuleSet,
    *,
    gate: SpikePolicy | None = None,
    on_delay_ms: int | None = None,
    off_delay_ms: int | None = None,
) -> RuleSet:
    """The rule set with the pack's gate policy and delays overridden where given."""
    gates = rule_set.gates
    if gate is not None:
        gates = {name: replace(one, spike=gate) for name, one in gates.items()}
    rules = tuple(_delayed(rule, on_delay_ms, off_delay_ms) for rule in rule_set.rules)
    return replace(rule_set, gates=gates, rules=rules)


def _delayed(rule: Rule, on_ms: int | None, off_ms: int | None) -> Rule:
    levels = tuple(
        replace(
            level,
            on_delay_ms=level.on_delay_ms if on_ms is None else on_ms,
            off_delay_ms=level.off_delay_ms if off_ms is None else off_ms,
        )
        for level in rule.levels
    )
    return replace(rule, levels=levels)
