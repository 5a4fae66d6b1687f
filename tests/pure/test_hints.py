"""Hints say where a course leads, and no more than the readings bear."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet, Season
from anlan.live.hints.advice import (
    Advice,
    Course,
    Subject,
    advise,
    gate_of,
    known_of,
    limits_at,
)
from anlan.live.hints.wording import lines, span_words
from anlan.live.hints.words import words_of
from anlan.packs import load_pack
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import parse_time

ZH, EN = words_of("zh-hans"), words_of("en")
HOUR, MINUTE, DAY = 3_600_000, 60_000, 86_400_000
NOW = 1_785_000_000_000
SENSOR = Sensor(key="g", quantity="flood.water_level", object="reach", interval_ms=10 * MINUTE)


def limit(level: Level, value: float, **more: Any) -> Limit:
    return Limit(sensor="g", level=level, value=value, **more)


LIMITS = [limit(Level.YELLOW, 4.0), limit(Level.ORANGE, 4.5)]


def told(values: Any, limits: list[Limit] | None = None, step: int = 10 * MINUTE) -> Advice:
    """Advice on values every 10 minutes, the last of them now."""
    value = np.asarray(values, np.float64)
    time = NOW - step * np.arange(len(value) - 1, -1, -1, dtype=np.int64)

    def load(low: int, high: int) -> Course:
        inside = (time >= low) & (time < high) & ~np.isnan(value)
        return Course(time[inside], value[inside])

    subject = Subject(
        sensor=SENSOR,
        gate=Gate(interval_ms=step),
        limits=lambda at: LIMITS if limits is None else limits,
        shown_ms=200 * step,
        windows=(2 * HOUR, 40 * MINUTE),
    )
    found = advise(load, subject, now=NOW)
    assert found is not None
    return found


def test_a_rise_is_told_with_the_time_left() -> None:
    # 0.2 m/h, 0.43 m below orange at the newest: 2 h 10 min, within 4 × 2 h.
    found = told(4.5 - 0.2 * 130 / 60 + 0.2 / 6 * np.arange(-12, 1))
    assert found.limit is not None
    assert found.limit.level is Level.ORANGE
    first, basis, *_ = lines(found, "m", ZH)
    assert first == "按近 2 小时的走势，约 2 小时 10 分钟后达到橙色 4.50\u2009m。"
    assert "斜率 +0.2 ± 0 m/h" in basis
    assert "12 个入库测值" in basis
    assert lines(found, "m", EN)[0].endswith("it reaches orange 4.50\u2009m in about 2 h 10 min.")


@pytest.mark.parametrize("short", [1e-5, 0.0])
def test_no_time_left_is_told_as_now(short: float) -> None:
    # The line stands at the limit, or is there in a fraction of a second; the newest is just below.
    found = told([*(4.5 - short + 0.2 / 6 * np.arange(-12, 0)), 4.5 - 1e-5])
    first = lines(found, "m", ZH)[0]
    assert first == "按近 2 小时的走势，马上达到橙色 4.50\u2009m。"
    assert lines(found, "m", EN)[0].endswith("it reaches orange 4.50\u2009m now.")


def test_a_slope_is_told_in_the_places_that_its_error_bears() -> None:
    noise = told(4.2 + np.random.Generator(np.random.Philox(2)).normal(0, 0.05, 13))
    basis = lines(noise, "m", EN)[1]
    slope, error = re.findall(r"slope [+−](\S+) ± (\S+) m/h", basis)[0]
    assert len(slope.partition(".")[2]) == len(error.partition(".")[2])


def test_a_fall_and_noise_head_for_nothing() -> None:
    falling = told(4.4 - 0.02 * np.arange(13))
    noise = told(4.2 + np.random.Generator(np.random.Philox(2)).normal(0, 0.05, 13))
    for found in (falling, noise):
        assert found.arrives_in_ms is None
        assert "不朝橙色 4.50" in lines(found, "m", ZH)[0]
        assert "not heading for orange" in lines(found, "m", EN)[0]


def test_a_rise_that_begins_is_heard_by_the_shorter_line() -> None:
    # Flat, then 0.3 m in each of the last three steps of 10 min: 1.8 m/h, 0.1 m to orange.
    found = told([3.5] * 10 + [3.8, 4.1, 4.4])
    assert found.window_ms == 40 * MINUTE
    assert found.arrives_in_ms == pytest.approx(0.1 / 1.8 * HOUR, rel=1e-6)
    assert lines(found, "m", ZH)[0].startswith("按近 40 分钟的走势，约 3 分钟 20 秒后达到橙色")


def test_a_straight_line_is_not_believed_for_ever() -> None:
    found = told(3.0 + 0.005 * np.arange(13))  # 0.03 m/h, a day and more to yellow
    assert found.arrives_in_ms is None
    assert lines(found, "m", ZH)[0] == "按近 2 小时的走势，要 8 小时以上才会达到黄色 4.00\u2009m。"


def test_what_is_reached_and_what_has_no_limit_is_said() -> None:
    assert lines(told(np.full(13, 5.0)), "m", EN)[0] == "It is at or beyond its highest limit."
    assert "nothing to forecast" in lines(told(np.full(13, 5.0), []), "m", EN)[0]
    assert "Too few known readings" in lines(told([4.1, 4.2]), "m", EN)[0]


def test_a_low_limit_is_headed_for_from_above() -> None:
    low = [limit(Level.RED, 1.0, direction="low"), limit(Level.RED, 9.0)]
    found = told(2.0 - 0.05 * np.arange(13), low)
    assert found.limit is not None
    assert found.limit.value == 1.0
    assert found.arrives_in_ms == pytest.approx((2.0 - 12 * 0.05 - 1.0) / 0.3 * HOUR, rel=1e-6)


def test_the_time_of_day_is_compared_when_there_are_days_enough() -> None:
    course = 3 + np.sin(np.arange(8 * 144 + 1) / 144 * 2 * np.pi)
    course += np.random.Generator(np.random.Philox(4)).normal(0, 0.02, len(course)).round(2)
    few = told(course[-200:])
    assert "needs 3 days, has 1" in lines(few, "m", EN)[2]
    assert lines(told(course), "m", EN)[2].startswith("Usual for its time of day")
    course[-1] += 0.5
    assert lines(told(course), "m", ZH)[2].startswith("与往日同一时刻相比不寻常")


def test_shifts_are_looked_for_in_the_shown_time_only() -> None:
    noise = np.random.Generator(np.random.Philox(8)).normal(3, 0.02, 400).round(3)
    noise[100:] += 0.5  # before the shown 200 readings
    assert told(noise).shifts == []
    noise[300:] += 0.5
    (shift,) = told(noise).shifts
    assert NOW - 100 * 10 * MINUTE <= shift.at < NOW - 90 * 10 * MINUTE


def test_shifts_are_looked_for_in_so_many_readings_and_no_more() -> None:
    noise = np.random.Generator(np.random.Philox(8)).normal(3, 0.02, 180_000).round(3)
    noise[90_000:] += 0.5
    noise[-100:] += 0.5

    def load(low: int, high: int) -> Course:
        inside = slice(*time.searchsorted([low, high]))
        return Course(time[inside], noise[inside])

    time = NOW - 10 * np.arange(len(noise) - 1, -1, -1, dtype=np.int64)
    subject = Subject(
        sensor=SENSOR, gate=Gate(), limits=lambda at: [], shown_ms=HOUR, windows=(2 * MINUTE,)
    )
    found = advise(load, subject, now=NOW)
    assert found is not None
    assert (found.looked, found.passed_over) == (5_000, 175_000)
    assert [shift.at > NOW - 1_000 for shift in found.shifts] == [True]
    assert lines(found, "m", ZH)[-1] == (
        "均值变化只在最近 5,000 个测值中查找，此前 175,000 个未查。"
    )
    assert "newest" not in " ".join(lines(told(noise[:400]), "m", EN))


def test_nothing_near_gives_no_advice() -> None:
    subject = Subject(
        sensor=SENSOR, gate=Gate(), limits=lambda at: LIMITS, shown_ms=HOUR, windows=(HOUR,)
    )
    nothing = Course(np.zeros(0, np.int64), np.zeros(0))
    assert advise(lambda low, high: nothing, subject, now=NOW) is None


def test_what_the_gate_would_not_believe_is_left_out() -> None:
    rows = ([3, 1, 2, 4], [7.0, np.nan, 99.0, 5.0], [0, 0, 0, 2])
    found = known_of((rows[0], rows[1], rows[2]), Gate(low=0, high=10))
    assert (found.time.tolist(), found.value.tolist()) == ([3], [7.0])


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (130 * MINUTE, "2 h 10 min"),
        (40_000, "40 s"),
        (0, "0 s"),
        (DAY + 5 * HOUR, "1 d 5 h"),
        (DAY + 5 * MINUTE, "1 d"),
        (HOUR, "1 h"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(ms: float, said: str) -> None:
    assert span_words(ms, EN) == said


# Limits in force


def rules(*levels: LevelRule, takes: bool = True) -> RuleSet:
    rule = Rule(
        key="flood.water_level.level", quantity="water_level", levels=levels, takes_limits=takes
    )
    return RuleSet(pack="flood", gates={"water_level": Gate(interval_ms=5)}, rules=(rule,))


def test_limits_are_those_of_the_moment() -> None:
    own = [
        limit(Level.RED, 7.0, valid_to=NOW),
        limit(Level.RED, 6.5, valid_from=NOW, source="order 8"),
    ]
    found = [limits_at(SENSOR, own, [rules()], at=at)[0].value for at in (NOW - 1, NOW)]
    assert found == [7.0, 6.5]
    assert limits_at(SENSOR, own, [rules()], at=NOW)[0].source == "order 8"


def test_without_limits_of_its_own_the_packs_hold() -> None:
    stated = rules(LevelRule(level=Level.RED, threshold=6.0, source="code 3"))
    assert [x.value for x in limits_at(SENSOR, [], [stated], at=NOW)] == [6.0]
    assert limits_at(SENSOR, LIMITS, [stated], at=NOW) == limits_at(
        SENSOR, LIMITS, [rules()], at=NOW
    )
    assert limits_at(replace(SENSOR, quantity="tailings.x"), [], [stated], at=NOW) == []


def test_a_season_and_a_measure_are_heeded() -> None:
    summer = Season(first=(6, 1), last=(8, 31))
    seasonal = rules(LevelRule(level=Level.RED, threshold=6.0, season=summer))
    at = [parse_time(f"2026-{month}-15T00:00:00+08:00") for month in ("05", "07")]
    assert [len(limits_at(SENSOR, [], [seasonal], at=one)) for one in at] == [0, 1]
    summed = rules(LevelRule(level=Level.RED, threshold=50.0, measure="sum(water_level, 3h)"))
    assert limits_at(SENSOR, [], [summed], at=NOW) == []


def test_the_gate_is_that_of_the_pack() -> None:
    flood = load_pack("flood").rule_set
    assert gate_of(SENSOR, [flood]) == flood.gates["water_level"]
    assert gate_of(replace(SENSOR, quantity="unheard"), [flood]) == Gate()
