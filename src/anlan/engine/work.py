"""Rules at work: state over a plan, and the kernel run to its end."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from anlan.engine.changes import Changes, no_changes
from anlan.engine.kernel import gate, road
from anlan.engine.kernel import tables as tb
from anlan.engine.plan import Plan
from anlan.engine.promotion import LEVEL_KINDS, Promoter
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

Window = Callable[[tuple[int, ...], int], Batch]
"""Stored readings of some sensors with time ≥ since, in log order."""

NO_TICKS = np.zeros(0, np.int64)
ROOM = 4096  # changes written before they are fetched, beside what one reading may make


class Outcome(NamedTuple):
    """What came of a batch or tick: changes in log order, and a Verdict for each row."""

    changes: Changes
    verdicts: tb.Bytes


class Memory:
    """What late data needs to be remembered: what was said of levels, and the log's ticks."""

    def __init__(self, *, keeps: bool) -> None:
        self.keeps = keeps
        self.said: list[Changes] = []
        self.ticks: list[tb.Ints] = []
        self.newest_tick = NEVER

    def note(self, changes: Changes) -> None:
        if self.keeps and len(changes):
            self.said.append(changes[np.isin(changes["kind"], LEVEL_KINDS)])

    def note_ticks(self, ticks: tb.Ints) -> None:
        if not len(ticks):
            return
        self.newest_tick = max(self.newest_tick, int(ticks[-1]))
        if self.keeps:
            self.ticks.append(ticks)

    def gather(self) -> tuple[Changes, tb.Ints]:
        """All that was said, and all ticks in order."""
        # A rebuild asks for each object: what is one part already is not copied.
        said = self.said[0] if len(self.said) == 1 else np.concatenate([no_changes(), *self.said])
        ticks = self.ticks[0] if len(self.ticks) == 1 else np.concatenate([NO_TICKS, *self.ticks])
        if np.any(ticks[1:] <= ticks[:-1]):
            ticks = np.unique(ticks)
        self.said, self.ticks = [said], [ticks]
        return said, ticks

    def prune(self, before: int) -> None:
        """Forgets what can no longer be corrected; the last word before that stays."""
        said, ticks = self.gather()
        old = np.flatnonzero(said["at"] < before)
        last = {
            int(said["instance"][i]): i for i in old[np.argsort(said["at"][old], kind="stable")]
        }
        keep = said["at"] >= before
        keep[list(last.values())] = True
        self.said, self.ticks = [said[keep]], [ticks[ticks >= before]]


class Work:
    """State over one plan; the kernel's stops are taken here."""

    def __init__(self, plan: Plan, *, keeps: bool = False) -> None:
        self.memory = Memory(keeps=keeps)
        self.own_tick = NEVER
        self.take_up(plan)

    def take_up(self, plan: Plan) -> None:
        """Blank state for a plan."""
        self.plan = plan
        self.state = tb.blank_state(plan.tables)
        self.rings = tb.blank_rings(plan.tables, self.state)
        self.promoter = Promoter(plan)
        self._margin = 4 * plan.most_asks + 8
        self._room = ROOM + self._margin
        self._out = np.zeros(self._room, tb.CHANGE)
        self._cursor = np.zeros(1, tb.CURSOR)
        self.locate()

    def locate(self) -> None:
        """Notes where the tables lie, after one was made anew."""
        self._where = (
            tb.plan_addresses(self.plan.tables),
            tb.state_addresses(self.state, self.rings),
            tb.OutAddresses(int(self._out.ctypes.data), int(self._cursor.ctypes.data)),
        )

    def settle(self) -> None:
        """Computes all bands and timers anew, after state was put in from outside."""
        self.locate()
        gate.settle_all(*self._where[:2])

    def refresh(self, sensor: int) -> None:
        """The same for one sensor."""
        self.locate()
        gate.refresh(*self._where[:2], sensor)

    def levels(self) -> tb.Bytes:
        """(M,) the standing level of every rule instance."""
        bits = self.state.instance["standing"]
        return np.where(bits == 0, 0, np.floor(np.log2(np.maximum(bits, 1))) + 1).astype(np.uint8)

    def newest_of(self, sensor: int) -> int:
        """Time of the newest stored reading of a sensor."""
        newest, course = self.state.sensor["newest_t"], self.state.hot["course_t"]
        return int(max(newest[sensor], course[sensor]))

    def grow(self, sensor: int) -> None:
        """Doubles the room of a sensor's ring."""
        self.rings = tb.grow_ring(self.rings, self.state, sensor)
        self.locate()

    def run(self, batch: Batch, ticks: tb.Ints) -> Changes:
        """Readings in order of time with the ticks of a log between them; for re-evaluation."""
        return self.drive(batch, road.GIVEN_TICKS, ticks).changes

    def drive(self, batch: Batch, mode: int, ticks: tb.Ints) -> Outcome:
        """Runs the kernel to the end, draining its output, growing rings, taking late rows."""
        check_handles(batch, len(self.plan.sensors))
        verdicts = np.zeros(len(batch.sensor), np.uint8)
        self._cursor[0] = (0, 0, self._room, self.own_tick, -1, -1, 0)
        parts: list[Changes] = []
        status = self._step(batch, mode, ticks, verdicts)
        while status != road.DONE:
            if status == road.GROW:
                self.grow(int(self._cursor["grow"][0]))
            else:
                parts.append(self._drain())
            if status == road.STOPPED:
                row = int(self._cursor["row"][0])
                verdicts[row], corrected = self.take_late(batch, row, verdicts)
                parts.append(corrected)
                self._cursor["row"] = row + 1
            status = self._step(batch, mode, ticks, verdicts)
        parts.append(self._drain())
        self.own_tick = int(self._cursor["tick"][0])
        return Outcome(np.concatenate(parts) if len(parts) > 1 else parts[0], verdicts)

    def take_late(self, batch: Batch, row: int, verdicts: tb.Bytes) -> tuple[Verdict, Changes]:
        """A late row without a history to look at is stored only."""
        return Verdict.LATE, no_changes()

    def _step(self, batch: Batch, mode: int, ticks: tb.Ints, verdicts: tb.Bytes) -> int:
        limits = (self._margin, self.plan.skew_ms)
        return int(road.drive(*self._where, *batch, mode, ticks, limits, verdicts))

    def _drain(self) -> Changes:
        n = int(self._cursor["written"][0])
        if not n:
            return no_changes()
        self._cursor["written"] = 0
        changes = self._out[:n].copy()
        self.memory.note(changes)
        return changes


def check_handles(batch: Batch, sensors: int) -> None:
    """Raises ValueError when a handle is not one of the plan: the kernel does not look."""
    # a negative handle is a large one without its sign
    if len(batch.sensor) and batch.sensor.view(np.uint32).max() >= sensors:
        raise ValueError(f"a sensor handle is outside 0…{sensors - 1}")


def batch_of(batch: Batch) -> Batch:
    """The same columns in the one layout that the kernel is compiled for."""
    kinds = (np.int32, np.int64, np.float64, np.uint8, np.int64)
    return Batch(*(np.ascontiguousarray(c, k) for c, k in zip(batch, kinds, strict=True)))


def no_readings() -> Batch:
    """An empty batch."""
    return batch_of(Batch([], [], [], [], []))
