"""Chapters 4, 5 and 7 of the alarm semantics: levels, delays and limits, clause by clause."""

import math
from typing import Any

import pytest

from anlan.engine.rules import Gate, LevelRule, Season
from anlan.terms.levels import Level
from tests.law.case import (
    DAY,
    MINUTE,
    Case,
    every_minute,
    level_case,
    limit,
    reading,
    rule_case,
    tick,
)
from tests.law.conftest import Both

NAN = math.nan
BLUE, YELLOW, ORANGE, RED = Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED


def blue_from_5(**delays: Any) -> Case:
    """Blue at 5, deadband 1, with these delays."""
    return level_case(limit("blue", 5, deadband=1), rules=[LevelRule(level=BLUE, **delays)])


# 4 Levels


def test_4_1_each_level_has_its_own_condition_and_the_highest_is_reported(both: Both) -> None:
    case = rule_case(
        LevelRule(level=BLUE, measure="sum(w, 4min)", threshold=8),
        LevelRule(level=YELLOW, measure="sum(w, 2min)", threshold=6, on_delay_ms=MINUTE),
        LevelRule(level=RED, measure="value", threshold=9),
        gate=Gate(low=0, stale_ms=DAY),
    )
    # sums of 4: 2 4 6 8 11 14 …; of 2: 2 4 4 4 7 9 (yellow from 6, stands at 7) 0
    assert both(case, every_minute(2, 2, 2, 2, 5, 4, 3, 0, 0, 0)).lines == [
        "3 raised blue",
        "5 risen yellow",
        "7 fallen blue",
        "8 cleared blue",
    ]


def test_4_1_a_level_may_stand_without_those_below(both: Both) -> None:
    case = level_case(limit("blue", 5, valid_to=2 * MINUTE), limit("red", 8))
    assert both(case, every_minute(9, 9, 9, 1)).lines == ["0 raised red", "3 cleared red"]


def test_4_2_one_change_a_transition(both: Both) -> None:
    case = level_case(limit("blue", 2), limit("yellow", 4), limit("orange", 6), limit("red", 8))
    assert both(case, every_minute(7, 7, 9, 5, 3, 9, 1)).lines == [
        "0 raised orange",
        "2 risen red",
        "3 fallen yellow",
        "4 fallen blue",
        "5 risen red",
        "6 cleared red",
    ]


def test_4_3_high_is_entered_at_the_limit_and_left_below_limit_less_deadband(both: Both) -> None:
    assert both(blue_from_5(), every_minute(4.75, 5, 4, 3.75, 4.75)).lines == [
        "1 raised blue",
        "3 cleared blue",
    ]


def test_4_3_low_is_mirrored(both: Both) -> None:
    case = level_case(limit("blue", 5, direction="low", deadband=1))
    assert both(case, every_minute(5.25, 5, 6, 6.25, 5.25)).lines == [
        "1 raised blue",
        "3 cleared blue",
    ]


def test_4_3_between_the_two_a_standing_level_stays(both: Both) -> None:
    case = blue_from_5(off_delay_ms=2 * MINUTE)
    rows = every_minute(5, 3, 4.5, 3, 3, 3)
    assert both(case, rows).lines == ["0 raised blue", "5 cleared blue"]


def test_4_3_between_the_two_a_pending_level_starts_anew(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE)
    rows = every_minute(5, 5, 4.5, 5, 5, 5)
    assert both(case, rows).lines == ["5 raised blue"]


def test_4_4_a_boolean_measure_is_entered_when_true_and_left_when_false(both: Both) -> None:
    case = rule_case(LevelRule(level=BLUE, measure="w > 2 and w <= 5"))
    assert both(case, every_minute(2, 3, NAN, 5, 5.25, 2)).lines == [
        "1 raised blue",
        "4 cleared blue",
    ]


# 5 Delays


def test_5_1_no_on_delay_is_at_once(both: Both) -> None:
    assert both(blue_from_5(), [reading(0, 5)]).lines == ["0 raised blue"]


def test_5_1_stands_at_the_first_reading_at_or_after_the_delay(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE)
    rows = [reading(0, 5), reading(1.5, 6), reading(2.5, 7)]
    seen = both(case, rows)
    assert seen.lines == ["2.5 raised blue"]
    assert seen.told[0].first_at == 0
    assert both(case, [reading(0, 5), reading(2, 5)]).lines == ["2 raised blue"]


def test_5_1_anything_else_starts_it_anew(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE)
    assert both(case, every_minute(5, 5, 1, 5, 5, 5)).lines == ["5 raised blue"]


def test_5_1_evidence_mode_waits_for_a_reading(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE)
    assert both(case, [reading(0, 5), tick(1), tick(2), tick(3)]).lines == []


def test_5_2_hold_mode_stands_at_the_first_tick_at_or_after_the_delay(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE, mode="hold")
    seen = both(case, [reading(0, 5), tick(1.99), tick(2), tick(3)])
    assert seen.lines == ["2 raised blue"]
    assert (seen.told[0].first_at, seen.told[0].value) == (0, 5)


def test_5_2_hold_mode_trusts_a_reading_no_longer_than_max_gap(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE, mode="hold")
    assert both(case, [reading(0, 5), tick(3)]).lines == ["3 raised blue"]
    assert both(case, [reading(0, 5), tick(3.1), tick(4)]).lines == []


def test_5_2_hold_mode_stands_at_a_reading_too(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE, mode="hold")
    assert both(case, every_minute(5, 5, 5), ticks="none").lines == ["2 raised blue"]


def test_5_2_hold_mode_needs_the_last_evaluation_true(both: Both) -> None:
    case = blue_from_5(on_delay_ms=2 * MINUTE, mode="hold")
    assert both(case, [reading(0, 5), reading(1, 4.5), tick(2), tick(3)]).lines == []


def test_5_3_the_exit_must_hold_for_the_off_delay(both: Both) -> None:
    case = blue_from_5(off_delay_ms=2 * MINUTE)
    assert both(case, every_minute(5, 3, 3, 5, 3, 3, 3)).lines == [
        "0 raised blue",
        "6 cleared blue",
    ]


def test_5_3_off_delay_in_hold_mode_ends_at_a_tick(both: Both) -> None:
    case = blue_from_5(off_delay_ms=2 * MINUTE, mode="hold")
    rows = [reading(0, 5), reading(1, 3), tick(2), tick(3)]
    assert both(case, rows).lines == ["0 raised blue", "3 cleared blue"]
    assert both(blue_from_5(off_delay_ms=2 * MINUTE), rows).lines == ["0 raised blue"]


def test_5_3_min_hold_keeps_a_level_from_its_entry_on(both: Both) -> None:
    case = blue_from_5(min_hold_ms=3 * MINUTE)
    assert both(case, every_minute(5, 3, 3, 3)).lines == ["0 raised blue", "3 cleared blue"]
    held = blue_from_5(min_hold_ms=3 * MINUTE, on_delay_ms=MINUTE)
    assert both(held, every_minute(5, 5, 3, 3, 3)).lines == ["1 raised blue", "4 cleared blue"]


def test_5_3_min_hold_in_hold_mode_ends_at_a_tick(both: Both) -> None:
    case = blue_from_5(min_hold_ms=3 * MINUTE, mode="hold")
    rows = [reading(0, 5), reading(1, 3), tick(2), tick(3.5)]
    assert both(case, rows).lines == ["0 raised blue", "3.5 cleared blue"]


def test_5_4_entered_when_true_in_k_of_the_last_n(both: Both) -> None:
    case = blue_from_5(k=2, n=3)
    assert both(case, every_minute(5, 1, 1, 5, 1, 5, 1)).lines == [
        "5 raised blue",
        "6 cleared blue",
    ]


def test_5_4_unknown_evaluations_do_not_count_among_the_n(both: Both) -> None:
    case = blue_from_5(k=2, n=2)
    assert both(case, every_minute(5, NAN, NAN, 5)).lines == ["3 raised blue"]


def test_5_4_the_on_delay_runs_from_there(both: Both) -> None:
    case = blue_from_5(k=2, n=2, on_delay_ms=2 * MINUTE)
    assert both(case, every_minute(5, 5, 5, 5)).lines == ["3 raised blue"]


# 7 Limits are data


def test_7_1_in_force_from_its_first_moment_to_before_its_last(both: Both) -> None:
    case = level_case(limit("blue", 5, valid_from=2 * MINUTE, valid_to=4 * MINUTE))
    assert both(case, every_minute(6, 6, 6, 6, 6)).lines == ["2 raised blue", "4 cleared blue"]


def test_7_1_of_overlapping_limits_the_later_valid_from_holds(both: Both) -> None:
    long = limit("blue", 3)
    short = limit("blue", 7, valid_from=2 * MINUTE, valid_to=4 * MINUTE)
    expected = ["0 raised blue", "2 cleared blue", "4 raised blue"]
    for rows in ((long, short), (short, long)):
        assert both(level_case(*rows), every_minute(5, 5, 5, 5, 5)).lines == expected


def test_7_1_of_equal_valid_from_the_later_row_holds(both: Both) -> None:
    first, second = limit("blue", 3), limit("blue", 7)
    assert both(level_case(first, second), every_minute(5)).lines == []
    assert both(level_case(second, first), every_minute(5)).lines == ["0 raised blue"]


def test_7_1_in_a_gap_a_level_does_not_stand(both: Both) -> None:
    case = level_case(
        limit("blue", 5, valid_to=2 * MINUTE),
        limit("blue", 5, valid_from=3 * MINUTE),
        rules=[LevelRule(level=BLUE, off_delay_ms=DAY, min_hold_ms=DAY)],
    )
    assert both(case, every_minute(6, 6, 6, 6)).lines == [
        "0 raised blue",
        "2 cleared blue",
        "3 raised blue",
    ]


def test_7_1_event_time_decides_not_reception(both: Both) -> None:
    case = level_case(limit("blue", 5, valid_to=2 * MINUTE))
    assert both(case, [reading(1, 6, received=9)]).lines == ["1 raised blue"]


def test_7_2_a_changed_limit_is_applied_at_the_next_evaluated_reading(both: Both) -> None:
    case = level_case(limit("blue", 5), limit("blue", 7, valid_from=2 * MINUTE))
    rows = [reading(0, 6), tick(2), tick(3), reading(4, NAN), reading(5, 6)]
    assert both(case, rows).lines == ["0 raised blue", "5 cleared blue"]


def test_7_2_an_ended_limit_too(both: Both) -> None:
    case = level_case(limit("blue", 5, valid_to=2 * MINUTE))
    rows = [reading(0, 6), tick(2), tick(3), reading(4, NAN), reading(5, 6)]
    assert both(case, rows).lines == ["0 raised blue", "5 cleared blue"]


@pytest.mark.parametrize(
    ("first", "last", "lines"),
    [
        ((6, 1), (9, 30), []),
        ((1, 1), (1, 1), ["0 raised blue", "960 cleared blue"]),
        ((1, 1), (1, 2), ["0 raised blue"]),
        ((1, 2), (1, 2), ["960 raised blue"]),
        ((1, 3), (12, 31), []),
        ((12, 1), (1, 31), ["0 raised blue"]),
        ((1, 3), (1, 1), ["0 raised blue", "960 cleared blue"]),
    ],
)
def test_7_3_outside_its_season_a_level_has_no_limit(
    both: Both, first: tuple[int, int], last: tuple[int, int], lines: list[str]
) -> None:
    # 1970-01-01T00:00Z is 08:00 of that day at +08:00: January 2 begins at minute 960.
    rules = [LevelRule(level=BLUE, season=Season(first=first, last=last))]
    rows = [reading(0, 6), reading(959, 6), reading(960, 6)]
    assert both(level_case(limit("blue", 5), rules=rules), rows).lines == lines


def test_7_3_a_season_that_ends_clears(both: Both) -> None:
    season = Season(first=(12, 1), last=(1, 1))
    for case in (
        level_case(limit("blue", 5), rules=[LevelRule(level=BLUE, season=season)]),
        rule_case(LevelRule(level=BLUE, threshold=5, season=season)),
        rule_case(LevelRule(level=BLUE, measure="w >= 5", season=season)),
    ):
        rows = [reading(958, 6), reading(959, 6), reading(960, 6)]
        assert both(case, rows).lines == ["958 raised blue", "960 cleared blue"]


def test_7_4_limits_of_a_sensor_replace_the_packs_own(both: Both) -> None:
    rules = [LevelRule(level=BLUE, threshold=1), LevelRule(level=RED, threshold=2)]
    case = level_case(limit("blue", 5), rules=rules)
    assert both(case, every_minute(3, 6)).lines == ["1 raised blue"]


def test_7_4_without_own_limits_the_packs_thresholds_hold(both: Both) -> None:
    case = level_case(rules=[LevelRule(level=BLUE, threshold=1), LevelRule(level=RED)])
    assert both(case, every_minute(0, 3)).lines == ["1 raised blue"]


def test_7_4_a_level_that_the_pack_does_not_list_has_the_defaults(both: Both) -> None:
    rules = [LevelRule(level=BLUE, on_delay_ms=DAY)]
    assert both(level_case(limit("red", 5), rules=rules), every_minute(6)).lines == ["0 raised red"]


def test_7_4_a_sensor_with_neither_raises_nothing_by_that_rule(both: Both) -> None:
    assert both(level_case(), every_minute(99)).lines == []


def test_5_4_a_reading_that_is_not_true_never_enters_and_leaving_forgets(both: Both) -> None:
    case = blue_from_5(k=2, n=5)
    assert both(case, every_minute(5, 5, 1, 1, 5, 5)).lines == [
        "1 raised blue",
        "2 cleared blue",
        "5 raised blue",
    ]
