"""The alarm semantics once more, in plain Python: what the engine must agree with.

Written from docs/reference/alarm-semantics.md, clause by clause, without looking at the engine;
slow and short on purpose. What a sensor's gate remembers is in oracle_gate.py, how one level stands
in oracle_level.py, measures over time in oracle_measures.py, late data in oracle_late.py, promotion
in oracle_groups.py.
"""

import math
from collections.abc import Sequence
from typing import Any

from tests import oracle_measures as measures
from tests.oracle_gate import Probe
from tests.oracle_groups import Tree
from tests.oracle_late import reconsider
from tests.oracle_level import Bound, Standing
from tests.oracle_measures import UNKNOWN, Reader, measure
from tests.oracle_told import Row, Told, kind_of

from anlan.engine.rules import Gate, Group, LevelRule, Rule, RuleSet
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.quality import Quality
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import NEVER

YEAR_2000 = 946_684_800_000


def run(
    sensors: Sequence[Sensor],
    limits: Sequence[Limit],
    rule_set: RuleSet,
    rows: Sequence[Row],
    groups: Sequence[Group] = (),
    ticks: str = "inline",
) -> list[tuple[object, ...]]:
    """The changes of a log: the first nine fields of each Told."""
    return [told[:9] for told in Oracle(sensors, limits, rule_set, groups).tell(rows, ticks)]


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


class Track:
    """One rule on its scope: a sensor, or an object when `probe` is None."""

    def __init__(self, rule: Rule, probe: Probe | None, site: "Site") -> None:
        self.rule, self.probe, self.site = rule, probe, site
        specs = {spec.level: spec for spec in rule.levels}
        if rule.takes_limits:
            specs = {level: specs.get(level, LevelRule(level=level)) for level in RAISED_LEVELS}
        self.standings = [Standing(spec) for _, spec in sorted(specs.items())]
        texts = [spec.measure for spec in specs.values()]
        self.inputs = {name for text in texts for name in measures.names(text, rule.quantity)}
        gate = site.rule_set.gates.get(rule.quantity, Gate())
        self.max_gap = 3 * gate.interval_ms if gate.max_gap_ms is None else gate.max_gap_ms
        self.max_gap = probe.max_gap if probe else self.max_gap
        self.quality = Quality.GOOD
        self.line: list[tuple[int, frozenset[Level]]] = []  # what stands from when on

    @property
    def standing(self) -> frozenset[Level]:
        return frozenset(one.spec.level for one in self.standings if one.stands)

    @property
    def level(self) -> Level:
        return max(self.standing, default=Level.NONE)

    def hears(self, probe: Probe) -> bool:
        return probe is self.probe if self.probe else probe.sensor.quantity in self.inputs

    def probes(self, quantity: str) -> list[Probe]:
        """6.4: whom the measure asks; the rule's own quantity is its own sensor alone."""
        quantity = self.rule.quantity if quantity == "value" else quantity
        if self.probe and quantity == self.rule.quantity:
            return [self.probe]
        return [one for one in self.site.probes.values() if one.sensor.quantity == quantity]

    def bound(self, spec: LevelRule, time: int) -> Bound | None:
        """7.1–7.4: the threshold in force at a time."""
        if spec.season is not None and not measures.is_in(spec.season, time):
            return None
        if spec.threshold is None and not self.rule.takes_limits:
            return (1.0, "high", 0.0)  # 4.4: a Boolean measure is 1 when TRUE
        if not self.rule.takes_limits:
            return (float(spec.threshold or 0), spec.direction, spec.deadband)
        best: Limit | None = None
        for row in self.site.limits:
            is_mine = self.probe and (row.sensor, row.level) == (self.probe.sensor.key, spec.level)
            if is_mine and row.valid_from <= time < row.valid_to:
                best = row if best is None or row.valid_from >= best.valid_from else best
        return (best.value, best.direction, best.deadband) if best else None

    def evaluate(self, time: int, at: int, quality: Quality) -> None:
        """4.1: each level by its own condition as of `time`, known at `at`."""
        before, self.quality = self.level, quality
        for one in self.standings:
            bound, interval = self.bound(one.spec, time), UNKNOWN
            if bound:
                direction = bound[1] if self.rule.takes_limits else one.spec.direction
                reader = Reader(one.spec, time, self.probes, self.rule.max_age_ms)
                interval = reader.interval(measure(one.spec.measure), direction == "low")
            one.evaluate(time, bound, interval, self.max_gap)
        self.report(before, at)

    def tick(self, now: int) -> None:
        before = self.level
        for one in self.standings:
            one.tick(now, self.max_gap)
        self.report(before, now)

    def report(self, before: Level, at: int) -> None:
        """4.2 and 12.1: one change a transition, with the evidence of the level it is about."""
        after = self.level
        if not self.line or self.line[-1][1] != self.standing:
            self.line.append((at, self.standing))
        if after != before:
            one = next(one for one in self.standings if one.spec.level == max(before, after))
            known: list[Any] = [value for value in one.since if value is not None] or [None]
            numbers = (one.first, one.value, one.limit, len(one.since), min(known), max(known))
            self.tell(kind_of(before, after), before, after, at, *numbers, self.quality.word)

    def tell(self, kind: str, before: Level, after: Level, at: int, *evidence: Any) -> None:
        key = self.probe.sensor.key if self.probe else None
        place = self.site.sensors[0].object
        told = Told(key, place, self.rule.key, kind, before, after, at, *evidence)
        self.site.told.append(told)


class Site:
    """One observed object: its sensors, and the rules on them and on itself."""

    def __init__(
        self, sensors: Sequence[Sensor], limits: Sequence[Limit], rule_set: RuleSet
    ) -> None:
        self.sensors, self.limits, self.rule_set = sensors, limits, rule_set
        self.probes = {s.key: Probe(s, rule_set.gates.get(s.quantity, Gate())) for s in sensors}
        self.tracks: list[Track] = []
        for rule in rule_set.rules:
            own = [one for one in self.probes.values() if one.sensor.quantity == rule.quantity]
            scopes = own if rule.scope == "sensor" else [None]
            self.tracks += [Track(rule, probe, self) for probe in scopes]
        self.told: list[Told] = []  # since the last log entry
        self.kept: list[tuple[str, int, float, Quality]] = []  # stored readings in log order

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
        self.kept.append((key, time, value, Quality(quality)))
        if time < probe.newest:
            reconsider(self, probe, time)
            return "late"
        return self.gate(probe, time, value, Quality(quality))

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
            silent, probe.silent = probe.silent or [], None
            for track in (self.tracks[place] for place in silent):  # 8.1
                track.tell("fresh", track.level, track.level, at)
        for track in self.tracks:
            if track.hears(probe):
                track.evaluate(time, at, quality)

    def tick(self, now: int) -> None:
        """1.2: waits for confirmation, then hold timers, then silence."""
        for probe in self.probes.values():
            if probe.held and now - probe.held[0] >= probe.confirm:  # 3.8
                time, value, _ = probe.take_held()
                self.apply(probe, time, value, Quality.UNCERTAIN, now)
        for track in self.tracks:
            track.tick(now)
        for probe in self.probes.values():
            if probe.silent is None and probe.heard and now - probe.heard > probe.stale:  # 8.1
                probe.silent = []
                for place, track in enumerate(self.tracks):
                    is_asked = any(track.bound(one.spec, now) for one in track.standings)
                    if track.probe is probe and is_asked:
                        probe.silent.append(place)
                        track.tell("stale", track.level, track.level, now)
