"""Chapters 8 to 12 of the alarm semantics: silence, groups, late data, the log, evidence."""

import math
from dataclasses import replace

import pytest

from anlan.engine.engine import Engine
from anlan.engine.rules import (
    Combination,
    Count,
    Gate,
    Group,
    LevelRule,
    Promotion,
    Rule,
    RuleSet,
)
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit, Sensor
from tests.law.case import (
    DAY,
    MINUTE,
    PATIENT,
    Case,
    Store,
    every_minute,
    level_case,
    limit,
    reading,
    rule_case,
    tick,
)
from tests.law.conftest import Both
from tests.oracle_told import Told

NAN = math.nan
BLUE, YELLOW, ORANGE, RED = Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED
QUICK = Gate(stale_ms=5 * MINUTE)

# 8 Silence


def test_8_1_stale_at_the_first_tick_later_than_stale_and_only_once(both: Both) -> None:
    rows = [reading(0, 6), tick(5), tick(5.1), tick(6), reading(8, 6), tick(13), tick(14)]
    assert both(level_case(limit("blue", 5), gate=QUICK), rows).lines == [
        "0 raised blue",
        "5.1 stale blue",
        "8 fresh blue",
        "14 stale blue",
    ]


def test_8_1_three_intervals_are_the_default(both: Both) -> None:
    rows = [reading(0, 1), tick(3), tick(3.1)]
    assert both(level_case(limit("blue", 5), gate=Gate()), rows).lines == ["3.1 stale none"]


def test_8_1_only_rules_with_a_limit_in_force_at_the_tick(both: Both) -> None:
    ended = level_case(limit("blue", 5, valid_to=5 * MINUTE), gate=QUICK)
    assert both(ended, [reading(0, 1), tick(6)]).lines == []
    begun = level_case(limit("blue", 5, valid_from=6 * MINUTE), gate=QUICK)
    assert both(begun, [reading(0, 1), tick(6)]).lines == ["6 stale none"]
    assert both(level_case(gate=QUICK), [reading(0, 1), tick(6)]).lines == []


def test_8_1_a_held_or_rejected_reading_is_heard_but_not_yet_fresh(both: Both) -> None:
    held = replace(QUICK, spike="confirm", rate_per_h=60.0, confirm_ms=DAY)
    rows = [reading(0, 1), reading(4, 99), tick(6), tick(9.1)]
    assert both(level_case(limit("blue", 5), gate=held), rows).lines == ["9.1 stale none"]
    rejected = replace(QUICK, spike="reject", rate_per_h=60.0)
    assert both(level_case(limit("blue", 5), gate=rejected), rows).lines == ["9.1 stale none"]


def test_8_1_a_sensor_never_heard_of_is_not_stale(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=QUICK)
    assert both(case, [tick(0), tick(99), reading(100, NAN), tick(200)]).lines == []


def test_8_1_fresh_comes_first_with_the_level_before(both: Both) -> None:
    rows = [reading(0, 6), tick(9), reading(10, 1)]
    assert both(level_case(limit("blue", 5), gate=QUICK), rows).lines == [
        "0 raised blue",
        "9 stale blue",
        "10 fresh blue",
        "10 cleared blue",
    ]


def test_8_2_a_rule_on_an_object_is_stale_while_any_input_is_silent(both: Both) -> None:
    case = rule_case(
        LevelRule(level=BLUE, measure="w + r", threshold=5),
        sensors="a:w b:r",
        scope="object",
        gate=QUICK,
    )
    rows = [reading(0, 1), reading(1, 1, "b"), tick(5.5), tick(7), reading(8, 1), tick(8.5)]
    rows += [reading(9, 1, "b")]
    assert both(case, rows).lines == ["5.5 stale none", "9 fresh none"]


# 5.5 the order at one moment


def test_5_5_at_a_tick_held_readings_then_timers_then_silence(both: Both) -> None:
    gate = Gate(spike="confirm", rate_per_h=60, max_gap_ms=DAY, stale_ms=4 * MINUTE)
    rules = [LevelRule(level=RED, on_delay_ms=3 * MINUTE, mode="hold")]
    case = level_case(limit("blue", 5), limit("red", 8), gate=gate, rules=rules)
    assert both(case, [reading(0, 1), reading(1, 9), tick(6)]).lines == [
        "6 raised blue",
        "6 risen red",
        "6 stale red",
    ]


# 6.5, 6.6, 7.5


def test_6_5_a_rule_on_an_object_is_evaluated_at_the_newest_time_that_asked(both: Both) -> None:
    case = rule_case(
        LevelRule(level=BLUE, measure="w >= 5 and r >= 5"), sensors="a:w b:r", scope="object"
    )
    rows = [reading(0, 1, "b"), reading(2, 9, "b"), reading(1, 9, "a")]
    assert both(case, rows, "none").lines == ["2 raised blue"]


def test_6_5_no_sensor_of_its_quantity_no_rule(both: Both) -> None:
    case = rule_case(LevelRule(level=BLUE, measure="r > 1"), sensors="b:r", scope="object")
    assert both(case, every_minute(9, 9, sensor="b")).lines == []


@pytest.mark.parametrize(
    "measure",
    [
        "abs(-w) >= 4 and abs(w - 5) <= 1",
        "sqrt(w) <= 2 and sqrt(w) >= 2",
        "ln(w / 4) <= 0 and w >= 4",
        "log10(w * 25) <= 2 and log10(w * 25) >= 1.999",
        "atan_deg(w / 4) >= 44.999 and atan_deg(w / 4) <= 45.001",
        "min2(w, 5) < 5 and max2(w, 3) > 3",
        "w ** 2 >= 16 and w ** 2 <= 16",
        "-w + 8 / 2 - w * 1 > -4.5 and not w < 4",
    ],
)
def test_6_6_the_language(measure: str) -> None:
    # by the engine alone: the oracle knows only what chapter 6 is about
    case = rule_case(LevelRule(level=BLUE, measure=f"w > 1 and w < 4.5 and ({measure})"))
    told, _ = case.by_engine(every_minute(9, 4))
    assert [(change.kind, change.at) for change in told] == [("raised", MINUTE)]


def test_7_5_a_quantity_may_name_its_pack(both: Both) -> None:
    for quantity, lines in (("p.w", ["0 raised blue"]), ("q.w", [])):
        case = level_case(limit("blue", 5))
        mine = replace(case, sensors=(Sensor(key="a", quantity=quantity, object="o"),))
        assert both(mine, [reading(0, 6)]).lines == lines


# 9 Promotion


def points(count: int, *promotions: Promotion, groups: tuple[Group, ...] = ()) -> Case:
    """Sensors s0, s1, … two to an object d0, d1, …; each has the four levels 1, 2, 3, 4."""
    sensors = tuple(Sensor(key=f"s{n}", quantity="w", object=f"d{n // 2}") for n in range(count))
    limits = tuple(
        Limit(sensor=sensor.key, level=level, value=float(level))
        for sensor in sensors
        for level in (BLUE, YELLOW, ORANGE, RED)
    )
    rule = Rule(key="p.w.level", quantity="w", levels=(), takes_limits=True)
    rule_set = RuleSet(pack="p", gates={"w": PATIENT}, rules=(rule,), promotions=promotions)
    return Case(sensors, limits, rule_set, groups)


def of_groups(told: list[Told]) -> list[str]:
    return [
        f"{t.at // MINUTE} {t.object} {t.kind} {(t.after or t.before).word}"
        for t in told
        if t.sensor is None
    ]


def test_9_1_the_highest_member(both: Both) -> None:
    case = points(2, Promotion(key="p.up", kind="object", highest=True))
    rows = [reading(0, 2, "s0"), reading(1, 3, "s1"), reading(2, 0, "s1"), reading(3, 0, "s0")]
    assert of_groups(both(case, rows).told) == [
        "0 d0 raised yellow",
        "1 d0 risen orange",
        "2 d0 fallen yellow",
        "3 d0 cleared yellow",
    ]


def test_9_1_counts_of_members_at_or_above_a_level(both: Both) -> None:
    counts = (Count(at_least=2, level=BLUE, to=YELLOW),)
    case = points(2, Promotion(key="p.up", kind="object", counts=counts))
    rows = [reading(0, 1, "s0"), reading(1, 3, "s1"), reading(2, 0, "s0")]
    assert of_groups(both(case, rows).told) == ["1 d0 raised yellow", "2 d0 cleared yellow"]


def test_9_1_stated_combinations(both: Both) -> None:
    both_rules = Combination(all_of=(("p.w.level", BLUE), ("p.w.fast", RED)), to=ORANGE)
    case = points(1, Promotion(key="p.up", kind="object", combinations=(both_rules,)))
    fast = Rule(key="p.w.fast", quantity="w", levels=(LevelRule(level=RED, threshold=2),))
    case = replace(case, rule_set=replace(case.rule_set, rules=(*case.rule_set.rules, fast)))
    rows = [reading(0, 1, "s0"), reading(1, 2, "s0"), reading(2, 1, "s0")]
    assert of_groups(both(case, rows).told) == ["1 d0 raised orange", "2 d0 cleared orange"]


def test_9_1_up_a_tree_of_any_depth(both: Both) -> None:
    groups = (
        Group(key="d0", parent="dam"),
        Group(key="d1", parent="dam"),
        Group(key="dam", kind="facility", parent="town"),
        Group(key="town", kind="township"),
    )
    up = [
        Promotion(
            key="p.object", kind="object", counts=(Count(at_least=2, level=BLUE, to=YELLOW),)
        ),
        Promotion(
            key="p.dam", kind="facility", counts=(Count(at_least=2, level=YELLOW, to=ORANGE),)
        ),
        Promotion(key="p.town", kind="township", highest=True),
    ]
    rows = [reading(n, 1, f"s{n}") for n in range(4)]
    assert of_groups(both(points(4, *up, groups=groups), rows).told) == [
        "1 d0 raised yellow",
        "3 d1 raised yellow",
        "3 dam raised orange",
        "3 town raised orange",
    ]


def test_9_1_a_group_without_a_promotion_stands_at_its_highest_member(both: Both) -> None:
    groups = (Group(key="d0", parent="dam"), Group(key="dam", kind="facility"))
    case = points(2, Promotion(key="p.dam", kind="facility", highest=True), groups=groups)
    assert of_groups(both(case, [reading(0, 3, "s1")]).told) == ["0 dam raised orange"]


def test_9_1_a_promotion_may_hear_some_rules_only(both: Both) -> None:
    case = points(2, Promotion(key="p.up", kind="object", highest=True, rules=("p.w.other",)))
    assert of_groups(both(case, [reading(0, 3, "s1")]).told) == []


def test_9_2_a_groups_change_has_no_sensor_and_the_time_of_its_cause(both: Both) -> None:
    case = points(1, Promotion(key="p.up", kind="object", highest=True))
    told = both(case, [reading(7, 2, "s0")]).told
    assert [(t.sensor, t.object, t.rule, t.at) for t in told] == [
        ("s0", "d0", "p.w.level", 7 * MINUTE),
        (None, "d0", "p.up", 7 * MINUTE),
    ]


# 10 Late data


def test_10_1_sensors_do_not_wait_for_each_other(both: Both) -> None:
    case = replace(
        level_case(limit("blue", 5), Limit(sensor="b", level=BLUE, value=5.0)),
        sensors=tuple(Sensor(key=key, quantity="w", object="o") for key in "ab"),
    )
    seen = both(case, [reading(100, 6, "b"), reading(1, 6, "a"), reading(2, 1, "a")])
    assert seen.verdicts == ["applied"] * 3
    assert seen.lines == ["100 raised blue", "1 raised blue", "2 cleared blue"]


def test_10_2_a_late_reading_that_changes_nothing_tells_nothing(both: Both) -> None:
    seen = both(level_case(limit("blue", 5)), [*every_minute(1, 2), reading(0.5, 1)])
    assert seen.verdicts[-1] == "late"
    assert seen.lines == []


def test_10_2_an_alarm_that_was_missed_is_told_with_its_end(both: Both) -> None:
    seen = both(level_case(limit("blue", 5)), [reading(0, 1), reading(9, 1), reading(5, 6)])
    assert seen.lines == ["5 corrected blue", "9 corrected none"]
    assert [(t.before, t.after) for t in seen.told] == [(Level.NONE, BLUE), (BLUE, Level.NONE)]


def test_10_2_an_alarm_that_should_have_ended_earlier(both: Both) -> None:
    seen = both(level_case(limit("blue", 5)), [reading(0, 6), reading(9, 6), reading(5, 1)])
    assert seen.lines == ["0 raised blue", "5 corrected none", "9 corrected blue"]


def test_10_2_the_state_goes_on_from_the_new_evaluation(both: Both) -> None:
    rules = [LevelRule(level=BLUE, on_delay_ms=10 * MINUTE)]
    gate = Gate(max_gap_ms=DAY, stale_ms=DAY)
    case = level_case(limit("blue", 5), gate=gate, rules=rules)
    rows = [reading(0, 1), reading(9, 6), reading(4, 6), reading(14, 6)]
    seen = both(case, rows)
    assert seen.lines == ["14 raised blue"]
    assert seen.told[0].first_at == 4 * MINUTE


def test_10_2_late_rain_is_in_the_windows(both: Both) -> None:
    case = rule_case(
        LevelRule(level=BLUE, measure="sum(w, 1h)", threshold=50), gate=Gate(low=0, stale_ms=DAY)
    )
    seen = both(case, [reading(0, 20), reading(50, 20), reading(30, 20), reading(59, 0)])
    assert seen.lines == ["50 corrected blue"]


def test_10_2_beyond_the_horizon_it_is_stored_only(both: Both) -> None:
    case = level_case(limit("blue", 5))
    week = 7 * 24 * 60
    rows = [reading(0, 1), reading(week + 1, 1)]
    beyond = both(case, [*rows, reading(0.9, 9)])
    assert beyond.verdicts[-1] == "late"
    assert beyond.lines == []
    just = both(case, [*rows, reading(1, 9)])
    assert just.lines == ["1 corrected blue", f"{week + 1} corrected none"]


def test_10_2_a_timer_that_ended_at_a_tick_stands(both: Both) -> None:
    rules = [LevelRule(level=BLUE, on_delay_ms=2 * MINUTE, mode="hold")]
    rows = [reading(0, 1), reading(10, 6), tick(12), reading(5, 1), tick(13)]
    assert both(level_case(limit("blue", 5), rules=rules), rows).lines == ["12 raised blue"]


def test_10_3_earlier_changes_stay_in_the_log(both: Both) -> None:
    rows = [reading(0, 1), reading(9, 6)]
    case = level_case(limit("blue", 5))
    before = both(case, rows).told
    after = both(case, [*rows, reading(5, 6)]).told
    assert after[: len(before)] == before
    assert [told.kind for told in after[len(before) :]] == ["corrected"]


# 11 is proven in test_determinism.py

# 12 Evidence


def test_12_1_every_change_carries_its_evidence() -> None:
    source = "Notice 7, table 2"
    case = level_case(
        limit("blue", 5, deadband=1, source=source),
        limit("red", 8, source="Notice 8"),
        rules=[LevelRule(level=BLUE, on_delay_ms=MINUTE)],
    )
    rule = replace(case.rule_set.rules[0], version="3", unit="m")
    case = replace(case, rule_set=replace(case.rule_set, rules=(rule,)))
    store, engine = Store(), Engine(case.plan())
    outcome = store.feed(engine, every_minute(5, 6, 9, 7, 3), "none")
    raised, risen, fallen, cleared = (c.evidence for c in engine.describe(outcome.changes))
    for evidence in (raised, risen, fallen, cleared):
        assert (evidence.rule_version, evidence.unit, evidence.quality) == ("3", "m", "good")
        assert "value" in evidence.formula
    assert (raised.limit, raised.limit_source, raised.value) == (5, source, 6)
    assert (raised.first_at, raised.n, raised.min, raised.max) == (0, 2, 5, 6)
    assert (risen.limit, risen.limit_source, risen.value) == (8, "Notice 8", 9)
    assert (fallen.limit, fallen.value, fallen.first_at) == (8, 7, 2 * MINUTE)
    assert (cleared.limit, cleared.value, cleared.first_at) == (5, 3, 0)
    assert (cleared.n, cleared.min, cleared.max) == (5, 3, 9)


def test_12_1_coverage_of_a_window_is_told() -> None:
    case = rule_case(LevelRule(level=BLUE, measure="mean(w, 5min)", threshold=5))
    store, engine = Store(), Engine(case.plan())
    outcome = store.feed(engine, every_minute(9, 9, 9, 9), "none")
    (raised,) = engine.describe(outcome.changes)
    assert raised.evidence.coverage == pytest.approx(0.8)


def test_12_1_first_at_with_k_of_n_is_the_first_true(both: Both) -> None:
    case = level_case(limit("blue", 5), rules=[LevelRule(level=BLUE, k=2, n=3)])
    told = both(case, every_minute(1, 6, 1, 6)).told
    assert (told[0].first_at, told[0].at) == (MINUTE, 3 * MINUTE)


def test_12_1_silence_tells_the_standing_level(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=QUICK)
    told = both(case, [reading(0, 6), reading(1, 7, quality=1), tick(9)]).told[-1]
    assert (told.kind, told.value, told.limit, told.first_at) == ("stale", None, 5, 0)
    assert (told.n, told.low, told.high, told.quality) == (2, 6, 7, "uncertain")
