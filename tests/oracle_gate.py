"""One sensor for the oracle: what its gate remembers and asks (chapter 3)."""

from bisect import bisect_right, insort

from anlan.engine.rules import Gate, RuleSet
from anlan.terms.quality import Quality
from anlan.terms.sensors import Sensor
from anlan.terms.times import NEVER

HOUR = 3_600_000
Applied = tuple[int, float | None]  # time, value or None for unknown


def time_of(pair: Applied) -> int:
    return pair[0]


class Probe:
    """One sensor behind its gate."""

    def __init__(self, sensor: Sensor, rule_set: RuleSet) -> None:
        self.sensor, self.quantity = sensor, sensor.quantity.removeprefix(rule_set.pack + ".")
        gate = self.gate = rule_set.gates.get(self.quantity, Gate())
        self.interval = sensor.interval_ms or gate.interval_ms
        self.confirm = 2 * self.interval if gate.confirm_ms is None else gate.confirm_ms
        self.max_gap = 3 * self.interval if gate.max_gap_ms is None else gate.max_gap_ms
        self.stale = 3 * self.interval if gate.stale_ms is None else gate.stale_ms
        self.stored: dict[int, float] = {}  # time → value
        self.newest = NEVER  # time of the newest stored reading
        self.heard = NEVER  # time of the newest stored reading with a known value
        self.course: tuple[int, float] = (NEVER, 0.0)
        self.held: tuple[int, float, Quality] | None = None
        self.applied: list[Applied] = []  # in order of time
        self.latest: Applied | None = None  # applied last
        self.is_silent = False
        self.flat: tuple[int, float] | None = None  # the reading that a flat run began with

    def reach(self, duration: int) -> float:
        """The plausible change over a duration."""
        return self.gate.rate_per_h * duration / HOUR

    def is_implausible(self, time: int, value: float) -> bool:
        """3.6."""
        start, course = self.course
        if start == NEVER or self.gate.spike == "accept":
            return False
        return abs(value - course) > self.reach(time - start)

    def take_held(self) -> tuple[int, float, Quality]:
        """The held reading, held no more."""
        assert self.held is not None
        held, self.held = self.held, None
        return held

    def keep(self, time: int, value: float | None) -> None:
        """Remembers an applied reading for windows and as-of questions."""
        self.latest = (time, value)
        insort(self.applied, self.latest, key=time_of)

    def known(self, after: int, until: int) -> list[tuple[int, float]]:
        """The applied readings with a known value and after < time ≤ until."""
        first = bisect_right(self.applied, after, key=time_of)
        last = bisect_right(self.applied, until, key=time_of)
        return [(time, value) for time, value in self.applied[first:last] if value is not None]

    def steadiness(self, time: int, value: float, quality: Quality) -> Quality:
        """3.10: the quality after the test for a flat line."""
        if self.flat is None or abs(value - self.flat[1]) > self.gate.flat_by:
            self.flat = (time, value)
        is_flat = self.gate.flat_ms is not None and time - self.flat[0] >= self.gate.flat_ms
        return Quality.UNCERTAIN if is_flat else quality
