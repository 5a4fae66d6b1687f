"""What alarms ask of the people on duty, against figures worked out by hand."""

import pytest

from anlan.live.replay.trying.duty import duty_of, named, rows
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level

NONE, BLUE, YELLOW, RED = Level.NONE, Level.BLUE, Level.YELLOW, Level.RED
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


def change(
    at: int, steps: tuple[Level, Level] = (NONE, RED), *, sensor: str | None = "s", rule: str = "r"
) -> Change:
    before, after = steps
    kind = Kind.CLEARED if after is NONE else Kind.RAISED if before is NONE else Kind.RISEN
    if NONE < after < before:
        kind = Kind.FALLEN
    return Change(
        sensor=sensor,
        object="o",
        rule=rule,
        kind=kind,
        before=before,
        after=after,
        at=at,
        evidence=Evidence(),
    )


def test_raises_are_told_by_day_and_level() -> None:
    told = [change(0, (NONE, YELLOW)), change(HOUR, (YELLOW, RED)), change(2 * HOUR, (RED, NONE))]
    told += [change(3 * HOUR, (NONE, YELLOW)), change(DAY, (YELLOW, NONE))]
    duty = duty_of(told, (0, 4 * DAY))
    assert dict(duty.raises) == {YELLOW: 2, RED: 1}
    figures = {name: now for name, now, _ in rows(duty, duty)}
    assert figures["a day, yellow"] == "0.50"  # 2 in 4 days
    assert figures["a day, red"] == "0.25"
    assert figures["a day, all"] == "0.75"
    assert figures["a day, blue"] == "0.00"


def test_peaks_slide_and_leave_out_their_end() -> None:
    # 4 raises in [1 min, 11 min); the one at 11 min itself lies outside.
    minutes = [1, 5, 8, 10.9, 11, 25, 62]
    told = [change(int(m * MINUTE), sensor=f"s{m}") for m in minutes]
    duty = duty_of(told, (0, DAY))
    assert (duty.ten_minutes.at, duty.ten_minutes.raises) == (MINUTE, 4)
    # [1 min, 61 min) holds six; [5 min, 65 min) as many, later.
    assert (duty.hour.at, duty.hour.raises) == (MINUTE, 6)


def test_a_flood_lasts_while_more_than_ten_lie_in_the_ten_minutes_before() -> None:
    eleven = [change(n * SECOND, sensor=f"s{n}") for n in range(11)]
    duty = duty_of(eleven, (0, HOUR))
    # From the 11th raise (10 s) until the first is ten minutes old (600 s).
    assert duty.floods == [(10 * SECOND, 600 * SECOND)]
    assert duty.flood_share == pytest.approx(590 / 3600)
    # A twelfth at 300 s: until the second (1 s) is ten minutes old.
    more = [*eleven, change(300 * SECOND, sensor="late")]
    assert duty_of(more, (0, HOUR)).floods == [(10 * SECOND, 601 * SECOND)]
    assert duty_of(eleven[:10], (0, HOUR)).floods == []


def test_a_flood_over_two_quarters_of_an_hour_is_one_and_ends_with_the_history() -> None:
    two = [change(n * SECOND, sensor=f"s{n}") for n in range(11)]
    two += [change(30 * MINUTE + n * SECOND, sensor=f"s{n}") for n in range(11)]
    duty = duty_of(two, (0, 35 * MINUTE))
    second = (30 * MINUTE + 10 * SECOND, 35 * MINUTE)
    assert duty.floods == [(10 * SECOND, 600 * SECOND), second]
    assert duty.flood_share == pytest.approx((590 + 290) / 2100)


def test_chattering_is_one_level_again_and_again_within_a_minute() -> None:
    noisy = [c for n in range(3) for c in (change(n * 29_000), change(n * 29_000 + 1, (RED, NONE)))]
    assert duty_of(noisy, (0, DAY)).chattering == {"s": 3}  # at 0, 29 and 58 s
    slower = [change(n * 30_000) for n in range(3)]  # the third after a whole minute
    assert duty_of(slower, (0, DAY)).chattering == {}
    assert duty_of(slower, (0, DAY)).repeating == {"s": 3}
    climbing = [change(0, (NONE, BLUE)), change(1, (BLUE, YELLOW)), change(2, (YELLOW, RED))]
    assert duty_of(climbing, (0, DAY)).chattering == {}


def test_the_noisiest_and_what_stood_long_are_named() -> None:
    told = [change(n * HOUR, sensor="loud") for n in range(6)]
    told += [change(7 * HOUR, sensor=f"quiet{n:02}") for n in range(12)]
    duty = duty_of(told, (0, 30 * HOUR))
    assert list(duty.noisiest.items())[:2] == [("loud", 6), ("quiet00", 1)]
    assert len(duty.noisiest) == 10
    assert duty.noisiest_share == pytest.approx(15 / 18)  # 6 + 9 of 18
    # loud stands from 0 to the end, 30 h; the others for 23 h.
    assert [(e.sensor, e.start) for e in duty.long] == [("loud", 0)]
    ended = [change(0), change(DAY, (RED, NONE)), change(2 * DAY), change(3 * DAY + 1, (RED, NONE))]
    assert [e.start for e in duty_of(ended, (0, 9 * DAY)).long] == [2 * DAY]
    under = dict(named(duty, duty_of(ended, (0, 9 * DAY))))
    assert under["standing over 24 h (hours)"] == [("loud", "30", "–"), ("s", "–", "24")]


def test_promotions_are_counted_apart() -> None:
    told = [change(0), change(0, sensor=None, rule="p.whole"), change(1, sensor=None, rule="p.own")]
    duty = duty_of(told, (0, DAY), promotions=frozenset({"p.whole"}))
    assert (duty.total, duty.promoted) == (2, 1)
    assert duty.noisiest == {"s": 1, "o": 1}


def test_nothing_is_a_quiet_duty() -> None:
    duty = duty_of([], (0, DAY))
    assert (duty.total, duty.floods, duty.flood_share, duty.noisiest_share) == (0, [], 0, 0)
    assert duty.as_dict()["peak_hour"] == {"at": None, "raises": 0}
