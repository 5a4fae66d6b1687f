"""Chapter 3 of the alarm semantics: the gate, clause by clause."""

import math

import pytest

from anlan.engine.rules import Gate
from tests.law.case import DAY, MINUTE, Case, every_minute, level_case, limit, reading, tick
from tests.law.conftest import Both

NAN = math.nan


def spiky(policy: str = "confirm", **more: object) -> Case:
    """1 unit a minute is plausible; blue at 5."""
    gate = Gate(spike=policy, rate_per_h=60, stale_ms=DAY, **more)  # type: ignore[arg-type]  # mixed fields
    return level_case(limit("blue", 5), gate=gate)


def test_3_1_infinite_values_are_refused(both: Both) -> None:
    rows = [reading(0, math.inf), reading(1, -math.inf), reading(1, 6)]
    seen = both(level_case(limit("blue", 5)), rows)
    assert seen.verdicts == ["not_finite", "not_finite", "applied"]
    assert seen.lines == ["1 raised blue"]


def test_3_2_the_clock_is_judged_after_finiteness_and_before_repeats(both: Both) -> None:
    rows = [
        reading(30, 6, received=30),
        reading(30, 6, received=1),
        reading(30, math.inf, received=1),
    ]
    assert both(level_case(), rows).verdicts == ["applied", "bad_time", "not_finite"]


def test_3_3_the_same_value_again_is_a_duplicate_another_a_conflict(both: Both) -> None:
    rows = [
        reading(0, 1),
        reading(0, 1),
        reading(0, 9),
        reading(1, NAN),
        reading(1, NAN),
        reading(1, 9),
        reading(2, 4),
    ]
    seen = both(level_case(limit("blue", 5)), rows)
    assert seen.verdicts[:3] == ["applied", "duplicate", "conflict"]
    assert seen.verdicts[3:] == ["unknown", "duplicate", "conflict", "applied"]
    assert seen.lines == []


def test_3_3_an_older_stored_reading_repeats_too(both: Both) -> None:
    rows = [*every_minute(1, 2, 3), reading(0, 1), reading(1, 9)]
    assert both(level_case(limit("blue", 5)), rows).verdicts[3:] == ["duplicate", "conflict"]


def test_3_3_a_refused_reading_may_come_again(both: Both) -> None:
    rows = [reading(0, math.inf), reading(0, 6)]
    assert both(level_case(limit("blue", 5)), rows).lines == ["0 raised blue"]


def test_3_4_older_than_the_newest_stored_is_late(both: Both) -> None:
    rows = [reading(5, NAN), reading(4, 1), reading(6, 1)]
    assert both(level_case(limit("blue", 5)), rows).verdicts == ["unknown", "late", "applied"]


def test_3_5_the_plausible_range_includes_its_bounds(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(low=0, high=9, stale_ms=DAY))
    seen = both(case, every_minute(9.25, -0.25, 9, 0))
    assert seen.verdicts == ["range", "range", "applied", "applied"]
    assert seen.lines == ["2 raised blue", "3 cleared blue"]


def test_3_6_the_first_reading_is_never_implausible(both: Both) -> None:
    assert both(spiky("reject"), [reading(0, 99)]).lines == ["0 raised blue"]


def test_3_6_exactly_the_plausible_rate_is_plausible(both: Both) -> None:
    assert both(spiky("reject"), every_minute(4, 5, 6.25, 7)).verdicts == [
        "applied",
        "applied",
        "dropped",
        "applied",
    ]


def test_3_6_accept_applies_all_the_same(both: Both) -> None:
    seen = both(spiky("accept"), every_minute(1, 9, 1))
    assert seen.lines == ["1 raised blue", "2 cleared blue"]


def test_3_6_reject_never_applies_and_the_course_stays(both: Both) -> None:
    seen = both(spiky("reject"), every_minute(1, 9, 9, 9, 1))
    assert seen.verdicts == ["applied", "dropped", "dropped", "dropped", "applied"]
    assert seen.lines == []


def test_3_6_a_rejecting_course_widens_with_time(both: Both) -> None:
    assert both(spiky("reject"), every_minute(1, 6, 6, 6, 6, 6)).lines == ["5 raised blue"]


def test_3_6_unknown_readings_do_not_move_the_course(both: Both) -> None:
    seen = both(spiky(), every_minute(1, NAN, NAN, 4, 5))
    assert seen.lines == ["4 raised blue"]
    assert "held" not in seen.verdicts


def test_3_6_confirm_holds(both: Both) -> None:
    seen = both(spiky(), every_minute(1, 9))
    assert seen.verdicts == ["applied", "held"]
    assert seen.lines == []


@pytest.mark.parametrize("then", [9.0, 9.25, 30.0])
def test_3_7_a_at_or_beyond_in_the_direction_of_the_jump_confirms(both: Both, then: float) -> None:
    seen = both(spiky(), every_minute(1, 9, then))
    assert seen.lines == ["2 raised blue"]
    assert (seen.told[0].first_at, seen.told[0].value) == (MINUTE, 9)
    assert seen.told[0].quality == "good"


def test_3_7_a_a_jump_down_is_mirrored(both: Both) -> None:
    gate = Gate(spike="confirm", rate_per_h=60, stale_ms=DAY)
    case = level_case(limit("blue", 5, direction="low"), gate=gate)
    assert both(case, every_minute(9, 1, 0)).lines == ["2 raised blue"]


def test_3_7_b_returning_to_the_course_drops_the_held_reading(both: Both) -> None:
    seen = both(spiky(), every_minute(1, 9, 2, 3))
    assert seen.lines == []
    assert seen.verdicts == ["applied", "held", "applied", "applied"]


def test_3_7_b_near_the_course_but_implausible_from_it_does_not_drop(both: Both) -> None:
    # 4 is nearer to 1 than to 9, but 3 away in 2 minutes: not (b); 5 from the held one: (d).
    seen = both(spiky(), every_minute(1, 9, 4))
    assert seen.lines == ["2 raised blue"]
    assert seen.told[0].quality == "uncertain"


def test_3_7_c_within_the_rate_of_the_held_reading_confirms(both: Both) -> None:
    seen = both(spiky(), every_minute(1, 9, 8))
    assert seen.lines == ["2 raised blue"]
    assert seen.told[0].quality == "good"


def test_3_7_c_halfway_is_not_nearer_to_the_course(both: Both) -> None:
    # 4 minutes on, 5 is plausible from 1 and as near to 9: not (b); 4 from 9 in 3 minutes: (d).
    rows = [reading(0, 1), reading(1, 9), reading(3, 5)]
    case = spiky(confirm_ms=10 * MINUTE)
    assert both(case, rows).lines == ["3 raised blue"]


def test_3_7_d_otherwise_it_is_applied_as_uncertain(both: Both) -> None:
    seen = both(spiky(), every_minute(1, 20, 12))
    assert seen.lines == ["2 raised blue"]
    assert (seen.told[0].quality, seen.told[0].value) == ("uncertain", 20)
    assert seen.verdicts == ["applied", "held", "held"]


def test_3_7_unknown_readings_decide_nothing(both: Both) -> None:
    rows = [
        reading(0, 1),
        reading(1, 9),
        reading(1.5, NAN),
        reading(2, 9, quality=2),
        reading(2.5, 1),
    ]
    assert both(spiky(), rows).lines == []


def test_3_8_a_sensor_that_jumps_and_falls_silent_raises(both: Both) -> None:
    rows = [reading(0, 1), reading(1, 9), tick(2), tick(2.99), tick(3), tick(4)]
    seen = both(spiky(), rows)
    assert seen.lines == ["3 raised blue"]
    assert (seen.told[0].first_at, seen.told[0].quality) == (MINUTE, "uncertain")


def test_3_8_confirm_of_the_gate_replaces_two_intervals(both: Both) -> None:
    rows = [reading(0, 1), reading(1, 9), tick(5.9), tick(6)]
    assert both(spiky(confirm_ms=5 * MINUTE), rows).lines == ["6 raised blue"]


def test_3_8_in_a_replay_the_tick_before_the_next_time_ends_the_wait(both: Both) -> None:
    rows = [reading(0, 1), reading(1, 9), reading(30, 1)]
    assert both(spiky(), rows).lines == ["30 raised blue", "30 cleared blue"]


def test_3_9_a_held_reading_becomes_the_course_and_the_next_passes_the_gate(both: Both) -> None:
    # 12 confirms 9 and is itself implausible from 9: held in turn, and confirmed by 12.
    seen = both(spiky(), every_minute(1, 9, 12, 12))
    assert seen.verdicts == ["applied", "held", "held", "applied"]
    assert seen.lines == ["2 raised blue"]


def test_3_9_a_held_reading_counts_with_its_own_time_in_delays(both: Both) -> None:
    from anlan.engine.rules import LevelRule
    from anlan.terms.levels import Level

    gate = Gate(spike="confirm", rate_per_h=60, stale_ms=DAY)
    rules = [LevelRule(level=Level.BLUE, on_delay_ms=2 * MINUTE)]
    case = level_case(limit("blue", 5), gate=gate, rules=rules)
    assert both(case, every_minute(1, 9, 9, 9)).lines == ["3 raised blue"]


def test_3_9_it_is_applied_under_the_limits_of_its_own_time(both: Both) -> None:
    gate = Gate(spike="confirm", rate_per_h=60, stale_ms=DAY)
    case = level_case(limit("blue", 5, valid_to=2 * MINUTE), gate=gate)
    assert both(case, every_minute(1, 9, 9)).lines == ["2 raised blue", "2 cleared blue"]


def test_3_10_a_flat_line_is_uncertain_until_it_moves(both: Both) -> None:
    gate = Gate(flat_ms=3 * MINUTE, flat_by=0.25, stale_ms=DAY)
    for minutes, quality in ((3, "good"), (4, "uncertain")):
        # `minutes` readings at about 6 without a limit, then one with it
        case = level_case(limit("blue", 5, valid_from=(minutes - 1) * MINUTE), gate=gate)
        seen = both(case, every_minute(*[6, 6.25, 6, 6.25][:minutes]))
        assert seen.lines == [f"{minutes - 1} raised blue"]
        assert seen.told[0].quality == quality
    case = level_case(limit("blue", 5, valid_from=4 * MINUTE), gate=gate)
    assert both(case, every_minute(6, 6, 6, 6, 7)).told[0].quality == "good"
