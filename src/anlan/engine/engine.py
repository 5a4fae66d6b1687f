"""The engine's door: readings and ticks in, changes out, state as bytes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from anlan.engine import kernel, snapshot
from anlan.engine import tables as tb
from anlan.engine.adopt import Policy, adopt
from anlan.engine.changes import Changes, collect, describe, no_changes
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
        self.state = tb.blank_state(len(plan.sensors), len(plan.instances))
        self.state.hot[:, tb.CALM_RATE] = calm_rates(plan)
        self.state.hot[:, tb.FLAT_MS] = flat_spans(plan)
        self.rings = tb.blank_rings(plan.keep_ms, plan.tables.sensor_i[:, tb.INTERVAL_MS])
        self.promoter = Promoter(plan)
        self._margin = 4 * plan.most_asks + 8
        self._room = 4096 + 4 * self._margin
        self._whole = np.zeros((self._room, 11), np.int64)
        self._real = np.zeros((self._room, 4))

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
        bits = self.state.standing
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
        out = tb.OutTables(
            self._whole,
            self._real,
            np.zeros(len(batch.sensor), np.uint8),
            np.array([0, 0, self.own_tick, -1, -1, 0], np.int64),
        )
        parts: list[Changes] = []
        status = self._step(batch, mode, ticks, out)
        while status != kernel.DONE:
            row = int(out.cursor[tb.C_ROW])
            if status == kernel.GROW:
                self.rings = tb.grow_ring(self.rings, int(out.cursor[tb.C_GROW]))
            elif status == kernel.STOPPED:
                parts.append(self._drain(out))
                verdict, corrected = self.late.take(self, batch, row, out.verdict)
                out.verdict[row] = verdict
                parts.append(corrected)
                out.cursor[tb.C_ROW] = row + 1
            else:
                parts.append(self._drain(out))
            status = self._step(batch, mode, ticks, out)
        parts.append(self._drain(out))
        self.own_tick = int(out.cursor[tb.C_TICK])
        return Outcome(np.concatenate(parts) if len(parts) > 1 else parts[0], out.verdict)

    def _step(self, batch: Batch, mode: int, ticks: tb.Ints, out: tb.OutTables) -> int:
        status = kernel.drive(
            self.plan.tables, self.state, self.rings, *batch, mode, ticks, self._margin, out
        )
        return int(status)

    def _drain(self, out: tb.OutTables) -> Changes:
        n = int(out.cursor[tb.C_OUT])
        out.cursor[tb.C_OUT] = 0
        changes = collect(out.whole[:n], out.real[:n]) if n else no_changes()
        self.late.note(changes)
        return changes


def no_readings() -> Batch:
    """An empty batch."""
    whole = np.zeros(0, np.int64)
    return Batch(np.zeros(0, np.int32), whole, np.zeros(0), np.zeros(0, np.uint8), whole)


def calm_rates(plan: Plan) -> tb.Floats:
    """(N,) a change per ms that is surely plausible, a hair below the exact rate."""
    accepts = plan.tables.sensor_i[:, tb.POLICY] == tb.ACCEPT
    rate = plan.tables.sensor_f[:, tb.RATE_H] / kernel.HOUR_MS * (1 - 1e-9)
    return np.where(accepts, np.inf, rate)


def flat_spans(plan: Plan) -> tb.Floats:
    """(N,) the flat-line span of each sensor, ms; 0 where it is not watched."""
    gates = {name: gate for r in reversed(plan.rule_sets) for name, gate in r.gates.items()}
    spans = [gates[s.quantity].flat_ms if s.quantity in gates else None for s in plan.sensors]
    return np.array([span or 0 for span in spans], float)
