"""Advisory detectors find what was planted and stay quiet on what is ordinary."""

import numpy as np
import pytest

from anlan.engine.anomaly import cusum, forecast_to, phase_of, seasonal_score, shifts_of

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def daily(days: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Hourly values with a daily cycle and noise."""
    time = np.arange(days * 24, dtype=np.int64) * HOUR_MS
    noise = np.random.Generator(np.random.Philox(seed)).normal(0, 0.1, len(time))
    return time, np.round(3 + np.sin(2 * np.pi * time / DAY_MS) + noise, 2)


def test_a_value_strange_for_its_hour_scores_high() -> None:
    time, value = daily(20)
    ordinary = seasonal_score(time, value, season_ms=DAY_MS)
    value[19 * 24 + 3] += 1.5  # within the day's range, but not at this hour
    score = seasonal_score(time, value, season_ms=DAY_MS)
    assert abs(score[19 * 24 + 3]) > 6
    assert np.nanmedian(np.abs(ordinary)) < 2


def test_the_score_looks_only_backwards() -> None:
    time, value = daily(12)
    before = seasonal_score(time, value, season_ms=DAY_MS)
    value[-1] = 99
    after = seasonal_score(time, value, season_ms=DAY_MS)
    np.testing.assert_array_equal(before[:-1], after[:-1])


def test_too_little_past_gives_no_score() -> None:
    time, value = daily(3)
    assert np.isnan(seasonal_score(time, value, season_ms=DAY_MS)[: 2 * 24]).all()


def test_cusum_finds_each_shift_once() -> None:
    noise = np.random.Generator(np.random.Philox(3)).normal(0, 1, 900)
    noise[300:] += 3
    noise[600:] -= 6
    finds = cusum(noise, drift=0.5, threshold=12)
    assert [int(f // 300) for f in finds] == [1, 2]
    assert (finds % 300 < 20).all()


def test_cusum_is_quiet_without_a_shift() -> None:
    noise = np.random.Generator(np.random.Philox(4)).normal(0, 1, 5000)
    assert len(cusum(noise, drift=0.5, threshold=15)) == 0


def test_a_rising_level_is_told_when_it_will_arrive() -> None:
    time = np.arange(7, dtype=np.int64) * HOUR_MS
    forecast = forecast_to(time, 1 + 0.5 * np.arange(7.0), threshold=6, window_ms=6 * HOUR_MS)
    assert forecast is not None
    assert abs(forecast.slope_per_h - 0.5) < 1e-9
    assert forecast.in_ms is not None
    assert abs(forecast.in_ms - 4 * HOUR_MS) < 1000


def test_a_falling_level_never_arrives_and_a_low_threshold_does() -> None:
    time = np.arange(7, dtype=np.int64) * HOUR_MS
    falling = 9 - 0.5 * np.arange(7.0)
    up = forecast_to(time, falling, threshold=12, window_ms=6 * HOUR_MS)
    down = forecast_to(time, falling, threshold=5, window_ms=6 * HOUR_MS, low=True)
    assert up is not None
    assert up.in_ms is None
    assert down is not None
    assert down.in_ms is not None
    assert abs(down.in_ms - 2 * HOUR_MS) < 1000


def test_a_short_or_empty_past_gives_no_forecast() -> None:
    none = np.zeros(0, np.int64)
    assert forecast_to(none, np.zeros(0), threshold=1, window_ms=HOUR_MS) is None
    two = np.array([0, HOUR_MS], np.int64)
    assert forecast_to(two, np.array([1.0, 2.0]), threshold=1, window_ms=HOUR_MS) is None


def test_the_error_of_a_slope_is_that_of_least_squares() -> None:
    # By hand: x 0, 1, 2, 3 h; y 1, 3, 2, 4: slope 0.8, Sxx 5, SSE 1.8, error (1.8 / 2 / 5) ** 0.5.
    time = np.arange(4, dtype=np.int64) * HOUR_MS
    found = forecast_to(time, np.array([1.0, 3.0, 2.0, 4.0]), threshold=9, window_ms=4 * HOUR_MS)
    assert found is not None
    assert found.slope_per_h == pytest.approx(0.8)
    assert found.error_per_h == pytest.approx((1.8 / 2 / 5) ** 0.5)
    assert found.residual == pytest.approx((1.8 / 4) ** 0.5)
    assert found.n == 4
    assert not found.is_sure  # 0.8 is less than 2 × 0.42


def test_noise_about_a_constant_has_no_sure_slope() -> None:
    time = np.arange(60, dtype=np.int64) * 60_000
    noise = np.random.Generator(np.random.Philox(5)).normal(3, 0.1, 60)
    found = forecast_to(time, noise, threshold=4, window_ms=HOUR_MS)
    assert found is not None
    assert not found.is_sure


def test_the_phase_of_the_newest_is_its_score() -> None:
    time, value = daily(12)
    value[-1] += 0.7
    found = phase_of(time, value)
    assert found.score == pytest.approx(seasonal_score(time, value, season_ms=DAY_MS)[-1])
    assert found.seasons == 7
    short = phase_of(time[-49:], value[-49:])
    assert (short.score, short.seasons) == (None, 2)
    assert phase_of(time[:0], value[:0]).score is None


def test_a_shift_is_told_with_both_sides() -> None:
    noise = np.round(np.random.Generator(np.random.Philox(6)).normal(10, 0.1, 400), 2)
    noise[200:] += 1
    noise[100] = np.nan
    time = np.arange(400, dtype=np.int64) * 1000
    (shift,) = shifts_of(time, noise)
    assert 200_000 <= shift.at < 206_000
    assert shift.before == pytest.approx(10, abs=0.05)
    assert shift.after == pytest.approx(11, abs=0.05)
