"""Advisory detectors: they point at what a person should look at, and never suppress an alarm.

Each takes one sensor's readings in order of time and looks only backwards, so that a score can
be told live. Simple detectors on purpose: on public benchmarks they match deep ones
(arXiv 2405.02678, 2009.13807), and a duty officer can be told why.
"""

from typing import NamedTuple

import numpy as np

from anlan.engine.kernel.tables import Floats, Ints

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
REFERENCE = 50  # readings before which no reference is believed
MAD_TO_SIGMA = 1.4826  # of a normal distribution
STUDENT = (np.inf, 12.7, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
"""Standard errors beyond which chance leads one time in twenty, by degrees of freedom."""
SEASONS, FEWEST_SEASONS = 7, 3
DRIFT, SHIFTED = 1.0, 20.0  # sigmas: a shift of more than 2 is found, chance hardly ever


class Forecast(NamedTuple):
    """When a straight course reaches a threshold.

    in_ms: time left, 0 when already there, None when the course does not lead there ·
    slope_per_h and its standard error, were the readings' errors independent · residual: standard
    deviation about the line, in the reading's unit · n: readings that the line goes through.
    """

    in_ms: float | None
    slope_per_h: float
    residual: float
    error_per_h: float
    n: int

    @property
    def is_sure(self) -> bool:
        """Whether the slope is more than the scatter would make one time in twenty."""
        quantile = STUDENT[min(self.n - 2, len(STUDENT) - 1)]
        return abs(self.slope_per_h) > quantile * self.error_per_h


class Phase(NamedTuple):
    """A reading beside those of the same time in earlier seasons.

    score: robust distance in sigmas, None with too few seasons · centre: their median · seasons:
    how many there are.
    """

    score: float | None
    centre: float
    seasons: int


class Shift(NamedTuple):
    """A shift of the mean: found at ms UTC; medians before and after."""

    at: int
    before: float
    after: float


def seasonal_score(time: Ints, value: Floats, *, season_ms: int, seasons: int = SEASONS) -> Floats:
    """(n,) robust distance of each reading from the same phase of earlier seasons, in sigmas.

    The median and the median absolute deviation of the nearest earlier reading in each of the
    last `seasons` seasons; NaN with fewer than three of them. The floor of the spread is the
    resolution of the values, so that a flat past does not make everything strange.
    """
    floor = _resolution(value)
    scores = np.full(len(value), np.nan)
    past = _same_phase((time, value), time, season_ms * np.arange(1, seasons + 1))
    enough = np.sum(~np.isnan(past), axis=1) >= FEWEST_SEASONS
    centre = np.nanmedian(past[enough], axis=1)
    spread = np.nanmedian(np.abs(past[enough] - centre[:, None]), axis=1) * MAD_TO_SIGMA
    scores[enough] = (value[enough] - centre) / np.maximum(spread, floor)
    return scores


def _same_phase(course: tuple[Ints, Floats], at: Ints, back: Ints) -> Floats:
    """(len(at), len(back)) the nearest values so long before, NaN where none is near."""
    time, value = course
    if not len(time):
        return np.full((len(at), len(back)), np.nan)
    wanted = at[:, None] - back
    right = np.clip(np.searchsorted(time, wanted), 0, len(time) - 1)
    left = np.clip(right - 1, 0, None)
    nearest = np.where(np.abs(time[left] - wanted) <= np.abs(time[right] - wanted), left, right)
    close = np.abs(time[nearest] - wanted) <= back[0] / 24
    return np.where(close, value[nearest], np.nan)


def phase_of(time: Ints, value: Floats, *, season_ms: int = DAY_MS) -> Phase:
    """The newest reading beside the same time of earlier seasons; see `seasonal_score`."""
    if not len(time):
        return Phase(None, np.nan, 0)
    back = season_ms * np.arange(1, SEASONS + 1)
    past = _same_phase((time, value), time[-1:], back)[0]
    past = past[~np.isnan(past)]
    if len(past) < FEWEST_SEASONS or np.isnan(value[-1]):
        return Phase(None, np.nan, len(past))
    centre = float(np.median(past))
    spread = float(np.median(np.abs(past - centre))) * MAD_TO_SIGMA
    score = (float(value[-1]) - centre) / max(spread, _resolution(value))
    return Phase(score, centre, len(past))


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
    slope, level = (float(x) for x in np.polyfit(hours, v, 1))
    residual = float(np.std(v - (level + slope * hours)))
    error = residual / float(np.std(hours)) / (len(t) - 2) ** 0.5
    gap = (level - threshold) if low else (threshold - level)
    speed = -slope if low else slope
    if gap <= 0:
        in_ms: float | None = 0.0
    else:
        in_ms = gap / speed * HOUR_MS if speed > 0 else None
    return Forecast(in_ms, slope, residual, error, len(t))


def shifts_of(time: Ints, value: Floats) -> list[Shift]:
    """Where the mean of a course has shifted, with the median on either side.

    Meant for what varies about a mean; on a course that wanders, as a river's level does, each
    flood is a shift. Missing values are left out.
    """
    known = ~np.isnan(value)
    time, value = time[known], value[known]
    finds = cusum(value, drift=DRIFT, threshold=SHIFTED).tolist()
    edges = [0, *finds, len(value)]
    return [
        Shift(
            int(time[find]),
            float(np.median(value[max(edges[k], find - REFERENCE) : find])),
            float(np.median(value[find : min(edges[k + 2], find + REFERENCE)])),
        )
        for k, find in enumerate(finds)
    ]


def _resolution(value: Floats) -> float:
    """The smallest step between different values, a tiny number where there is none."""
    steps = np.diff(np.unique(value[~np.isnan(value)]))
    return float(steps.min()) if len(steps) else 1e-9
