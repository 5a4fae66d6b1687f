"""The engine's door: readings and ticks in, changes out, state as bytes."""

import numpy as np

from anlan.engine import snapshot
from anlan.engine.adopt import Policy, adopt, newest_at
from anlan.engine.changes import Changes, describe
from anlan.engine.kernel import road
from anlan.engine.kernel import tables as tb
from anlan.engine.late import Late
from anlan.engine.plan import Plan, compile_plan
from anlan.engine.work import (
    NO_TICKS,
    Outcome,
    Window,
    Work,
    batch_of,
    no_readings,
)
from anlan.terms.changes import Change
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.sensors import Sensor
from anlan.terms.times import NEVER

__all__ = ["Engine", "Outcome", "Window", "no_readings", "warm"]

REMEMBERED_PARTS = 10_000


class Engine(Work):
    """Rules at work over one plan.

    window: the stored readings for late data; without it late readings are stored only.
    """

    def __init__(self, plan: Plan, *, window: Window | None = None) -> None:
        super().__init__(plan, keeps=window is not None)
        self.late = Late(window)

    def apply(self, batch: Batch, *, inline_ticks: bool = False) -> Outcome:
        """Readings in log order; with inline ticks, one before each new time.

        Raises ValueError when a handle is not one of the plan.
        """
        batch = batch_of(batch)
        self.late.begin()
        if inline_ticks and self.memory.keeps:
            now = np.where(batch.received == NEVER, batch.time, batch.received)
            self.late.now = np.maximum(np.maximum.accumulate(now), self.memory.newest_tick)
            self.memory.note_ticks(np.unique(self.late.now))
        mode = road.OWN_TICKS if inline_ticks else road.NO_TICKS
        return self._promoted(self.drive(batch, mode, NO_TICKS))

    def tick(self, at: int) -> Outcome:
        """One tick of the log."""
        ticks = np.array([at], np.int64)
        self.memory.note_ticks(ticks)
        if len(self.memory.ticks) > REMEMBERED_PARTS:
            self.memory.prune(at - 2 * self.plan.horizon_ms)
        return self._promoted(self.drive(no_readings(), road.GIVEN_TICKS, ticks))

    def describe(self, changes: Changes) -> list[Change]:
        """The changes in words."""
        return list(describe(self.plan, self.promoter.outputs, changes))

    def adopt(self, plan: Plan, *, policy: Policy = "carry") -> list[Change]:
        """Goes on under another plan; what its levels say differently is told as corrected.

        policy, for the rules that changed: carry: they keep their state · reset: they start
        blank · rebuild: they are evaluated again over the last `horizon_ms` of stored readings.
        """
        return adopt(self, plan, policy, self.late)

    @property
    def newest_at(self) -> int:
        """The newest moment the log has shown; a rebuild reads `horizon_ms` back from it."""
        return newest_at(self)

    def snapshot(self) -> bytes:
        """The whole state as bytes, for the same plan."""
        return snapshot.pack(self)

    def restore(self, blob: bytes) -> None:
        """Takes a snapshot up again; Malformed when it is not one of this plan."""
        snapshot.unpack(self, blob)

    def take_late(self, batch: Batch, row: int, verdicts: tb.Bytes) -> tuple[Verdict, Changes]:
        """The verdict on a late row and the corrections that follow."""
        return self.late.take(self, batch, row, verdicts)

    def _promoted(self, outcome: Outcome) -> Outcome:
        return Outcome(self.promoter.follow(outcome.changes), outcome.verdicts)


def warm() -> None:
    """Compiles the kernels into Numba's cache by running one reading and one tick."""
    engine = Engine(compile_plan([Sensor(key="warm", quantity="none", object="warm")], [], []))
    engine.apply(batch_of(Batch([0], [0], [0.0], [0], [NEVER])), inline_ticks=True)
    engine.tick(1)
    engine.settle()
    engine.refresh(0)
