"""Chapter 6 of the alarm semantics: measures over time, clause by clause."""

import math
from typing import Any

import pytest

from anlan.engine.rules import Gate, LevelRule
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit
from tests.law.case import (
    DAY,
    MINUTE,
    PATIENT,
    Case,
    every_minute,
    level_case,
    reading,
    rule_case,
)
from tests.law.conftest import Both

NAN = math.nan
BLUE = Level.BLUE


def blue_when(measure: str, threshold: float | None = None, **more: Any) -> Case:
    """One sensor of `w`; blue by this measure; any coverage will do unless said."""
    gate = more.pop("gate", PATIENT)
    level = LevelRule(
        level=BLUE, measure=measure, threshold=threshold, **{"min_coverage": 0.0, **more}
    )
    return rule_case(level, gate=gate)


def of_object(measure: str, threshold: float | None, sensors: str, **more: Any) -> Case:
    """Blue on the object by this measure."""
    rule = {name: more.pop(name) for name in ("max_age_ms",) if name in more}
    level = LevelRule(level=BLUE, measure=measure, threshold=threshold, **more)
    return rule_case(level, sensors=sensors, scope="object", **rule)


@pytest.mark.parametrize(
    ("measure", "just"),
    [
        ("sum(w, 3min)", 9),
        ("mean(w, 3min)", 3),
        ("min(w, 3min)", 1),
        ("max(w, 3min)", 6),
        ("count(w, 3min)", 3),
        ("first(w, 3min)", 6),
        ("last(w, 3min)", 1),
    ],
)
def test_6_1_windows_reach_back_to_but_not_including_t_less_w(
    both: Both, measure: str, just: float
) -> None:
    # at minute 4 the window (1, 4] holds 6, 2, 1 and not 50 of minute 1
    rows = [reading(1, 50), reading(2, 6), reading(3, 2), reading(4, 1)]
    exact = f"{measure} >= {just} and {measure} <= {just} and w <= 1"
    assert both(blue_when(exact), rows).lines == ["4 raised blue"]


def test_6_1_unknown_readings_are_not_in_a_window(both: Both) -> None:
    rows = [reading(0, 5), reading(1, NAN), reading(2, 9, quality=2), reading(3, 1)]
    assert both(blue_when("count(w, 10min) >= 2 and sum(w, 10min) <= 6"), rows).lines == [
        "3 raised blue"
    ]


def test_6_2_below_min_coverage_a_window_is_unknown(both: Both) -> None:
    case = blue_when("mean(w, 5min)", 5, min_coverage=0.8)
    assert both(case, every_minute(9, 9, 9, 9)).lines == ["3 raised blue"]
    fewer = [reading(0, 9), reading(2, 9), reading(4, 9), reading(6, 9)]
    assert both(case, fewer).lines == []


def test_6_2_unknown_coverage_does_not_clear(both: Both) -> None:
    case = blue_when("mean(w, 5min)", 5, min_coverage=0.8)
    rows = [*every_minute(9, 9, 9, 9), *(reading(minute, 0) for minute in (10, 12, 13))]
    assert both(case, rows).lines == ["3 raised blue"]
    assert both(case, [*rows, reading(14, 0)]).lines == ["3 raised blue", "14 cleared blue"]


def test_6_2_a_partial_sum_that_cannot_be_negative_raises_and_never_clears(both: Both) -> None:
    rain = Gate(low=0, stale_ms=DAY, max_gap_ms=DAY)
    case = blue_when("sum(w, 5min)", 5, min_coverage=0.8, gate=rain)
    rows = [reading(0, 3), reading(2, 3), reading(9, 1), reading(10, 0)]
    assert both(case, rows).lines == ["2 raised blue"]
    full = [*rows, *every_minute(0, 0, 0, start=11)]
    assert both(case, full).lines == ["2 raised blue", "12 cleared blue"]


def test_6_2_a_sum_that_may_be_negative_waits_for_coverage(both: Both) -> None:
    case = blue_when("sum(w, 5min)", 5, min_coverage=0.8)
    assert both(case, [reading(0, 3), reading(2, 3)]).lines == []


def test_6_2_lower_bound_can_be_switched_off(both: Both) -> None:
    rain = Gate(low=0, stale_ms=DAY)
    case = blue_when("sum(w, 5min)", 5, min_coverage=0.8, lower_bound=False, gate=rain)
    assert both(case, [reading(0, 3), reading(2, 3)]).lines == []


def test_6_3_rate_is_per_hour_between_newest_and_oldest_in_the_window(both: Both) -> None:
    # (0, 10]: 1 at minute 2 to 3 at minute 10 is 15 per hour; 50 at minute 0 is outside
    rows = [reading(0, 50), reading(2, 1), reading(4, 9), reading(10, 3)]
    case = blue_when("rate(w, 10min) >= 15 and rate(w, 10min) <= 15 and w <= 3")
    assert both(case, rows).lines == ["10 raised blue"]


def test_6_3_rate_is_unknown_when_the_span_is_less_than_half(both: Both) -> None:
    case = blue_when("rate(w, 10min)", 1)
    assert both(case, [reading(0, 1), reading(4.9, 9)]).lines == []
    assert both(case, [reading(0, 1), reading(5, 9)]).lines == ["5 raised blue"]


def test_6_3_slope_is_per_hour_by_least_squares(both: Both) -> None:
    # 0, 2, 2, 4 at minutes 0, 2, 4, 6: 0.6 a minute, 36 per hour
    rows = [reading(0, 0), reading(2, 2), reading(4, 2), reading(6, 4)]
    case = blue_when("slope(w, 10min) >= 35.999 and slope(w, 10min) <= 36.001")
    assert both(case, rows).lines == ["6 raised blue"]


def test_6_3_slope_needs_three_readings_and_half_the_span(both: Both) -> None:
    case = blue_when("slope(w, 10min)", 1)
    assert both(case, [reading(0, 0), reading(6, 9)]).lines == []
    assert both(case, [reading(0, 0), reading(2, 3), reading(4, 9)]).lines == []
    assert both(case, [reading(0, 0), reading(2.5, 5), reading(5, 10)]).lines == ["5 raised blue"]


def test_6_4_expressions_join_quantities_of_one_object(both: Both) -> None:
    case = of_object("w - r", 5, "a:w b:r")
    rows = [reading(0, 9, "a"), reading(1, 6, "b"), reading(2, 3, "b"), reading(3, 7, "a")]
    assert both(case, rows).lines == ["2 raised blue", "3 cleared blue"]


def test_6_4_an_input_older_than_max_age_is_unknown(both: Both) -> None:
    rows = [reading(0, 9, "b"), reading(3, 9, "a"), reading(3.5, 9, "b"), reading(8, 0, "a")]
    assert both(of_object("w >= 5 and r >= 5", None, "a:w b:r"), rows).lines == [
        "3 raised blue",
        "8 cleared blue",
    ]
    case = of_object("w >= 5 and r >= 5", None, "a:w b:r", max_age_ms=2 * MINUTE)
    assert both(case, rows).lines == ["3.5 raised blue", "8 cleared blue"]


def test_6_4_of_several_sensors_the_highest_counts(both: Both) -> None:
    case = of_object("w", 5, "a:w b:w")
    rows = [reading(0, 1, "a"), reading(0, 6, "b"), reading(1, 2, "a"), reading(2, 4, "b")]
    assert both(case, rows).lines == ["0 raised blue", "2 cleared blue"]


def test_6_4_or_the_lowest_where_the_direction_is_low(both: Both) -> None:
    case = of_object("w", 5, "a:w b:w", direction="low")
    rows = [reading(0, 9, "a"), reading(0, 4, "b"), reading(1, 8, "a"), reading(2, 6, "b")]
    assert both(case, rows).lines == ["0 raised blue", "2 cleared blue"]


def test_6_4_an_unknown_sensor_among_several_raises_but_never_clears(both: Both) -> None:
    case = of_object("w", 5, "a:w b:w")
    rows = [reading(0, 6, "a"), reading(0, 1, "b"), reading(1, NAN, "a"), reading(2, 1, "b")]
    assert both(case, rows).lines == ["0 raised blue"]
    assert both(case, [*rows, reading(3, 1, "a")]).lines == ["0 raised blue", "3 cleared blue"]


def test_6_4_sensors_of_other_objects_are_not_asked(both: Both) -> None:
    case = level_case(Limit(sensor="a", level=BLUE, value=5.0))
    assert both(case, [reading(0, 1)]).lines == []
