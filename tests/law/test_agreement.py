"""The engine and the oracle agree on seeded streams of nasty readings, in all that they tell."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.rules import Gate, LevelRule
from anlan.terms.levels import RAISED_LEVELS
from tests.law.case import MINUTE, Case, level_case, limit, reading
from tests.law.streams import Chance, Taste, chance, level_plan, measure_plan, pick, stream
from tests.oracle_told import Row, Told

Plan = Callable[[Chance], Case]


def rounded(told: Told) -> tuple[object, ...]:
    """Means, rates and slopes may differ in the last bits."""
    return tuple(round(x, 7) if isinstance(x, float) else x for x in told)


def assert_agreement(case: Case, rows: Sequence[Row], ticks: str = "inline") -> None:
    """The same verdicts and the same set of changes with the same evidence."""
    by_oracle, verdicts = case.by_oracle(rows, ticks)
    by_engine, judged = case.by_engine(rows, ticks)
    assert judged == verdicts
    ours, theirs = Counter(map(rounded, by_oracle)), Counter(map(rounded, by_engine))
    assert sorted(map(str, theirs - ours)) == sorted(map(str, ours - theirs))


def unheld(rng: Chance) -> Case:
    """Measures without held readings; those have tests of their own below."""
    return measure_plan(rng, pick(rng, ["accept", "reject"]))


def agree(plan: Plan, seeds: range, count: int, taste: Taste, ticks: str = "inline") -> None:
    for seed in seeds:
        rng = chance(seed)
        case = plan(rng)
        try:
            assert_agreement(case, stream(rng, case, count, taste), ticks)
        except AssertionError as error:
            raise AssertionError(f"seed {seed} of {plan.__name__}, {count} readings") from error


@pytest.mark.parametrize("block", range(10))
def test_levels_and_delays_on_long_streams(block: int) -> None:
    agree(level_plan, range(block * 10, block * 10 + 10), 6_000, Taste())


@pytest.mark.parametrize("block", range(10))
def test_levels_and_delays_on_many_plans(block: int) -> None:
    agree(level_plan, range(1_000 + block * 80, 1_080 + block * 80), 200, Taste())


@pytest.mark.parametrize("block", range(10))
def test_measures_and_expressions_on_long_streams(block: int) -> None:
    agree(unheld, range(block * 5, block * 5 + 5), 4_000, Taste())


@pytest.mark.parametrize("block", range(10))
def test_measures_and_expressions_on_many_plans(block: int) -> None:
    agree(unheld, range(2_000 + block * 60, 2_060 + block * 60), 200, Taste())


def test_wild_streams() -> None:
    wild = Taste(jump=0.5, missing=0.2, bad=0.2, infinite=0.1, gap=0.3, repeat=0.3, spike=0.3)
    agree(level_plan, range(5_000, 5_100), 400, wild)
    agree(unheld, range(5_000, 5_050), 400, wild)


@pytest.mark.parametrize("block", range(4))
def test_late_readings(block: int) -> None:
    agree(level_plan, range(block * 60, block * 60 + 60), 200, Taste(late=0.03), "none")
    agree(unheld, range(block * 40, block * 40 + 40), 200, Taste(late=0.03), "none")


def test_late_readings_between_ticks() -> None:
    agree(level_plan, range(60), 200, Taste(late=0.03))


def test_held_readings_of_an_object_with_silence_and_timers() -> None:
    agree(measure_plan, range(200), 200, Taste())


def test_held_readings_and_measures_without_ticks() -> None:
    agree(measure_plan, range(200), 200, Taste(), "none")


def test_readings_by_reception() -> None:
    agree(level_plan, range(9_000, 9_060), 300, Taste(delay_ms=40_000))


@pytest.mark.soak
@pytest.mark.parametrize("block", range(5))
def test_soak_levels(block: int) -> None:
    agree(level_plan, range(100_000 + block * 50, 100_050 + block * 50), 10_000, Taste())


@pytest.mark.soak
@pytest.mark.parametrize("block", range(7))
def test_soak_measures(block: int) -> None:
    agree(unheld, range(200_000 + block * 50, 200_050 + block * 50), 5_000, Taste())


values = st.sampled_from([math.nan, 0.0, 3.75, 4.0, 4.75, 5.0, 5.25, 8.0, 9.0, 1e308, -1e308])
steps = st.sampled_from([0.25, 0.5, 1.0, 1.0, 1.0, 2.0, 3.0, 3.25, 10.0])
readings = st.lists(st.tuples(steps, values, st.sampled_from([0, 0, 0, 0, 1, 2])), max_size=30)
delays = st.sampled_from([0, 0, MINUTE, 3 * MINUTE])
level_rules = st.builds(
    LevelRule,
    level=st.sampled_from(RAISED_LEVELS),
    on_delay_ms=delays,
    off_delay_ms=delays,
    min_hold_ms=delays,
    mode=st.sampled_from(["evidence", "hold"]),
    k=st.just(1),
    n=st.sampled_from([1, 1, 3]),
)
gates = st.builds(
    Gate,
    low=st.sampled_from([-math.inf, 0.0]),
    high=st.sampled_from([math.inf, 8.5]),
    spike=st.sampled_from(["accept", "confirm", "reject"]),
    rate_per_h=st.sampled_from([60.0, 240.0]),
    flat_ms=st.sampled_from([None, 2 * MINUTE]),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    rules=st.lists(level_rules, max_size=4, unique_by=lambda rule: rule.level),
    gate=gates,
    found=readings,
    direction=st.sampled_from(["high", "low"]),
)
def test_small_worlds(
    rules: list[LevelRule], gate: Gate, found: list[tuple[float, float, int]], direction: str
) -> None:
    limits = [
        limit(level, value, direction=direction, deadband=deadband)
        for level, value, deadband in (("blue", 4, 0.25), ("yellow", 5, 1), ("red", 8, 0))
    ]
    rows, minute = [], 0.0
    for step, value, quality in found:
        minute += step
        rows.append(reading(minute, value, quality=quality))
    assert_agreement(level_case(*limits, gate=gate, rules=rules), rows)
