"""Chapters 1 and 2 of the alarm semantics, clause by clause; and that no clause lacks a test.

Every scenario goes through the oracle and the engine; `@5 raised blue` would be read
`5 raised blue`: at minute 5, blue was raised.
"""

import math
import re
from pathlib import Path

from anlan.engine.rules import Gate, LevelRule
from anlan.terms.levels import Level
from tests.law.case import DAY, HOUR, MINUTE, every_minute, level_case, limit, reading, rule_case
from tests.law.case import tick as at_tick
from tests.law.conftest import Both

NAN = math.nan
ROOT = Path(__file__).parents[2]
YEAR_2000 = 946_684_800_000 / MINUTE


def test_every_clause_has_a_test() -> None:
    text = (ROOT / "docs/reference/alarm-semantics.md").read_text(encoding="utf-8")
    clauses = re.findall(r"^(\d+\.\d+) ", text, re.MULTILINE)
    clauses += [f"3.7.{letter}" for letter in re.findall(r"^ \(([a-d])\) ", text, re.MULTILINE)]
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    named = {f"{a}.{b}" for a, b in re.findall(r"def test_(\d+)_(\d+)_", tests)}
    named |= {f"3.7.{letter}" for letter in re.findall(r"def test_3_7_([a-d])_", tests)}
    assert len(clauses) > 40
    assert set(clauses) - named == set()


# 1 Time


def test_1_1_delays_use_event_time_and_never_reception(both: Both) -> None:
    case = level_case(limit("blue", 5), rules=[LevelRule(level=Level.BLUE, on_delay_ms=2 * MINUTE)])
    rows = [
        reading(10, 6, received=10),
        reading(11, 6, received=19),
        reading(12, 6, received=19.5),
    ]
    assert both(case, rows).lines == ["12 raised blue"]


def test_1_2_a_replay_ticks_before_each_new_time(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(stale_ms=5 * MINUTE))
    rows = [reading(0, 6), reading(20, 6)]
    assert both(case, rows).lines == ["0 raised blue", "20 stale blue", "20 fresh blue"]


def test_1_2_without_ticks_in_the_log_nothing_falls_silent(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(stale_ms=5 * MINUTE))
    rows = [reading(0, 6), reading(20, 6), reading(21, 4)]
    assert both(case, rows, ticks="none").lines == ["0 raised blue", "21 cleared blue"]


def test_1_2_a_replay_ticks_at_received_where_given(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(stale_ms=5 * MINUTE))
    rows = [reading(0, 6, received=3), reading(1, 6, received=7)]
    assert both(case, rows).lines == ["0 raised blue", "7 stale blue", "1 fresh blue"]


def test_1_3_a_clock_ahead_of_reception_is_refused(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(skew_ms=10 * MINUTE, stale_ms=DAY))
    rows = [reading(30, 6, received=19), reading(29, 6, received=19), reading(90, 6)]
    seen = both(case, rows)
    assert seen.verdicts == ["bad_time", "applied", "applied"]
    assert seen.lines == ["29 raised blue"]


def test_1_3_a_clock_before_2000_is_refused_when_received_after(both: Both) -> None:
    case = level_case(limit("blue", 5))
    late = YEAR_2000 + 1
    rows = [reading(5, 6, received=late), reading(5, 6, received=6), reading(7, 6)]
    assert both(case, rows).verdicts == ["bad_time", "applied", "applied"]


def test_1_4_at_is_the_first_moment_it_could_be_known(both: Both) -> None:
    gate = Gate(spike="confirm", rate_per_h=60, stale_ms=DAY)
    seen = both(
        level_case(limit("blue", 5), gate=gate), [reading(0, 1), reading(1, 9), reading(2, 9)]
    )
    assert seen.lines == ["2 raised blue"]
    assert seen.told[0].first_at == MINUTE


def test_1_4_a_tick_that_makes_it_due_gives_its_time(both: Both) -> None:
    hold = LevelRule(level=Level.BLUE, on_delay_ms=2 * MINUTE, mode="hold")
    case = level_case(limit("blue", 5), rules=[hold])
    assert both(case, [reading(0, 6), at_tick(1), at_tick(2.5)]).lines == ["2.5 raised blue"]


# 2 Three values


def test_2_1_a_partial_sum_raises_but_its_comparison_is_never_false(both: Both) -> None:
    rain = Gate(low=0, stale_ms=DAY)
    case = rule_case(
        LevelRule(level=Level.BLUE, measure="sum(w, 10min)", threshold=5),
        LevelRule(level=Level.RED, measure="not sum(w, 10min) >= 5"),
        gate=rain,
    )
    assert both(case, every_minute(1, 1, 1, 1, 1)).lines == ["4 raised blue"]


def test_2_1_kleene_or_is_true_with_an_unknown_part(both: Both) -> None:
    case = rule_case(
        LevelRule(level=Level.BLUE, measure="w > 5 or r > 5"), sensors="a:w b:r", scope="object"
    )
    assert both(case, [reading(0, 6, "a"), reading(1, 4, "a")]).lines == ["0 raised blue"]


def test_2_1_kleene_and_is_false_with_an_unknown_part(both: Both) -> None:
    case = rule_case(
        LevelRule(level=Level.BLUE, measure="not (w > 5 and r > 5)"),
        sensors="a:w b:r",
        scope="object",
    )
    assert both(case, [reading(0, 6, "a"), reading(1, 4, "a")]).lines == ["1 raised blue"]


def test_2_2_unknown_neither_raises_nor_clears(both: Both) -> None:
    case = level_case(limit("blue", 5))
    assert both(case, every_minute(NAN, 6, NAN, NAN, 4)).lines == [
        "1 raised blue",
        "4 cleared blue",
    ]


def test_2_2_a_running_on_delay_is_kept_through_unknown(both: Both) -> None:
    case = level_case(limit("blue", 5), rules=[LevelRule(level=Level.BLUE, on_delay_ms=3 * MINUTE)])
    assert both(case, every_minute(6, NAN, NAN, 6)).lines == ["3 raised blue"]


def test_2_2_a_running_on_delay_starts_anew_after_max_gap(both: Both) -> None:
    case = level_case(limit("blue", 5), rules=[LevelRule(level=Level.BLUE, on_delay_ms=3 * MINUTE)])
    seen = both(case, every_minute(6, NAN, NAN, NAN, 6, 6, 6, 6))
    assert seen.lines == ["7 raised blue"]
    assert seen.told[0].first_at == 4 * MINUTE


def test_2_2_a_running_off_delay_is_kept_and_starts_anew_alike(both: Both) -> None:
    rules = [LevelRule(level=Level.BLUE, off_delay_ms=3 * MINUTE)]
    case = level_case(limit("blue", 5), rules=rules)
    assert both(case, every_minute(6, 4, NAN, NAN, 4)).lines == ["0 raised blue", "4 cleared blue"]
    longer = every_minute(6, 4, NAN, NAN, NAN, 4, 4, 4, 4)
    assert both(case, longer).lines == ["0 raised blue", "8 cleared blue"]


def test_2_2_max_gap_of_the_gate_replaces_three_intervals(both: Both) -> None:
    gate = Gate(max_gap_ms=HOUR, stale_ms=DAY)
    rules = [LevelRule(level=Level.BLUE, on_delay_ms=30 * MINUTE)]
    case = level_case(limit("blue", 5), gate=gate, rules=rules)
    assert both(case, [reading(0, 6), reading(60, 6)]).lines == ["60 raised blue"]
    assert both(case, [reading(0, 6), reading(60.1, 6)]).lines == []


def test_2_3_missing_bad_and_out_of_range_are_unknown(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(low=0, high=9, stale_ms=DAY))
    rows = [
        reading(0, NAN),
        reading(1, 6, quality=2),
        reading(2, 6, quality=3),
        reading(3, 9.5),
        reading(4, 9, quality=1),
        reading(5, 1, quality=2),
        reading(6, -1),
    ]
    seen = both(case, rows)
    assert seen.lines == ["4 raised blue"]
    assert seen.verdicts == [
        "unknown",
        "unknown",
        "unknown",
        "range",
        "applied",
        "unknown",
        "range",
    ]
    assert seen.told[0].quality == "uncertain"


def test_2_3_unknown_readings_are_not_fresh(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(high=9, stale_ms=5 * MINUTE))
    rows = every_minute(6, NAN, 99, NAN, NAN, 99, NAN, 6)
    assert both(case, rows).lines == ["0 raised blue", "6 stale blue", "7 fresh blue"]


def test_2_4_silence_never_clears(both: Both) -> None:
    case = level_case(limit("blue", 5), gate=Gate(stale_ms=5 * MINUTE))
    rows = [reading(0, 6), at_tick(10), at_tick(9999)]
    assert both(case, rows).lines == ["0 raised blue", "10 stale blue"]
