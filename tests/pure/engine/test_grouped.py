"""A large shuffled batch is grouped by sensor, and nothing but the time it takes changes."""

import numpy as np
import pytest

from anlan.engine import engine as door
from anlan.engine.engine import Engine
from anlan.engine.plan import Plan, compile_plan
from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.sensors import Sensor
from anlan.terms.times import NEVER

START = 1_780_000_000_000


def plan_of(sensors: int) -> Plan:
    levels = (LevelRule(level=Level.BLUE, threshold=5.0, deadband=1.0),)
    rule = Rule(key="p.v.level", quantity="v", levels=levels, takes_limits=True)
    rules = RuleSet(pack="p", gates={"v": Gate(interval_ms=1000)}, rules=(rule,))
    one = [Sensor(key=f"s{i}", quantity="v", object=f"o{i}") for i in range(sensors)]
    return compile_plan(one, [], [rules])


def test_grouping_by_sensor_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.Generator(np.random.Philox(5))
    plain, grouped = Engine(plan_of(50)), Engine(plan_of(50))
    for k in range(20):
        sensor = chance.integers(0, 50, 400).astype(np.int32)
        time = START + k * 60_000 + chance.integers(0, 40, 400) * 1000
        value = np.round(chance.uniform(0, 10, 400), 1)
        batch = Batch(sensor, time, value, np.zeros(400, np.uint8), np.full(400, NEVER))
        expected = plain.apply(batch)
        monkeypatch.setattr(door, "GROUPED_FROM", 0)
        outcome = grouped.apply(batch)
        monkeypatch.undo()
        assert outcome.changes.tolist() == expected.changes.tolist()
        assert outcome.verdicts.tolist() == expected.verdicts.tolist()
    assert plain.snapshot() == grouped.snapshot()
