"""Change lines made from columns equal those of the changes themselves, byte for byte."""

import random

import numpy as np
import pytest

from anlan.engine.engine import Engine
from anlan.engine.plan import compile_plan
from anlan.engine.rules import Count, Gate, LevelRule, Promotion, Rule, RuleSet
from anlan.live.replay.lines import change_lines, in_file_order
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.readings import Batch
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import NEVER

RULES = RuleSet(
    pack="p",
    gates={
        "level": Gate(low=0, high=100, spike="confirm", rate_per_h=60, interval_ms=60_000),
        "rain": Gate(low=0, interval_ms=60_000),
    },
    rules=(
        Rule(
            key="p.level.level",
            quantity="level",
            levels=tuple(LevelRule(level=level) for level in RAISED_LEVELS),
            takes_limits=True,
            unit="m",
        ),
        Rule(
            key="p.rain.sum",
            quantity="rain",
            levels=(
                LevelRule(
                    level=Level.BLUE, measure="sum(rain, 10min)", threshold=20, source='GB "28592"'
                ),
                LevelRule(level=Level.RED, measure="sum(rain, 10min) > 30 and rain > 2"),
            ),
            version="2 β",
        ),
    ),
    promotions=(
        Promotion(
            key="p.object",
            kind="object",
            counts=(Count(at_least=2, level=Level.BLUE, to=Level.ORANGE),),
        ),
    ),
)


@pytest.fixture
def engine() -> Engine:
    """Two objects of two gauges and a rain gauge each."""
    sensors = [
        Sensor(key=f"{o} [{i}] \"'\\", quantity="rain" if i == 2 else "level", object=o)
        for o in ("上游", "down")
        for i in range(3)
    ]
    limits = [
        Limit(sensor=s.key, level=level, value=10.0 * level, deadband=0.5, source="通知1号")
        for s in sensors
        if s.quantity == "level"
        for level in RAISED_LEVELS
    ]
    return Engine(compile_plan(sensors, limits, [RULES]))


def readings(count: int) -> Batch:
    """All six sensors every minute, with jumps, gaps, missing values and odd numbers."""
    chance = random.Random(5)
    rows = []
    for minute in range(count):
        for sensor in range(6):
            value = 20 + 18 * np.sin(minute / 20 + sensor) + chance.choice([0, 0, 0, 40, -40])
            if sensor % 3 == 2:
                value = chance.choice([0.0, 0.1, 1e-7, 3.0, 7.25])
            if chance.random() < 0.9 and not 60 < minute % 200 < 80:
                rows.append((sensor, minute * 60_000 + 1, chance.choice([value, value, np.nan])))
    handles, times, values = (np.array(column) for column in zip(*rows, strict=True))
    received = np.full(len(rows), NEVER, np.int64)
    quality = np.zeros(len(rows), np.uint8)
    return Batch(handles.astype(np.int32), times.astype(np.int64), values, quality, received)


def test_lines_are_those_of_the_changes(engine: Engine) -> None:
    changes = engine.apply(readings(900), inline_ticks=True).changes
    told = engine.describe(changes)
    assert {c.kind.word for c in told} >= {"raised", "risen", "fallen", "cleared", "stale", "fresh"}
    assert {c.rule for c in told} == {"p.level.level", "p.rain.sum", "p.object"}
    expected = "".join(f"{change.as_line()}\n" for change in told)
    assert b"".join(change_lines(engine, changes)).decode() == expected


def test_the_order_of_a_file_is_by_at_sensor_and_rule(engine: Engine) -> None:
    changes = engine.apply(readings(300), inline_ticks=True).changes
    keys = [change.order for change in engine.describe(in_file_order(engine, changes))]
    assert keys == sorted(keys)
    assert len(keys) == len(changes)


def test_no_change_is_no_line(engine: Engine) -> None:
    none = engine.apply(readings(1), inline_ticks=True).changes[:0]
    assert list(change_lines(engine, in_file_order(engine, none))) == []
