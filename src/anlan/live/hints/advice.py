"""Advice on one sensor: where its course leads, whether it is unusual, where its mean has shifted.

It points at what a person should look at. It raises nothing and suppresses nothing: no rule hears
of it, and it is worked out beside the loop, from stored readings.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from anlan.engine.anomaly import (
    DAY_MS,
    FEWEST_SEASONS,
    HOUR_MS,
    REFERENCE,
    SEASONS,
    Forecast,
    Phase,
    Shift,
    forecast_to,
    phase_of,
    shifts_of,
)
from anlan.engine.plan import quantity_in
from anlan.engine.plan.limits import Segment, disjoint, seasons, within
from anlan.engine.rules import Gate, Rule, RuleSet
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.quality import Quality
from anlan.terms.sensors import Limit, Sensor

MINUTE_MS = 60_000
WINDOW_READINGS = 12
"""A line goes through so many nominal readings, and through a minute at least."""
BELIEVED = 4
"""A straight line is believed for so many times its own length."""
UNUSUAL = 3.0  # sigmas
MOST_LOOKED = 5_000
"""Shifts are looked for in so many of the newest readings: some 40 ms of work for a page."""


class Course(NamedTuple):
    """Known readings in order of time, ms UTC."""

    time: Any
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is looked at.

    limits: see `limits_at` · shown_ms: how far back shifts are looked for · windows: lengths of
    the lines that are laid, ms, the longest first; the one that arrives soonest is told.
    """

    sensor: Sensor
    gate: Gate
    limits: Callable[[int], list[Limit]]
    shown_ms: int
    windows: tuple[int, ...]

    @property
    def interval_ms(self) -> int:
        return self.sensor.interval_ms or self.gate.interval_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the detectors say of a sensor as of its newest known reading.

    limit: the next that it has not reached, None where there is none · course: the line towards
    it, None with too few readings · has_limits: whether any limit compares its value · looked:
    readings in which shifts were looked for, the newest · passed_over: older ones of the shown time
    in which they were not, see MOST_LOOKED.
    """

    at: int
    value: float
    window_ms: int
    has_limits: bool
    limit: Limit | None
    course: Forecast | None
    phase: Phase
    shifts: list[Shift]
    looked: int
    passed_over: int = 0

    @property
    def arrives_in_ms(self) -> float | None:
        """Time left to the limit, None where the course does not surely lead there in time."""
        return _arrival(self.course, self.window_ms)

    @property
    def horizon_ms(self) -> int:
        return BELIEVED * self.window_ms


def _arrival(course: Forecast | None, window_ms: int) -> float | None:
    if course is None or course.in_ms is None or not course.is_sure:
        return None
    return course.in_ms if course.in_ms <= BELIEVED * window_ms else None


def windows_of(interval_ms: int) -> tuple[int, int]:
    """How long the lines are, ms: the whole, and its last third, which hears a rise begin."""
    whole = max(MINUTE_MS, WINDOW_READINGS * interval_ms)
    return whole, whole // 3


def known_of(rows: tuple[Any, Any, Any], gate: Gate) -> Course:
    """The readings with a value that may be believed, by time; rows: time, value, quality."""
    time, value, quality = (np.asarray(column) for column in rows)
    value = value.astype(np.float64)
    is_known = (quality < Quality.BAD) & (value >= gate.low) & (value <= gate.high)
    order = np.argsort(time[is_known], kind="stable")
    return Course(time[is_known][order].astype(np.int64), value[is_known][order])


def advise(load: Callable[[int, int], Course], subject: Subject, *, now: int) -> Advice | None:
    """Advice as of `now`; None where nothing known is near. load: readings between two times."""
    reference = REFERENCE * subject.interval_ms
    low = now - max(subject.shown_ms + reference, subject.windows[0])
    recent = load(low, now + 1)
    if not len(recent.time):
        return None
    at, value = int(recent.time[-1]), float(recent.value[-1])
    limits = subject.limits(at)
    limit, course, window_ms = _towards(recent, limits, subject.windows)
    newest = Course(*(column[-MOST_LOOKED:] for column in recent))
    return Advice(
        at=at,
        value=value,
        window_ms=window_ms,
        has_limits=bool(limits),
        limit=limit,
        course=course,
        phase=phase_of(*_with_past(load, recent, subject.interval_ms)),
        shifts=[s for s in shifts_of(*newest) if s.at >= now - subject.shown_ms],
        looked=len(newest.time),
        passed_over=len(recent.time) - len(newest.time),
    )


_Line = tuple[Limit | None, Forecast | None, int]


def _towards(recent: Course, limits: Sequence[Limit], windows: tuple[int, ...]) -> _Line:
    """The next limit on either side and the line towards it; the one that comes soonest."""
    value = float(recent.value[-1])
    high = min((x for x in limits if _is_ahead(x, value)), key=lambda x: x.value, default=None)
    low = max((x for x in limits if _is_below(x, value)), key=lambda x: x.value, default=None)
    found: list[_Line] = [
        (limit, forecast_to(*recent, threshold=limit.value, window_ms=ms, low=limit is low), ms)
        for ms in windows
        for limit in (high, low)
        if limit is not None
    ]
    return min(found, key=_soonest, default=(None, None, windows[0]))


def _is_ahead(limit: Limit, value: float) -> bool:
    return limit.direction == "high" and limit.value > value


def _is_below(limit: Limit, value: float) -> bool:
    return limit.direction == "low" and limit.value < value


def _soonest(line: _Line) -> tuple[bool, float]:
    """Order of lines: what surely arrives by its time, then as they stand."""
    arrival = _arrival(line[1], line[2])
    return arrival is None, arrival or 0.0


def _with_past(load: Callable[[int, int], Course], recent: Course, interval_ms: int) -> Course:
    """The newest reading after those of the same time on the days before."""
    at = int(recent.time[-1])
    near = min(HOUR_MS, max(3 * interval_ms, MINUTE_MS))
    back = [at - day * DAY_MS for day in range(SEASONS, 0, -1)]
    parts = [load(time - near, time + near + 1) for time in back]
    parts.append(Course(recent.time[-1:], recent.value[-1:]))
    return Course(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def has_enough_days(phase: Phase) -> bool:
    return phase.seasons >= FEWEST_SEASONS


# Limits in force


def gate_of(sensor: Sensor, rule_sets: Iterable[RuleSet]) -> Gate:
    """The gate of a sensor's quantity: that of the first pack which knows it."""
    for rules in rule_sets:
        gate = rules.gates.get(quantity_in(rules.pack, sensor.quantity))
        if gate is not None:
            return gate
    return Gate()


def limits_at(
    sensor: Sensor, own: Sequence[Limit], rule_sets: Iterable[RuleSet], *, at: int
) -> list[Limit]:
    """The limits against which the sensor's value itself is judged at a time, by level."""
    found = []
    for rules in rule_sets:
        quantity = quantity_in(rules.pack, sensor.quantity)
        for rule in rules.rules:
            if quantity and rule.quantity == quantity and rule.scope == "sensor":
                found += _of_rule(sensor, own, rule, at=at)
    return sorted(found, key=lambda limit: limit.level)


def _of_rule(sensor: Sensor, own: Sequence[Limit], rule: Rule, *, at: int) -> list[Limit]:
    limits = []
    for level in RAISED_LEVELS:
        written = next((x for x in rule.levels if x.level == level), None)
        if written is not None and written.measure not in ("value", rule.quantity):
            continue
        if rule.takes_limits and own:
            segments = within(disjoint([x for x in own if x.level == level]), written)
        else:
            segments = seasons(written) if written is not None else []
        limits += [_limit(sensor, level, s) for s in segments if s.start <= at < s.end]
    return limits


def _limit(sensor: Sensor, level: Level, segment: Segment) -> Limit:
    return Limit(
        sensor=sensor.key,
        level=level,
        value=segment.threshold,
        direction="low" if segment.is_low else "high",
        deadband=segment.deadband,
        valid_from=segment.start,
        valid_to=segment.end,
        source=segment.source,
    )
