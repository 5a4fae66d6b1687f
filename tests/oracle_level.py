"""One level for the oracle: how it comes to stand and to be left (4.3, chapter 5)."""

from anlan.engine.rules import LevelRule
from anlan.terms.times import NEVER
from tests.oracle_measures import Interval, reaches

Bound = tuple[float, str, float]
"""Threshold, direction, deadband."""


class Standing:
    """One level of one rule on one sensor or object."""

    def __init__(self, spec: LevelRule) -> None:
        self.spec = spec
        self.stands, self.entered, self.evaluated = False, NEVER, NEVER
        self.start: int | None = None  # t₀ of the delay to enter or, while it stands, to leave
        self.seen = NEVER  # the last known evaluation
        self.is_true = False  # the last known evaluation, at `evaluated`
        self.recent: list[bool] = []  # the last n known entry conditions
        self.first: int | None = None  # the first crossing: t₀ of the entry
        self.since: list[float | None] = []  # the known measures from the first crossing on
        self.limit: float | None = None  # 12.1, of the last evaluation
        self.value: float | None = None

    def evaluate(self, time: int, bound: Bound | None, interval: Interval, max_gap: int) -> None:
        """4.3, 5.1, 5.3 and 5.4 at one reading."""
        if bound is None:  # 7.1
            self.stands, self.start, self.is_true, self.recent = False, None, False, []
            return
        entry, leave = self.conditions(bound, interval)
        condition = leave if self.stands else self.in_k_of_n(time, entry)
        if condition is None:  # 2.2
            return
        self.is_true, self.evaluated = leave is True if self.stands else entry is True, time
        self.run(time, condition, max_gap)
        if self.stands or self.is_true:
            self.since.append(self.value)
        self.settle(time)

    def in_k_of_n(self, time: int, entry: bool | None) -> bool | None:
        """5.4 and 12.1: the condition to enter, and its first crossing."""
        if entry is None:
            return None
        if entry and not any(self.recent):
            self.first, self.since = time, []
        self.recent = [*self.recent, entry][-self.spec.n :]
        return sum(self.recent) >= self.spec.k

    def run(self, time: int, condition: bool, max_gap: int) -> None:
        """2.2: where the running delay begins."""
        is_gap = time - self.seen > max_gap
        if not condition or is_gap:
            self.start = None
        if is_gap and not self.stands:
            self.first, self.since = None, []
        if self.is_true and not self.stands and self.first is None:
            self.first = time
        if self.is_true and condition and self.start is None:
            self.start = time
        self.seen = max(self.seen, time)

    def conditions(self, bound: Bound, interval: Interval) -> tuple[bool | None, bool | None]:
        """4.3: to enter and to leave; low is high with all signs turned."""
        threshold, direction, deadband = bound
        low, high = interval
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
            self.stands, self.entered, self.start = not self.stands, now, None
            self.recent = []  # 5.4
