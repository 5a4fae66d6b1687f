"""One plan under test, run through the oracle and through the engine."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anlan.engine.engine import Engine, Outcome
from anlan.engine.plan import Plan, compile_plan
from anlan.engine.rules import Gate, Group, LevelRule, Rule, RuleSet
from anlan.terms.changes import Change
from anlan.terms.levels import level_named
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import NEVER
from tests.oracle import Oracle
from tests.oracle_told import Row, Told

MINUTE = 60_000
HOUR = 3_600_000
DAY = 24 * HOUR
ALL = 10**9


@dataclass(frozen=True)
class Case:
    """What a plan is made of."""

    sensors: tuple[Sensor, ...]
    limits: tuple[Limit, ...]
    rule_set: RuleSet
    groups: tuple[Group, ...] = ()

    def plan(self) -> Plan:
        return compile_plan(self.sensors, self.limits, [self.rule_set], self.groups)

    def by_oracle(self, rows: Sequence[Row], ticks: str = "inline") -> tuple[list[Told], list[str]]:
        oracle = Oracle(self.sensors, self.limits, self.rule_set, self.groups)
        return oracle.tell(rows, ticks), oracle.verdicts

    def by_engine(
        self,
        rows: Sequence[Row],
        ticks: str = "inline",
        *,
        size: int = ALL,
        restarts: Collection[int] = (),
    ) -> tuple[list[Told], list[str]]:
        """Batches of `size`; before the parts whose number is in `restarts` a new engine
        goes on from a snapshot."""
        store = Store()
        plan = self.plan()
        engine = Engine(plan, window=store.window)
        told: list[Told] = []
        verdicts: list[str] = []
        for number, part in enumerate(parts(rows, size)):
            if number in restarts:
                blob = engine.snapshot()
                engine = Engine(self.plan(), window=store.window)
                engine.restore(blob)
            outcome = store.feed(engine, part, ticks)
            told += [as_told(change) for change in engine.describe(outcome.changes)]
            verdicts += [Verdict(verdict).code for verdict in outcome.verdicts]
        return told, verdicts


@dataclass
class Store:
    """The stored readings, as history would keep them."""

    rows: list[tuple[int, int, float, int, int]] = field(default_factory=list)

    def feed(self, engine: Engine, part: list[Row], ticks: str) -> Outcome:
        """One batch or one tick."""
        if len(part[0]) == 2:
            return engine.tick(part[0][1])
        handle = engine.plan.handle
        rows = [(handle[row[0]], *row[1:]) for row in part if len(row) == 5]
        outcome = engine.apply(as_batch(rows), inline_ticks=ticks == "inline")
        self.rows += [
            row
            for row, verdict in zip(rows, outcome.verdicts, strict=True)
            if not Verdict(verdict).is_refused
        ]
        return outcome

    def window(self, handles: tuple[int, ...], since: int) -> Batch:
        return as_batch([row for row in self.rows if row[0] in handles and row[1] >= since])


def parts(rows: Sequence[Row], size: int) -> Iterator[list[Row]]:
    """Batches of at most `size` readings; a tick stands alone."""
    batch: list[Row] = []
    for row in rows:
        if batch and (len(row) == 2 or len(batch) == size):
            yield batch
            batch = []
        if len(row) == 2:
            yield [row]
        else:
            batch.append(row)
    if batch:
        yield batch


def as_batch(rows: Sequence[tuple[int, int, float, int, int]]) -> Batch:
    sensor, time, value, quality, received = zip(*rows, strict=True) if rows else ((),) * 5
    return Batch(
        np.array(sensor, np.int32),
        np.array(time, np.int64),
        np.array(value, np.float64),
        np.array(quality, np.uint8),
        np.array(received, np.int64),
    )


def as_told(change: Change) -> Told:
    """An engine's change in the oracle's words."""
    e = change.evidence
    return Told(
        change.sensor,
        change.object,
        change.rule,
        change.kind.word,
        change.before,
        change.after,
        change.at,
        e.first_at,
        e.value,
        e.limit,
        e.n,
        e.min,
        e.max,
        e.quality,
    )


PATIENT = Gate(stale_ms=30 * DAY)
"""A gate that lets everything pass and never tells silence."""


def level_case(*limits: Limit, gate: Gate = PATIENT, rules: Sequence[LevelRule] = ()) -> Case:
    """One sensor `a` of quantity `w` at object `o`, with the graded rule on its limits."""
    rule = Rule(key="p.w.level", quantity="w", levels=tuple(rules), takes_limits=True)
    rule_set = RuleSet(pack="p", gates={"w": gate}, rules=(rule,))
    return Case((Sensor(key="a", quantity="w", object="o"),), limits, rule_set)


def rule_case(*levels: LevelRule, sensors: str = "a:w", gate: Gate = PATIENT, **rule: Any) -> Case:
    """Rule `p.w.x` on quantity `w` of object `o`; sensors as `a:w b:r`, each quantity gated."""
    found = [word.split(":") for word in sensors.split()]
    made = tuple(Sensor(key=key, quantity=quantity, object="o") for key, quantity in found)
    one = Rule(key="p.w.x", quantity="w", levels=levels, **rule)
    gates = {quantity: gate for _, quantity in found}
    return Case(made, (), RuleSet(pack="p", gates=gates, rules=(one,)))


def limit(level: str, value: float, **more: Any) -> Limit:
    """A limit of sensor `a`."""
    return Limit(sensor="a", level=level_named(level), value=value, **more)


def reading(
    minute: float, value: float, sensor: str = "a", quality: int = 0, received: float | None = None
) -> Row:
    """A reading at a minute since 1970."""
    clock = NEVER if received is None else round(received * MINUTE)
    return (sensor, round(minute * MINUTE), value, quality, clock)


def tick(minute: float) -> Row:
    return ("tick", round(minute * MINUTE))


def every_minute(*values: float, sensor: str = "a", start: int = 0) -> list[Row]:
    """Good readings a minute apart, from minute `start`."""
    return [reading(start + i, value, sensor) for i, value in enumerate(values)]
