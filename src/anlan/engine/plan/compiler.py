"""Rules, sensors and limits compiled to tables: a plan, constant until the registry changes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from anlan.engine.expression import Expression, Op, parse
from anlan.engine.kernel import tables as tb
from anlan.engine.plan.limits import Segment, disjoint, order_warnings, seasons, within
from anlan.engine.rules import Gate, Group, LevelRule, Promotion, Rule, RuleSet
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.sensors import Limit, Sensor

_read = lru_cache(maxsize=4096)(parse)
POLICIES = {"accept": tb.ACCEPT, "confirm": tb.CONFIRM, "reject": tb.REJECT}
Span = tuple[int, int]
LATE_HORIZON_MS = 7 * 86_400_000
WINDOW_OPS = range(Op.SUM, Op.SLOPE + 1)


@dataclass(frozen=True, slots=True)
class Instance:
    """One rule on one sensor, or on one object (sensor −1)."""

    rule: Rule
    pack: str
    sensor: int
    object: str


@dataclass(frozen=True, slots=True)
class Block:
    """Four condition rows, and what they read: names with the longest window, −1 for none."""

    first: int
    reads: dict[str, int]


@dataclass(frozen=True)
class Plan:
    """What the engine needs to know, and what describes its changes.

    sensors by handle · instances and segments by index · tables for the kernel · skew_ms: the
    smallest of all gates · horizon_ms: see clause 10.2.
    """

    sensors: tuple[Sensor, ...]
    limits: tuple[Limit, ...]
    rule_sets: tuple[RuleSet, ...]
    groups: tuple[Group, ...]
    instances: tuple[Instance, ...]
    segments: tuple[Segment, ...]
    tables: tb.PlanTables
    skew_ms: int
    horizon_ms: int
    most_asks: int
    warnings: tuple[str, ...]
    handle: dict[str, int] = field(repr=False)
    promotions: tuple[tuple[str, Promotion], ...] = ()

    def members(self, name: str) -> list[int]:
        """Handles of the sensors of an object."""
        return [h for h, sensor in enumerate(self.sensors) if sensor.object == name]


def compile_plan(
    sensors: Sequence[Sensor],
    limits: Sequence[Limit],
    rule_sets: Sequence[RuleSet],
    groups: Sequence[Group] = (),
) -> Plan:
    """The plan for a registry and its packs; raises Malformed for a rule that cannot be read."""
    return _Compiler(tuple(sensors), tuple(limits), tuple(rule_sets), tuple(groups)).compile()


class _Compiler:
    def __init__(
        self,
        sensors: tuple[Sensor, ...],
        limits: tuple[Limit, ...],
        rule_sets: tuple[RuleSet, ...],
        groups: tuple[Group, ...],
    ) -> None:
        self.sensors, self.limits = sensors, limits
        self.rule_sets, self.groups = rule_sets, groups
        self.limits_of: dict[str, list[Limit]] = defaultdict(list)
        for limit in limits:
            self.limits_of[limit.sensor].append(limit)
        self.by_quantity: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.by_object: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for handle, sensor in enumerate(sensors):
            for rule_set in rule_sets:
                if name := quantity_in(rule_set.pack, sensor.quantity):
                    self.by_quantity[rule_set.pack, name].append(handle)
                    self.by_object[rule_set.pack, sensor.object, name].append(handle)
        self.gates = [self.gate_of(sensor) for sensor in sensors]
        self.instances: list[Instance] = []
        self.asks: list[list[int]] = [[] for _ in sensors]
        self.rules: list[int] = []
        self.blocks: dict[tuple[str, str, tuple[bool, ...]], Block] = {}
        self.written: dict[tuple[str, str], list[Span]] = {}
        self.conditions: list[tuple[float, ...]] = []
        self.limit_spans: list[Span] = []
        self.segments: list[Segment] = []
        self.steps: list[tuple[int, int, float]] = []
        self.program_spans: list[tuple[int, int]] = []
        self.slots: list[list[int]] = []
        self.slot0: list[int] = []
        self.keep_ms = [-1] * len(sensors)
        self.simple = [1] * len(sensors)

    def compile(self) -> Plan:
        for rule_set in self.rule_sets:
            for rule in rule_set.rules:
                self.add_rule(rule_set.pack, rule)
        longest = max(self.keep_ms, default=0)
        return Plan(
            sensors=self.sensors,
            limits=self.limits,
            rule_sets=self.rule_sets,
            groups=self.groups,
            instances=tuple(self.instances),
            segments=tuple(self.segments),
            tables=self.build_tables(),
            skew_ms=min((gate.skew_ms for gate in self.gates), default=0),
            horizon_ms=max(LATE_HORIZON_MS, 2 * longest),
            most_asks=max((len(asked) for asked in self.asks), default=0),
            warnings=tuple(order_warnings(self.limits)),
            handle={sensor.key: h for h, sensor in enumerate(self.sensors)},
            promotions=tuple((r.pack, p) for r in self.rule_sets for p in r.promotions),
        )

    def gate_of(self, sensor: Sensor) -> Gate:
        """The gate of a sensor's quantity: the first pack that knows it."""
        for rule_set in self.rule_sets:
            name = quantity_in(rule_set.pack, sensor.quantity)
            if name in rule_set.gates:
                return rule_set.gates[name]
        return Gate()

    def interval_of(self, handle: int) -> int:
        return self.sensors[handle].interval_ms or self.gates[handle].interval_ms

    def add_rule(self, pack: str, rule: Rule) -> None:
        """Instances of a rule on every sensor or object that it stands on."""
        on = self.by_quantity.get((pack, rule.quantity), [])
        if rule.scope == "sensor":
            for handle in on:
                self.add_instance(Instance(rule, pack, handle, self.sensors[handle].object))
            return
        for name in dict.fromkeys(self.sensors[handle].object for handle in on):
            self.add_instance(Instance(rule, pack, -1, name))

    def add_instance(self, instance: Instance) -> None:
        """One rule at work, unless no level of it has a limit there."""
        own: list[Limit] = []
        if instance.rule.takes_limits and instance.sensor >= 0:
            own = self.limits_of.get(self.sensors[instance.sensor].key, [])
        spans = self.own_spans(own, instance.rule) if own else self.written_spans(instance)
        present = tuple(start < end for start, end in spans)
        if not any(present):
            return
        block = self.block_of(instance, present)
        self.limit_spans.extend(spans)
        self.rules.append(block.first)
        self.slot0.append(len(self.slots))
        filled = [self.fill(instance, name) for name in block.reads]
        self.slots.extend(filled)
        asking = {instance.sensor} if instance.sensor >= 0 else {h for x in filled for h in x}
        for handle in sorted(asking):
            self.asks[handle].append(len(self.instances))
        for handles, window_ms in zip(filled, block.reads.values(), strict=True):
            for handle in handles:
                self.simple[handle] = 0
                self.keep_ms[handle] = max(self.keep_ms[handle], window_ms)
        self.instances.append(instance)

    def own_spans(self, own: list[Limit], rule: Rule) -> list[Span]:
        """Where the segments of a sensor's own limits stand, by level."""
        written = {x.level: x for x in rule.levels}
        return [
            self.lay(within(disjoint([x for x in own if x.level == level]), written.get(level)))
            for level in RAISED_LEVELS
        ]

    def written_spans(self, instance: Instance) -> list[Span]:
        """The same for the thresholds that the pack writes; shared by all its instances."""
        key = (instance.pack, instance.rule.key)
        if key not in self.written:
            levels = {x.level: x for x in instance.rule.levels}
            self.written[key] = [
                self.lay(seasons(levels[level]) if level in levels else [])
                for level in RAISED_LEVELS
            ]
        return self.written[key]

    def lay(self, segments: list[Segment]) -> Span:
        start = len(self.segments)
        self.segments.extend(segments)
        return start, len(self.segments)

    def block_of(self, instance: Instance, present: tuple[bool, ...]) -> Block:
        """Four condition rows, shared by all instances of the rule with the same levels."""
        key = (instance.pack, instance.rule.key, present)
        if key not in self.blocks:
            block = Block(len(self.conditions), {})
            written = {x.level: x for x in instance.rule.levels}
            for level, is_present in zip(RAISED_LEVELS, present, strict=True):
                rule = written.get(level, LevelRule(level=level))
                self.add_condition(instance, rule if is_present else None, block)
            self.blocks[key] = block
        return self.blocks[key]

    def fill(self, instance: Instance, name: str) -> list[int]:
        """The sensors behind a name of an expression."""
        if instance.sensor >= 0 and name in ("value", instance.rule.quantity):
            return [instance.sensor]
        quantity = instance.rule.quantity if name == "value" else name
        return self.by_object.get((instance.pack, instance.object, quantity), [])

    def add_condition(self, instance: Instance, level: LevelRule | None, block: Block) -> None:
        if level is None:
            self.conditions.append((0, 0, 0, 0, 1, 1, tb.ABSENT, 0, 0, 0.0))
            return
        expression = _read(level.measure)
        program = tb.PLAIN
        if not (expression.is_plain and instance.sensor >= 0):
            program = self.add_program(expression, block)
        self.conditions.append(
            (
                level.on_delay_ms,
                level.off_delay_ms,
                level.min_hold_ms,
                int(level.mode == "hold"),
                level.k,
                level.n,
                program,
                int(level.lower_bound),
                int(expression.is_boolean),
                level.min_coverage,
            )
        )

    def add_program(self, expression: Expression, block: Block) -> int:
        """The program of an expression, with its slots among what the block reads."""
        start = len(self.steps)
        for op, slot, number in expression.steps:
            place = 0
            if op == Op.LATEST or op in WINDOW_OPS:
                name = expression.inputs[slot]
                window_ms = int(number) if op in WINDOW_OPS else -1
                block.reads[name] = max(block.reads.get(name, -1), window_ms)
                place = list(block.reads).index(name)
            self.steps.append((int(op), place, number))
        self.program_spans.append((start, len(self.steps)))
        return len(self.program_spans) - 1

    def build_tables(self) -> tb.PlanTables:
        asks, asks_spans = _flat(self.asks)
        filler, slots = _flat(self.slots)
        instances = [
            (
                int(i.sensor < 0),
                -1 if i.rule.max_age_ms is None else i.rule.max_age_ms,
                gap,
                slot0,
                rules,
            )
            for i, gap, slot0, rules in zip(
                self.instances, self.gaps(), self.slot0, self.rules, strict=True
            )
        ]
        sensors = [self.sensor_row(h, asks_spans[h]) for h in range(len(self.sensors))]
        segments = [(x.start, x.end, int(x.is_low), x.threshold, x.deadband) for x in self.segments]
        tables = tb.PlanTables(
            sensor=np.array(sensors, tb.SENSOR),
            stale_ms=np.array([self.stale_of(h) for h in range(len(self.sensors))], np.int64),
            asks=asks,
            instance=np.array(instances, tb.INSTANCE),
            condition=np.array(self.conditions, tb.CONDITION),
            limit=np.array(self.limit_spans, tb.SPAN),
            segment=np.array(segments, tb.SEGMENT),
            program=np.array(self.program_spans, tb.SPAN),
            step=np.array(self.steps, tb.STEP),
            slot=np.array(slots, tb.SPAN),
            filler=filler,
        )
        return tb.PlanTables._make(map(tb.moved, tables))

    def sensor_row(self, handle: int, span: tuple[int, int]) -> tuple[float, ...]:
        gate, interval = self.gates[handle], self.interval_of(handle)
        return (
            POLICIES[gate.spike],
            2 * interval if gate.confirm_ms is None else gate.confirm_ms,
            self.max_gap_of(handle),
            gate.skew_ms,
            interval,
            self.simple[handle],
            int(any(self.holds(m) for m in self.asks[handle])),
            *span,
            self.asks[handle][0] if self.asks[handle] else -1,
            self.keep_ms[handle],
            gate.flat_ms or 0,
            gate.low,
            gate.high,
            gate.rate_per_h,
            gate.flat_by,
        )

    def holds(self, index: int) -> bool:
        """Whether the instance has a delay that a tick may end."""
        return any(level.mode == "hold" for level in self.instances[index].rule.levels)

    def stale_of(self, handle: int) -> int:
        given = self.gates[handle].stale_ms
        return 3 * self.interval_of(handle) if given is None else given

    def max_gap_of(self, handle: int) -> int:
        given = self.gates[handle].max_gap_ms
        return 3 * self.interval_of(handle) if given is None else given

    def gaps(self) -> list[int]:
        """The longest gap that keeps a delay: that of its sensor, or of the slowest input."""
        gaps = [0] * len(self.instances)
        for handle, asked in enumerate(self.asks):
            gap = self.max_gap_of(handle)
            for index in asked:
                gaps[index] = max(gaps[index], gap)
        return gaps


def quantity_in(pack: str, quantity: str) -> str:
    """A sensor's quantity as the pack calls it; empty when it is another pack's."""
    owner, dot, name = quantity.partition(".")
    if not dot:
        return quantity
    return name if owner == pack else ""


def _flat(lists: list[list[int]]) -> tuple[tb.Ints, list[tuple[int, int]]]:
    """Lists laid end to end, and where each stands."""
    ends = np.cumsum([len(x) for x in lists]).astype(np.int64).tolist()
    spans = [(end - len(x), end) for x, end in zip(lists, ends, strict=True)]
    return np.array([x for part in lists for x in part], np.int64), spans
