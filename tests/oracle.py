"""The alarm semantics once more, in plain Python: what the engine must agree with.

Written from docs/reference/alarm-semantics.md, clause by clause, without looking at the engine;
slow and short on purpose. What a sensor's gate remembers is in oracle_gate.py, how one level stands
in oracle_level.py, measures over time in oracle_measures.py, late data in oracle_late.py, promotion
in oracle_groups.py.
"""

import math
from collections.abc import Sequence
from typing import Any

from anlan.engine.rules import Group, LevelRule, Rule, RuleSet
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.quality import Quality
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import NEVER
from tests import oracle_measures as measures
from tests.oracle_gate import Probe
from tests.oracle_groups import Tree
from tests.oracle_late import reconsider
from tests.oracle_level import Bound, Standing
from tests.oracle_measures import UNKNOWN, Reader, finite, measure
from tests.oracle_told import Row, Told, kind_of

BOOLEAN = (1.0, "high", 0.0)  # 4.4: a Boolean measure is 1 when TRUE
YEAR_2000 = 946_684_800_000


class Oracle:
    """All observed objects, and the tree of groups above them."""

    def __init__(
        self,
        sensors: Sequence[Sensor],
        limits: Sequence[Limit],
        rule_set: RuleSet,
        groups: Sequence[Group] = (),
    ) -> None:
        objects: dict[str, list[Sensor]] = {}
        for sensor in sensors:
            objects.setdefault(sensor.object, []).append(sensor)
        self.sites = {key: Site(found, limits, rule_set) for key, found in objects.items()}
        self.home = {sensor.key: self.sites[sensor.object] for sensor in sensors}
        self.tree = Tree(sensors, rule_set, groups)
        self.verdicts: list[str] = []

    def tell(self, rows: Sequence[Row], ticks: str = "inline") -> list[Told]:
        """1.2: a tick stands in the log, or comes before each new time."""
        told: list[Told] = []
        clock = NEVER
        for row in rows:
            now = row[1] if len(row) == 2 or row[4] == NEVER else row[4]
            if len(row) == 2 or (ticks == "inline" and now > clock):
                clock = now
                for site in self.sites.values():
                    site.tick(now)
            if len(row) == 5:
                self.verdicts.append(self.home[row[0]].read(*row))
            for site in self.sites.values():
                for change in site.told:
                    told += [change, *self.tree.hear(change)]
                site.told.clear()
        return told


def highest(levels: frozenset[Level]) -> Level:
    return max(levels, default=Level.NONE)


class Track:
    """One rule on its scope: a sensor, or an object when `probe` is None."""

    def __init__(self, rule: Rule, probe: Probe | None, site: "Site") -> None:
        self.rule, self.probe, self.site = rule, probe, site
        specs = {spec.level: spec for spec in rule.levels}
        mine = [row for row in site.limits if probe and row.sensor == probe.sensor.key]
        self.limits = mine if rule.takes_limits else []
        if self.limits:
            specs = {level: specs.get(level, LevelRule(level=level)) for level in RAISED_LEVELS}
        self.standings = [Standing(spec) for _, spec in sorted(specs.items())]
        self.inputs = {n for s in specs.values() for n in measures.names(s.measure, rule.quantity)}
        heard = [one for one in site.probes.values() if self.hears(one)]
        self.max_gap = max((one.max_gap for one in heard), default=0)
        self.quality, self.reading = Quality.GOOD, math.nan  # of the last applied reading heard
        self.asked = NEVER  # the newest time of a reading that asked
        self.silent: set[str] = set()  # of its sensors
        self.is_stale = False  # told
        self.line: list[tuple[int, frozenset[Level]]] = []  # what stands from when on
        self.log: dict[int, Level] = {}  # what was told, corrections included

    @property
    def standing(self) -> frozenset[Level]:
        return frozenset(one.spec.level for one in self.standings if one.stands)

    @property
    def level(self) -> Level:
        return highest(self.standing)

    def hears(self, probe: Probe) -> bool:
        return probe is self.probe if self.probe else probe.quantity in self.inputs

    def probes(self, quantity: str) -> list[Probe]:
        """6.4: whom the measure asks; the rule's own quantity is its own sensor alone."""
        quantity = quantity if quantity != "value" else self.rule.quantity
        if self.probe and quantity == self.rule.quantity:
            return [self.probe]
        return [one for one in self.site.probes.values() if one.quantity == quantity]

    def bound(self, spec: LevelRule, time: int) -> Bound | None:
        """7.1–7.4: the threshold in force at a time."""
        if spec.season is not None and not measures.is_in(spec.season, time):
            return None
        if self.limits:
            best: Limit | None = None
            for row in (row for row in self.limits if row.level == spec.level):
                if row.valid_from <= time < row.valid_to:
                    best = row if best is None or row.valid_from >= best.valid_from else best
            return (best.value, best.direction, best.deadband) if best else None
        if spec.threshold is not None:
            return (spec.threshold, spec.direction, spec.deadband)
        return None if self.rule.takes_limits else BOOLEAN

    def evaluate(self, time: int, at: int, value: float | None, quality: Quality) -> None:
        """4.1: each level by its own condition as of `time`, known at `at`."""
        before = self.standing
        self.asked = max(self.asked, time)
        if not self.probe:  # 6.5
            time, at = self.asked, max(at, self.asked)
        last = self.quality if value is None else quality
        self.reading = self.reading if value is None else value
        self.quality = Quality.UNCERTAIN if value is None else quality
        for one in self.standings:
            bound, interval = self.bound(one.spec, time), UNKNOWN
            one.limit = None
            if bound:
                is_boolean = bound is BOOLEAN
                is_low = (one.spec.direction if is_boolean else bound[1]) == "low"
                reader = Reader(one.spec, time, self.probes, self.rule.max_age_ms)
                interval = reader.interval(measure(one.spec.measure), is_low)
                one.limit = None if is_boolean else bound[0]
                one.value = interval[1] if is_low else interval[0]
            if bound is None or bound is BOOLEAN:  # 12.1
                one.value = value
            one.evaluate(time, bound, interval, self.max_gap)
        self.report(before, at)
        self.quality = last

    def tick(self, now: int) -> None:
        before = self.standing
        for one in self.standings:
            one.value = self.reading  # 12.1
            one.tick(now, self.max_gap)
        self.report(before, now)

    def report(self, stood: frozenset[Level], at: int) -> None:
        """4.2 and 12.1: one change a transition, with the evidence of the level it is about."""
        stands = self.standing
        if not self.line or self.line[-1][1] != stands:
            self.line.append((at, stands))
        if stands == stood:
            return
        before, after = highest(stood), highest(stands)
        if after != before:
            self.log[at] = after
            value = finite(self.about(max(before, after)).value)
            self.tell(kind_of(before, after), before, after, at, value)

    def miss(self, key: str, now: int) -> None:
        """8.1: a sensor fell silent."""
        self.silent.add(key)
        if not self.is_stale and any(self.bound(one.spec, now) for one in self.standings):
            self.is_stale = True
            self.tell("stale", self.level, self.level, now)

    def hear_again(self, key: str, at: int, quality: Quality) -> None:
        """8.1: a sensor is back; fresh when none of the rule's sensors is silent."""
        self.quality = quality
        self.silent.discard(key)
        if self.is_stale and not self.silent:
            self.is_stale = False
            self.tell("fresh", self.level, self.level, at)

    def about(self, level: Level) -> Standing:
        return next(
            (s for s in self.standings if s.spec.level == level), Standing(LevelRule(level=level))
        )

    def tell(
        self, kind: str, before: Level, after: Level, at: int, value: float | None = None
    ) -> None:
        """12.1: the evidence is of the level entered or left, or of the one that stands."""
        one = self.about(max(before, after))
        known: list[Any] = [value for value in one.since if value is not None] or [None]
        low, high = finite(min(known)), finite(max(known))
        told = Told(*self.place, kind, before, after, at, one.first, value, one.limit)
        told = told._replace(n=len(one.since), low=low, high=high, quality=self.quality.word)
        self.site.told.append(told)

    @property
    def place(self) -> tuple[str | None, str, str]:
        """Sensor, object and rule of its changes."""
        key = self.probe.sensor.key if self.probe else None
        return (key, self.site.sensors[0].object, self.rule.key)


class Site:
    """One observed object: its sensors, and the rules on them and on itself."""

    def __init__(
        self, sensors: Sequence[Sensor], limits: Sequence[Limit], rule_set: RuleSet
    ) -> None:
        self.sensors, self.limits, self.rule_set = sensors, limits, rule_set
        self.probes = {sensor.key: Probe(sensor, rule_set) for sensor in sensors}
        self.tracks: list[Track] = []
        for rule in rule_set.rules:
            own = [one for one in self.probes.values() if one.quantity == rule.quantity]
            scopes = own if rule.scope == "sensor" else [None] * bool(own)
            self.tracks += [Track(rule, probe, self) for probe in scopes]
        self.hearing = {key: [track for track in self.tracks if track.hears(probe)]
                        for key, probe in self.probes.items()}  # fmt: skip
        self.told: list[Told] = []
        self.log: list[tuple[int, str, float, Quality]] = []  # stored readings; ticks without key
        texts = [spec.measure for rule in rule_set.rules for spec in rule.levels]
        self.longest_window = max(map(measures.longest_window, texts), default=0)

    def read(self, key: str, time: int, value: float, quality: int, received: int) -> str:
        """Clauses 3.1–3.4; the verdict's word."""
        probe = self.probes[key]
        if math.isinf(value):
            return "not_finite"
        is_ahead = received != NEVER and time > received + probe.gate.skew_ms
        if is_ahead or time < YEAR_2000 <= received:
            return "bad_time"
        if time in probe.stored:
            first = probe.stored[time]
            is_same = first == value or (math.isnan(first) and math.isnan(value))
            return "duplicate" if is_same else "conflict"
        probe.stored[time] = value
        self.log.append((time, key, value, Quality(quality)))
        if time < probe.newest:
            reconsider(self, probe, time)
            return "late"
        return self.gate(probe, time, value, Quality(quality))

    def take(self, time: int, key: str, value: float, quality: Quality) -> None:
        """10.2: one entry of the log again."""
        self.gate(self.probes[key], time, value, quality) if key else self.tick(time)

    def gate(self, probe: Probe, time: int, value: float, quality: Quality) -> str:
        """Clauses 3.5–3.9 for a stored reading newer than all of its sensor."""
        probe.newest = time
        is_missing = math.isnan(value) or quality >= Quality.BAD
        if is_missing or not probe.gate.low <= value <= probe.gate.high:
            self.apply(probe, time, None, Quality.BAD, time)
            return "unknown" if is_missing else "range"
        probe.heard = time
        if probe.held:
            self.decide(probe, time, value)
        if not probe.is_implausible(time, value):
            self.apply(probe, time, value, quality, time)
            return "applied"
        if probe.gate.spike == "confirm":
            probe.held = (time, value, quality)
        return "held" if probe.held else "dropped"

    def decide(self, probe: Probe, time: int, value: float) -> None:
        """3.7: a reading with a known value decides the held one."""
        held_at, held, quality = probe.take_held()
        start, course = probe.course
        is_nearer = abs(value - course) < abs(value - held)
        if (value - held) * (held - course) < 0:  # else (a)
            if is_nearer and abs(value - course) <= probe.reach(time - start):  # (b)
                return
            if abs(value - held) > probe.reach(time - held_at):  # (d), else (c)
                quality = Quality.UNCERTAIN
        self.apply(probe, held_at, held, quality, time)

    def apply(
        self, probe: Probe, time: int, value: float | None, quality: Quality, at: int
    ) -> None:
        """An evaluated reading (None: unknown), known at `at`: all that hear it."""
        probe.keep(time, value)
        if value is not None:
            probe.course = (time, value)
            quality = probe.steadiness(time, value, quality)
            probe.is_silent = False
            for track in self.hearing[probe.sensor.key]:  # 8.1
                track.hear_again(probe.sensor.key, at, quality)
        for track in self.hearing[probe.sensor.key]:
            if value is not None or not track.probe:  # 2.3
                track.evaluate(time, at, value, quality)

    def tick(self, now: int) -> None:
        """1.2 and 5.5: waits for confirmation, then hold timers, then silence."""
        self.log.append((now, "", 0.0, Quality.GOOD))
        for probe in self.probes.values():
            if probe.held and now - probe.held[0] >= probe.confirm:  # 3.8
                time, value, _ = probe.take_held()
                self.apply(probe, time, value, Quality.UNCERTAIN, now)
        for track in self.tracks:
            track.tick(now)
        for probe in self.probes.values():
            is_silent = probe.heard != NEVER and now - probe.heard > probe.stale
            if is_silent and not probe.is_silent:  # 8.1
                probe.is_silent = True
                for track in self.hearing[probe.sensor.key]:
                    track.miss(probe.sensor.key, now)
