"""One level for the oracle: how it comes to stand and to be left (4.3, chapter 5)."""

import math

from tests.oracle_measures import Interval, reaches

from anlan.engine.rules import LevelRule
from anlan.terms.times import NEVER

Bound = tuple[float, str, float]
"""Threshold, direction, deadband."""


class Standing:
    """One level of one rule on one sensor or object."""

    def __init__(self, spec: LevelRule) -> None:
        self.spec = spec
        self.stands, self.entered, self.evaluated = False, NEVER, NEVER
        self.start: int | None = None  # t₀ of the delay to enter or, while it stands, to leave
        self.seen = NEVER  # the last known evaluation that kept the delay running
        self.is_true = False  # the last evaluation
        self.recent: list[bool] = []  # the last n known entry conditions
        self.since: list[float | None] = []  # the measures since t₀
        self.first: int | None = None
        self.limit: float | None = None
        self.value: float | None = None

    def evaluate(self, time: int, bound: Bound | None, interval: Interval, max_gap: int) -> None:
        """4.3, 5.1, 5.3 and 5.4 at one reading."""
        self.evaluated = time
        if bound is None:  # 7.1
            self.stands, self.start, self.is_true, self.first = False, None, False, time
            self.recent, self.since, self.limit, self.value = [], [], None, None
            return
        entry, leave = self.conditions(bound, interval)
        if entry is not None:
            self.recent = [*self.recent, entry][-self.spec.n :]
        condition = leave if self.stands else entry
        self.is_true = condition is True
        if condition is not None and not self.stands:
            condition = sum(self.recent) >= self.spec.k
        if condition is None:  # 2.2
            return
        if not condition:
            self.start = None
            return
        if self.start is None or time - self.seen > max_gap:
            self.start, self.since = time, []
        self.seen = time
        self.since.append(self.value)
        self.settle(time)

    def conditions(self, bound: Bound, interval: Interval) -> tuple[bool | None, bool | None]:
        """4.3: to enter and to leave; low is high with all signs turned."""
        threshold, direction, deadband = bound
        low, high = interval
        number = high if direction == "low" else low
        self.limit, self.value = threshold, None if math.isinf(number) else number
        if direction == "low":
            interval, threshold = (-high, -low), -threshold
        stays = reaches(interval, threshold - deadband)
        return reaches(interval, threshold), None if stays is None else not stays

    def tick(self, now: int, max_gap: int) -> None:
        """5.2: due without a reading."""
        if self.spec.mode == "hold" and now - self.evaluated <= max_gap:
            self.settle(now)

    def settle(self, now: int) -> None:
        delay = self.spec.off_delay_ms if self.stands else self.spec.on_delay_ms
        is_kept = self.stands and now - self.entered < self.spec.min_hold_ms
        if self.is_true and self.start is not None and now - self.start >= delay and not is_kept:
            self.stands, self.entered = not self.stands, now
            self.first, self.start = self.start, None
