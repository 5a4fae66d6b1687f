"""The engine's door: readings and ticks in, changes out, state as bytes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from anlan.engine import kernel, snapshot
from anlan.engine import tables as tb
from anlan.engine.adopt import Policy, adopt
from anlan.engine.changes import Changes, describe
from anlan.engine.late import Late
from anlan.engine.plan import Plan
from anlan.engine.promotion import Promoter
from anlan.terms.changes import Change
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

Window = Callable[[tuple[int, ...], int], Batch]
"""Stored readings of some sensors with time ≥ since, in log order."""

NO_TICKS = np.zeros(0, np.int64)


class Outcome(NamedTuple):
    """What came of a batch or tick: changes in log order, and a Verdict for each row."""

    changes: Changes
    verdicts: tb.Bytes


class Engine:
    """Rules at work over one plan.

    window: the stored readings for late data; without it late readings are stored only.
    """

    def __init__(self, plan: Plan, *, window: Window | None = None) -> None:
        self.late = Late(window)
        self.own_tick = NEVER
        self.take_up(plan)

    def take_up(self, plan: Plan) -> None:
        """Blank state for a plan."""
        self.plan = plan
        self.state = tb.blank_state(plan.tables)
        self.rings = tb.blank_rings(plan.tables, self.state)
        self.promoter = Promoter(plan)
        self._margin = 4 * plan.most_asks + 8
        self._room = 4096 + 4 * self._margin
        self._out = np.zeros(self._room, tb.CHANGE)
        self._cursor = np.zeros(1, tb.CURSOR)
        self._locate()

    def settle(self) -> None:
        """Computes all bands and timers anew, after state was put in from outside."""
        self._locate()
        kernel.settle_all(*self._where[:2])

    def refresh(self, sensor: int) -> None:
        """The same for one sensor."""
        self._locate()
        kernel.refresh(*self._where[:2], sensor)

    def apply(self, batch: Batch, *, inline_ticks: bool = False) -> Outcome:
        """Readings in log order; with inline ticks, one before each new time."""
        mode = kernel.OWN_TICKS if inline_ticks else kernel.NO_TICKS
        self.late.begin(batch, has_ticks=inline_ticks)
        return self._promoted(self._drive(batch, mode, NO_TICKS))

    def tick(self, at: int) -> Outcome:
        """One tick of the log."""
        self.late.note_tick(at)
        return self._promoted(self._drive(no_readings(), kernel.GIVEN_TICKS, np.array([at])))

    def run(self, batch: Batch, ticks: tb.Ints) -> Outcome:
        """Readings in order of time with the ticks of a log between them; for re-evaluation."""
        return self._drive(batch, kernel.GIVEN_TICKS, ticks)

    def describe(self, changes: Changes) -> list[Change]:
        """The changes in words."""
        return list(describe(self.plan, self.promoter.outputs, changes))

    def levels(self) -> tb.Bytes:
        """(M,) the standing level of every rule instance."""
        bits = self.state.instance["standing"]
        return np.where(bits == 0, 0, np.floor(np.log2(np.maximum(bits, 1))) + 1).astype(np.uint8)

    def adopt(self, plan: Plan, *, policy: Policy = "carry") -> list[Change]:
        """Goes on under another plan; what its levels say differently is told as corrected.

        carry: rules of the same key keep their state · reset: rules start blank · rebuild:
        rules are evaluated again over the last `horizon_ms` of stored readings.
        """
        return adopt(self, plan, policy)

    def snapshot(self) -> bytes:
        """The whole state as bytes, for the same plan."""
        return snapshot.pack(self)

    def restore(self, blob: bytes) -> None:
        """Takes a snapshot up again; Malformed when it is not one of this plan."""
        snapshot.unpack(self, blob)

    def _promoted(self, outcome: Outcome) -> Outcome:
        return Outcome(self.promoter.follow(outcome.changes), outcome.verdicts)

    def _drive(self, batch: Batch, mode: int, ticks: tb.Ints) -> Outcome:
        """Runs the kernel to the end, draining its output, growing rings, taking late rows."""
        check_handles(batch, len(self.plan.sensors))
        verdicts = np.zeros(len(batch.sensor), np.uint8)
        self._cursor[0] = (0, 0, self._room, self.own_tick, -1, -1, 0)
        parts: list[Changes] = []
        status = self._step(batch, mode, ticks, verdicts)
        while status != kernel.DONE:
            if status == kernel.GROW:
                self.rings = tb.grow_ring(self.rings, self.state, int(self._cursor["grow"][0]))
                self._locate()
            elif status == kernel.STOPPED:
                parts.append(self._drain())
                parts.append(self._take_late(batch, verdicts))
            else:
                parts.append(self._drain())
            status = self._step(batch, mode, ticks, verdicts)
        parts.append(self._drain())
        self.own_tick = int(self._cursor["tick"][0])
        return Outcome(np.concatenate(parts) if len(parts) > 1 else parts[0], verdicts)

    def _take_late(self, batch: Batch, verdicts: tb.Bytes) -> Changes:
        row = int(self._cursor["row"][0])
        verdicts[row], corrected = self.late.take(self, batch, row, verdicts)
        self._locate()
        self._cursor["row"] = row + 1
        return corrected

    def _locate(self) -> None:
        """Notes where the tables lie, after one was made anew."""
        self._where = (
            tb.plan_addresses(self.plan.tables),
            tb.state_addresses(self.state, self.rings),
            tb.OutAddresses(int(self._out.ctypes.data), int(self._cursor.ctypes.data)),
        )

    def _step(self, batch: Batch, mode: int, ticks: tb.Ints, verdicts: tb.Bytes) -> int:
        limits = (self._margin, self.plan.skew_ms)
        return int(kernel.drive(*self._where, *batch, mode, ticks, limits, verdicts))

    def _drain(self) -> Changes:
        n = int(self._cursor["written"][0])
        self._cursor["written"] = 0
        changes = self._out[:n].copy()
        self.late.note(changes)
        return changes


def check_handles(batch: Batch, sensors: int) -> None:
    """Raises ValueError when a handle is not one of the plan: the kernel does not look."""
    if len(batch.sensor) and not 0 <= batch.sensor.min() <= batch.sensor.max() < sensors:
        raise ValueError(f"a sensor handle is outside 0…{sensors - 1}")


def no_readings() -> Batch:
    """An empty batch."""
    whole = np.zeros(0, np.int64)
    return Batch(np.zeros(0, np.int32), whole, np.zeros(0), np.zeros(0, np.uint8), whole)

