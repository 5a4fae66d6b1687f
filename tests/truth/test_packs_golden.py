"""Official rules and published lines, computed here by hand and by the packs.

The expected hours below come from plain sums written out in this file, not from the engine.
"""

import random
from collections.abc import Mapping, Sequence

import pytest

from anlan.packs import Pack, RuleTest, load_pack
from anlan.packs.model import Given
from anlan.packs.rehearsal import changes_of
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit

HOUR = 3_600_000
START = 1_782_835_200_000  # 2026-06-30T16:00:00Z, midnight in Beijing


def run(
    pack: Pack,
    rule: str,
    series: Mapping[str, tuple[str, Sequence[float]]],
    *,
    step: int = HOUR,
    limits: tuple[Limit, ...] = (),
) -> list[Change]:
    """The changes of one rule for sensors: key → (quantity, values every `step`)."""
    test = RuleTest(
        rule=rule,
        case="raise",
        name="",
        start_ms=START,
        sensors={key: quantity for key, (quantity, _) in series.items()},
        objects=dict.fromkeys(series, "object"),
        readings=tuple(
            Given(key, i * step, value)
            for key, (_, values) in series.items()
            for i, value in enumerate(values)
        ),
        expected=(),
        limits=limits,
    )
    return [change for change in changes_of(pack, test) if change.rule == rule]


def standing(changes: list[Change], n: int, step: int = HOUR) -> list[Level]:
    """The level after each of n readings."""
    levels, level, rest = [], Level.NONE, list(changes)
    for i in range(n):
        while rest and rest[0].at <= START + i * step:
            change = rest.pop(0)
            if change.kind not in (Kind.STALE, Kind.FRESH):
                level = change.after
        levels.append(level)
    return levels


def total(rain: Sequence[float], at: int, hours: int) -> float:
    """What fell in the `hours` up to and with reading `at`, hourly readings."""
    return sum(rain[max(0, at - hours + 1) : at + 1])


def storm(seed: int, hours: int) -> list[float]:
    """A made-up storm in whole and half millimetres, so that sums are exact."""
    chance = random.Random(seed)
    base = chance.choice([1, 4, 9, 20])
    return [chance.randrange(0, 2 * base + 1) / 2 for _ in range(hours)]


@pytest.mark.parametrize("seed", range(12))
def test_rain_signal_is_the_highest_colour_whose_window_is_full(seed: int) -> None:
    rain = [0.0] * 12 + storm(seed, 48) + [0.0] * 14
    found = standing(run(load_pack("flood"), "flood.rain.level", {"r": ("rain", rain)}), len(rain))
    for at in range(12, len(rain)):  # before, the windows are not yet observed
        official = max(
            Level.BLUE if total(rain, at, 12) >= 50 else Level.NONE,
            Level.YELLOW if total(rain, at, 6) >= 50 else Level.NONE,
            Level.ORANGE if total(rain, at, 3) >= 50 else Level.NONE,
            Level.RED if total(rain, at, 3) >= 100 else Level.NONE,
        )
        assert found[at] == official, at


@pytest.mark.parametrize(
    ("rain", "level"),
    [
        ([0, 0, 50], Level.ORANGE),
        ([0, 0, 49.5], Level.NONE),
        ([10, 10, 10, 10, 10], Level.YELLOW),
        ([100], Level.RED),
        ([99.5], Level.ORANGE),
        ([5] * 10, Level.BLUE),
        ([4] * 12, Level.NONE),
    ],
)
def test_rain_signal_borders(rain: list[float], level: Level) -> None:
    changes = run(load_pack("flood"), "flood.rain.level", {"r": ("rain", rain)})
    assert standing(changes, len(rain))[-1] == level


def test_a_gap_in_the_record_never_clears_rain_and_may_raise_it() -> None:
    nan = float("nan")
    rain = [0.0] * 12 + [20, 30] + [nan] * 4
    changes = run(load_pack("flood"), "flood.rain.level", {"r": ("rain", rain)})
    assert [(c.kind, c.after) for c in changes if c.kind not in (Kind.STALE, Kind.FRESH)] == [
        (Kind.RAISED, Level.ORANGE)
    ]


def test_a_broken_rain_gauge_raises_nothing() -> None:
    rain = [0.0, 0.5, 741878091.0, 0.0, -3.0, 0.5]
    assert run(load_pack("flood"), "flood.rain.level", {"r": ("rain", rain)}) == []


@pytest.mark.parametrize(
    ("quantity", "first", "second"), [("flammable_gas", 25, 50), ("toxic_gas", 100, 200)]
)
def test_gas_alarms_in_two_stages(quantity: str, first: float, second: float) -> None:
    pack = load_pack("chemical")
    key = f"chemical.{quantity}.level"
    values = [0, first - 0.1, first, second - 0.1, second, second * 2, first, first - 0.1]
    changes = run(pack, key, {"g": (quantity, values)}, step=60_000)
    assert standing(changes, len(values), 60_000) == [
        Level.NONE,
        Level.NONE,
        Level.YELLOW,
        Level.YELLOW,
        Level.RED,
        Level.RED,
        Level.YELLOW,
        Level.NONE,
    ]
    evidence = changes[0].evidence
    assert (evidence.limit, evidence.unit) == (first, pack.quantities[quantity].unit)
    assert evidence.limit_source == "GB/T 50493-2019, 5.5.2, unverified"


def test_a_leak_is_a_step_and_is_not_held_back() -> None:
    series = {"g": ("flammable_gas", [0.0, 99.0])}
    changes = run(load_pack("chemical"), "chemical.flammable_gas.level", series, step=60_000)
    assert [(c.kind, c.after) for c in changes] == [(Kind.RAISED, Level.RED)]


@pytest.mark.parametrize(
    ("points", "level"),
    [
        ("b", Level.BLUE),
        ("bbb", Level.BLUE),
        ("bbbb", Level.YELLOW),
        ("yy", Level.YELLOW),
        ("yyy", Level.ORANGE),
        ("bbby", Level.YELLOW),
        ("o", Level.ORANGE),
        ("oo", Level.RED),
        ("yyo", Level.ORANGE),
        ("r", Level.RED),
        ("", Level.NONE),
        ("bbbbbbbb", Level.YELLOW),
    ],
)
def test_tailings_points_make_the_item(points: str, level: Level) -> None:
    at = {"b": 12.0, "y": 16.0, "o": 20.0, "r": 24.0}
    series = {f"p{i}": ("displacement", [5.0, at[p]]) for i, p in enumerate(points)}
    series["calm"] = ("displacement", [5.0, 5.0])
    limits = tuple(
        Limit(sensor=key, level=lv, value=v)
        for key in series
        for lv, v in zip(list(Level)[1:], (10, 14, 18, 22), strict=True)
    )
    changes = run(load_pack("tailings"), "tailings.promotion.item", series, limits=limits)
    assert standing(changes, 2)[-1] == level


@pytest.mark.parametrize("seed", range(6))
def test_seattle_line_in_inches(seed: int) -> None:
    """P3 ≥ 3.5 − 0.67·P15 in inches over hourly rain in hundredths of an inch."""
    chance = random.Random(seed)
    wet = [chance.random() < 0.5 for _ in range(40)]
    inches = [chance.randrange(0, 12) / 100 if wet[h // 24] else 0.0 for h in range(40 * 24)]
    rain = [value * 25.4 for value in inches]
    changes = run(load_pack("geohazard"), "geohazard.rain.usgs_line", {"r": ("rain", rain)})
    found = standing(changes, len(rain))
    for at in range(18 * 24, len(rain)):
        p3, p18 = total(inches, at, 72), total(inches, at, 432)
        over = p3 - (3.5 - 0.67 * (p18 - p3))
        if abs(over) > 1e-9:  # on the line itself rounding decides
            assert (found[at] is Level.YELLOW) == (over > 0), at


@pytest.mark.parametrize("hours", [1, 3, 6, 12, 24, 48])
def test_intensity_duration_line(hours: int) -> None:
    """Even rain of D hours reaches the line at I = 19·D^−0.5 mm/h, with its last reading."""
    pack = load_pack("geohazard")
    for factor, level in ((1.002, Level.ORANGE), (0.998, Level.NONE)):
        rain = [19 * hours**-0.5 * factor] * hours
        changes = run(pack, "geohazard.rain.intensity", {"r": ("rain", rain)})
        assert standing(changes, hours) == [Level.NONE] * (hours - 1) + [level]


@pytest.mark.parametrize(
    ("ppm", "minutes", "level"),
    [
        (29, 200, Level.NONE),
        (30, 120, Level.BLUE),
        (50, 60, Level.YELLOW),
        (100, 10, Level.ORANGE),
        (300, 0, Level.RED),
    ],
)
def test_co_times(ppm: float, minutes: int, level: Level) -> None:
    values = [float(ppm)] * (minutes + 1)
    changes = run(load_pack("co"), "co.co.level", {"c": ("co", values)}, step=60_000)
    levels = standing(changes, len(values), 60_000)
    assert levels[-1] == level
    assert all(before < level or level is Level.NONE for before in levels[:-1])
