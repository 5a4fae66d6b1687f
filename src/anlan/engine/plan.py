"""Rules, sensors and limits compiled to tables: a plan, constant until the registry changes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from anlan.engine import tables as tb
from anlan.engine.expression import Expression, Op, parse
from anlan.engine.limits import Segment, disjoint, order_warnings, seasons
from anlan.engine.rules import Gate, Group, LevelRule, Promotion, Rule, RuleSet
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit, Sensor

POLICIES = {"accept": tb.ACCEPT, "confirm": tb.CONFIRM, "reject": tb.REJECT}
LATE_HORIZON_MS = 7 * 86_400_000
WINDOW_OPS = range(Op.SUM, Op.SLOPE + 1)


@dataclass(frozen=True, slots=True)
class Instance:
    """One rule on one sensor, or on one object (sensor −1)."""

    rule: Rule
    pack: str
    sensor: int
    object: str


@dataclass(frozen=True)
class Plan:
    """What the engine needs to know, and what describes its changes.

    sensors by handle · instances by index · segments by index (None for unlimited Boolean
    conditions) · tables and ring spans for the kernel · horizon_ms: see clause 10.2.
    """

    sensors: tuple[Sensor, ...]
    limits: tuple[Limit, ...]
    rule_sets: tuple[RuleSet, ...]
    groups: tuple[Group, ...]
    instances: tuple[Instance, ...]
    segments: tuple[Segment, ...]
    tables: tb.PlanTables
    keep_ms: tb.Ints
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
        self.by_quantity: dict[str, list[int]] = defaultdict(list)
        self.by_object: dict[tuple[str, str], list[int]] = defaultdict(list)
        for handle, sensor in enumerate(sensors):
            self.by_quantity[sensor.quantity].append(handle)
            self.by_object[sensor.object, sensor.quantity].append(handle)
        self.gates = [self.gate_of(sensor) for sensor in sensors]
        self.instances: list[Instance] = []
        self.asks: list[list[int]] = [[] for _ in sensors]
        self.conditions: list[tuple[tuple[int, ...], float]] = []
        self.segments: list[Segment] = []
        self.seg_ptr = [0]
        self.programs: dict[str, tuple[int, Expression]] = {}
        self.steps: list[tuple[int, int, float]] = []
        self.prog_ptr = [0]
        self.slots: list[list[int]] = []
        self.slot0: list[int] = []
        self.keep_ms = np.full(len(sensors), -1, np.int64)
        self.simple = np.ones(len(sensors), np.int64)

    def compile(self) -> Plan:
        for rule_set in self.rule_sets:
            for rule in rule_set.rules:
                self.add_rule(rule_set.pack, rule)
        longest = int(self.keep_ms.max(initial=0))
        return Plan(
            sensors=self.sensors,
            limits=self.limits,
            rule_sets=self.rule_sets,
            groups=self.groups,
            instances=tuple(self.instances),
            segments=tuple(self.segments),
            tables=self.build_tables(),
            keep_ms=self.keep_ms,
            horizon_ms=max(LATE_HORIZON_MS, 2 * longest),
            most_asks=max((len(asked) for asked in self.asks), default=0),
            warnings=tuple(order_warnings(self.limits)),
            handle={sensor.key: h for h, sensor in enumerate(self.sensors)},
            promotions=tuple((r.pack, p) for r in self.rule_sets for p in r.promotions),
        )

    def gate_of(self, sensor: Sensor) -> Gate:
        """The gate of a sensor's quantity: the first pack that knows it."""
        for rule_set in self.rule_sets:
            if sensor.quantity in rule_set.gates:
                return rule_set.gates[sensor.quantity]
        return Gate()

    def interval_of(self, handle: int) -> int:
        return self.sensors[handle].interval_ms or self.gates[handle].interval_ms

    def add_rule(self, pack: str, rule: Rule) -> None:
        """Instances of a rule on every sensor or object that it stands on."""
        on = self.by_quantity.get(rule.quantity, [])
        if rule.scope == "sensor":
            for handle in on:
                self.add_instance(Instance(rule, pack, handle, self.sensors[handle].object))
            return
        for name in dict.fromkeys(self.sensors[handle].object for handle in on):
            self.add_instance(Instance(rule, pack, -1, name))

    def add_instance(self, instance: Instance) -> None:
        conditions = self.conditions_of(instance)
        if not any(segments for _, segments in conditions):
            return
        index = len(self.instances)
        self.instances.append(instance)
        self.slot0.append(len(self.slots))
        inputs: list[str] = []
        for level, segments in conditions:
            self.add_condition(instance, level, segments, inputs)
        filled = [self.fill(instance, name) for name in inputs]
        self.slots.extend(filled)
        asking = {h for handles in filled for h in handles} if instance.sensor < 0 else set()
        for handle in sorted(asking) if instance.sensor < 0 else [instance.sensor]:
            self.asks[handle].append(index)

    def conditions_of(self, instance: Instance) -> list[tuple[LevelRule | None, list[Segment]]]:
        """The four level rules with their dated limits, lowest level first."""
        rule = instance.rule
        own: list[Limit] = []
        if rule.takes_limits and instance.sensor >= 0:
            own = self.limits_of.get(self.sensors[instance.sensor].key, [])
        conditions: list[tuple[LevelRule | None, list[Segment]]] = []
        for level in (Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED):
            written = next((r for r in rule.levels if r.level == level), None)
            if instance.sensor >= 0 and own:
                base = written or (rule.levels[0] if rule.levels else LevelRule(level=level))
                conditions.append((base, disjoint([x for x in own if x.level == level])))
            elif written is None:
                conditions.append((None, []))
            else:
                conditions.append((written, seasons(written)))
        return conditions

    def fill(self, instance: Instance, name: str) -> list[int]:
        """The sensors behind a name of an expression."""
        if instance.sensor >= 0 and name in ("value", instance.rule.quantity):
            return [instance.sensor]
        quantity = instance.rule.quantity if name == "value" else name
        return self.by_object.get((instance.object, quantity), [])

    def add_condition(
        self,
        instance: Instance,
        level: LevelRule | None,
        segments: list[Segment],
        inputs: list[str],
    ) -> None:
        self.segments.extend(segments)
        self.seg_ptr.append(len(self.segments))
        if level is None or not segments:
            self.conditions.append(((0, 0, 0, 0, 1, 1, tb.ABSENT, 0, 0), 0.0))
            return
        expression = parse(level.measure)
        program = tb.PLAIN
        if not (expression.is_plain and instance.sensor >= 0):
            program = self.add_program(instance, expression, inputs)
        self.conditions.append(
            (
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
                ),
                level.min_coverage,
            )
        )

    def add_program(self, instance: Instance, expression: Expression, inputs: list[str]) -> int:
        """The program of an expression with its slots among the instance's inputs."""
        for name in expression.inputs:
            if name not in inputs:
                inputs.append(name)
        for op, slot, number in expression.steps:
            reads = op == Op.LATEST or op in WINDOW_OPS
            name = expression.inputs[slot] if reads else ""
            self.steps.append((int(op), inputs.index(name) if reads else 0, number))
            for handle in self.fill(instance, name) if reads else []:
                self.simple[handle] = 0
                if op in WINDOW_OPS:
                    self.keep_ms[handle] = max(self.keep_ms[handle], int(number))
        self.prog_ptr.append(len(self.steps))
        return len(self.prog_ptr) - 2

    def build_tables(self) -> tb.PlanTables:
        return tb.PlanTables(
            sensor_f=np.array(
                [(g.low, g.high, g.rate_per_h, g.flat_by) for g in self.gates], float
            ).reshape(-1, 4),
            sensor_i=_whole([self.sensor_row(h) for h in range(len(self.sensors))], 7),
            asks_ptr=_pointers(self.asks),
            asks=_whole([m for asked in self.asks for m in asked]),
            is_object=np.array([i.sensor < 0 for i in self.instances], np.uint8),
            max_age=_whole(
                [-1 if i.rule.max_age_ms is None else i.rule.max_age_ms for i in self.instances]
            ),
            gap_ms=self.gaps(),
            cond_i=_whole([row for row, _ in self.conditions], 9),
            cond_f=np.array([least for _, least in self.conditions], float).reshape(-1, 1),
            seg_ptr=_whole(self.seg_ptr),
            seg_i=_whole([(x.start, x.end, int(x.is_low)) for x in self.segments], 3),
            seg_f=np.array([(x.threshold, x.deadband) for x in self.segments], float).reshape(
                -1, 2
            ),
            prog_ptr=_whole(self.prog_ptr),
            steps_i=_whole([(op, slot) for op, slot, _ in self.steps], 2),
            steps_f=np.array([number for _, _, number in self.steps], float),
            slot0=_whole(self.slot0),
            slot_ptr=_pointers(self.slots),
            slot_sensor=_whole([h for slot in self.slots for h in slot]),
            scalars=_whole([min((g.skew_ms for g in self.gates), default=0), len(self.sensors)]),
        )

    def sensor_row(self, handle: int) -> tuple[int, ...]:
        gate, interval = self.gates[handle], self.interval_of(handle)
        return (
            POLICIES[gate.spike],
            2 * interval if gate.confirm_ms is None else gate.confirm_ms,
            3 * interval if gate.max_gap_ms is None else gate.max_gap_ms,
            3 * interval if gate.stale_ms is None else gate.stale_ms,
            gate.skew_ms,
            interval,
            int(self.simple[handle]),
        )

    def gaps(self) -> tb.Ints:
        """The longest gap that keeps a delay: that of its sensor, or of the slowest input."""
        gaps = np.zeros(len(self.instances), np.int64)
        for handle, asked in enumerate(self.asks):
            gap = self.sensor_row(handle)[2] if asked else 0
            for index in asked:
                gaps[index] = max(gaps[index], gap)
        return gaps


def _whole(rows: Iterable[object], width: int = 0) -> tb.Ints:
    array = np.array(list(rows), np.int64)
    return array.reshape(-1, width) if width else array


def _pointers(lists: list[list[int]]) -> tb.Ints:
    return np.concatenate(([0], np.cumsum([len(x) for x in lists]))).astype(np.int64)
