"""Advisory detectors: they point at what a person should look at, and never suppress an alarm.

Each takes one sensor's readings in order of time and looks only backwards, so that a score can
be told live. Simple detectors on purpose: on public benchmarks they match deep ones
(arXiv 2405.02678, 2009.13807), and a duty officer can be told why.
"""

from typing import NamedTuple

import numpy as np

from anlan.engine.kernel.tables import Floats, Ints

HOUR_MS = 3_600_000
REFERENCE = 50  # readings before which no reference is believed
MAD_TO_SIGMA = 1.4826  # of a normal distribution


class Forecast(NamedTuple):
    """When a straight course reaches a threshold.

    in_ms: time left, 0 when already there, None when the course does not lead there ·
    slope_per_h · residual: standard deviation about the line, in the reading's unit.
    """

    in_ms: float | None
    slope_per_h: float
    residual: float


def seasonal_score(time: Ints, value: Floats, *, season_ms: int, seasons: int = 7) -> Floats:
    """(n,) robust distance of each reading from the same phase of earlier seasons, in sigmas.

    The median and the median absolute deviation of the nearest earlier reading in each of the
    last `seasons` seasons; NaN with fewer than three of them. The floor of the spread is the
    resolution of the values, so that a flat past does not make everything strange.
    """
    floor = _resolution(value)
    scores = np.full(len(value), np.nan)
    wanted = time[:, None] - season_ms * np.arange(1, seasons + 1)
    right = np.clip(np.searchsorted(time, wanted), 0, max(len(time) - 1, 0))
    left = np.clip(right - 1, 0, None)
    nearest = np.where(np.abs(time[left] - wanted) <= np.abs(time[right] - wanted), left, right)
    close = np.abs(time[nearest] - wanted) <= season_ms / 24
    past = np.where(close, value[nearest], np.nan)
    enough = np.sum(~np.isnan(past), axis=1) >= 3
    centre = np.nanmedian(past[enough], axis=1)
    spread = np.nanmedian(np.abs(past[enough] - centre[:, None]), axis=1) * MAD_TO_SIGMA
    scores[enough] = (value[enough] - centre) / np.maximum(spread, floor)
    return scores


def cusum(value: Floats, *, drift: float, threshold: float, memory: int = 200) -> Ints:
    """Positions at which the mean has shifted up or down (Page 1954), each told once.

    drift, threshold: in sigmas of the readings before (median and MAD of the last `memory`);
    after a find the sums and the reference begin anew, and nothing is found for 50 readings.
    Finds a shift of more than 2 × drift.
    """
    finds: list[int] = []
    start, up, down = 0, 0.0, 0.0
    centre = spread = np.nan
    for i in range(len(value)):
        if i - start < REFERENCE:
            continue
        if np.isnan(centre) or (i - start) % REFERENCE == 0:
            past = value[max(start, i - memory) : i]
            centre = float(np.nanmedian(past))
            spread = float(np.nanmedian(np.abs(past - centre))) * MAD_TO_SIGMA
            spread = max(spread, _resolution(past))
        z = (value[i] - centre) / spread
        if np.isnan(z):
            continue
        up, down = max(0.0, up + z - drift), max(0.0, down - z - drift)
        if max(up, down) > threshold:
            finds.append(i)
            start, up, down, centre = i, 0.0, 0.0, np.nan
    return np.array(finds, np.int64)


def forecast_to(
    time: Ints, value: Floats, *, threshold: float, window_ms: int, low: bool = False
) -> Forecast | None:
    """When the line through the last `window_ms` of readings reaches the threshold.

    None with fewer than three known readings or a span of less than half the window.
    """
    known = ~np.isnan(value) & (time > time[-1] - window_ms) if len(time) else np.zeros(0, bool)
    t, v = time[known], value[known]
    if len(t) < 3 or 2 * (t[-1] - t[0]) < window_ms:
        return None
    hours = (t - t[-1]) / HOUR_MS
    slope, level = np.polyfit(hours, v, 1)
    residual = float(np.std(v - (level + slope * hours)))
    gap = (level - threshold) if low else (threshold - level)
    speed = -slope if low else slope
    if gap <= 0:
        return Forecast(0.0, float(slope), residual)
    in_ms = float(gap / speed * HOUR_MS) if speed > 0 else None
    return Forecast(in_ms, float(slope), residual)


def _resolution(value: Floats) -> float:
    """The smallest step between different values, a tiny number where there is none."""
    steps = np.diff(np.unique(value[~np.isnan(value)]))
    return float(steps.min()) if len(steps) else 1e-9
