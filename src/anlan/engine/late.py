"""Late readings: the object is evaluated again in order of time, and differences are told.

Clause 10 of the alarm semantics. Rare and slow by design: plain Python around the kernel.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from anlan.engine.changes import Changes, no_changes
from anlan.engine.kernel import tables as tb
from anlan.engine.plan import Plan, compile_plan
from anlan.engine.promotion import LEVEL_KINDS
from anlan.engine.work import Window, Work
from anlan.terms.changes import Kind
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

Statement = tuple[int, int, int]  # at, level after, index into the changes or −1


class Own(NamedTuple):
    """An object's own plan, and (instance of the whole plan, instance of its own)."""

    plan: Plan
    pairs: list[tuple[int, int]]


class Late:
    """The road of late rows.

    now: the newest own tick before each row of the batch, None where ticks are records.
    """

    def __init__(self, window: Window | None) -> None:
        self.window = window
        self.now: tb.Ints | None = None
        self._members: dict[str, tuple[int, ...]] = {}
        self._stored: dict[str, tuple[int, Batch]] = {}
        self._owns: dict[str, Own] = {}
        self._instances: dict[str, list[int]] = defaultdict(list)

    def begin(self) -> None:
        """A new batch: what was read from the store before is old."""
        self._stored.clear()
        self.now = None

    def forget_members(self) -> None:
        """After another plan was taken up."""
        self._members.clear()
        self._stored.clear()
        self._owns.clear()
        self._instances.clear()

    def _own_of(self, plan: Plan, name: str) -> Own:
        """The object's own plan, made once."""
        if not self._instances:
            for m, instance in enumerate(plan.instances):
                self._instances[instance.object].append(m)
        if name not in self._owns:
            own = sub_plan(plan, name)
            index = {identity(own, m): m for m in range(len(own.instances))}
            found = [(m, index.get(identity(plan, m), -1)) for m in self._instances[name]]
            self._owns[name] = Own(own, [(m, sub) for m, sub in found if sub >= 0])
        return self._owns[name]

    def take(
        self, work: Work, batch: Batch, row: int, verdicts: tb.Bytes
    ) -> tuple[Verdict, Changes]:
        """The verdict on a late row and the corrections that follow."""
        if self.window is None:
            return Verdict.LATE, no_changes()
        sensor, time = int(batch.sensor[row]), int(batch.time[row])
        stored = self._known(self.window, work.plan, batch, row, verdicts)
        again = np.flatnonzero((stored.sensor == sensor) & (stored.time == time))
        if len(again):
            first, value = stored.value[again[0]], batch.value[row]
            same = first == value or (np.isnan(first) and np.isnan(value))
            return (Verdict.DUPLICATE if same else Verdict.CONFLICT), no_changes()
        if time < work.newest_of(sensor) - work.plan.horizon_ms:
            return Verdict.LATE, no_changes()
        late = Batch(*(column[row : row + 1] for column in batch))
        name = work.plan.sensors[sensor].object
        rows = _join(stored, late)
        corrected = self.evaluate(work, name, rows, since=time, until=self._tick_of(row))
        corrected["row"] = row
        work.memory.note(corrected)
        return Verdict.LATE, corrected

    def _tick_of(self, row: int) -> int | None:
        return None if self.now is None else int(self.now[row])

    def _known(
        self, window: Window, plan: Plan, batch: Batch, row: int, verdicts: tb.Bytes
    ) -> Batch:
        """Stored readings of the row's object, those earlier in its own batch included."""
        time = int(batch.time[row])
        name = plan.sensors[int(batch.sensor[row])].object
        if name not in self._members:
            self._members[name] = tuple(plan.members(name))
        members = self._members[name]
        since = time - plan.horizon_ms
        if name not in self._stored or self._stored[name][0] > since:
            self._stored[name] = (since, window(members, since))
        before = self._stored[name][1]
        here = np.isin(batch.sensor[:row], members) & (verdicts[:row] < Verdict.DUPLICATE)
        both = _join(before, Batch(*(column[:row][here] for column in batch)))
        recent = both.time >= since
        return Batch(*(column[recent] for column in both))

    def evaluate(
        self,
        work: Work,
        name: str,
        rows: Batch,
        *,
        since: int,
        until: int | None = None,
        blank: frozenset[int] = frozenset(),
    ) -> Changes:
        """Evaluates an object again over rows in order of time; corrections from `since` on.

        until: the last tick · blank: instances that begin with nothing standing.
        """
        own = self._own_of(work.plan, name)
        plan, pairs = own.plan, own.pairs
        order = np.argsort(rows.time, kind="stable")
        handles = {work.plan.handle[s.key]: h for h, s in enumerate(plan.sensors)}
        lookup = np.full(len(work.plan.sensors), -1, np.int32)
        lookup[list(handles)] = list(handles.values())
        ordered = Batch(*(column[order] for column in rows))
        ordered = ordered._replace(
            sensor=lookup[ordered.sensor], received=np.full(len(order), NEVER, np.int64)
        )
        again = Work(plan)
        said, ticks = work.memory.gather()
        old = statements_of(said, {m for m, _ in pairs})
        start = int(ordered.time[0]) if len(order) else since
        stood = {m: 0 if m in blank else _level_before(old[m], start) for m, _ in pairs}
        for main, sub in pairs:
            _stand(again, sub, stood[main], start)
        ticks = ticks[ticks >= start]
        ticks = ticks if until is None else ticks[ticks <= until]
        fresh = again.run(ordered, ticks)
        renumber(fresh, pairs, plan, work.plan)
        versions = work.state.instance["version_t"]
        begins = {m: (max(since, int(versions[m])), stood[m]) for m, _ in pairs}
        corrections = _differences(pairs, old, fresh, begins)
        copy_object(work, again, handles, pairs)
        return corrections


def renumber(changes: Changes, pairs: list[tuple[int, int]], own: Plan, plan: Plan) -> None:
    """Gives the limits of changes under an object's own plan the numbers of the whole plan."""
    main = {sub: m for m, sub in pairs}
    for i in np.flatnonzero(changes["condition"] >= 0):
        sub, level = divmod(int(changes["condition"][i]), 4)
        here = 4 * main[sub] + level
        if changes["segment"][i] >= 0:
            shift = plan.tables.limit["start"][here] - own.tables.limit["start"][4 * sub + level]
            changes["segment"][i] += shift
        changes["condition"][i] = here


def statements_of(said: Changes, instances: set[int]) -> dict[int, list[Statement]]:
    """What was said of some instances, in order of `at`, later words last."""
    statements: dict[int, list[Statement]] = defaultdict(list)
    for change in said[np.isin(said["instance"], list(instances))]:
        one = (int(change["at"]), int(change["after"]), -1)
        statements[int(change["instance"])].append(one)
    for words in statements.values():
        words.sort(key=lambda x: x[0])
    return statements


def sub_plan(plan: Plan, name: str) -> Plan:
    """The plan of one object alone."""
    sensors = [s for s in plan.sensors if s.object == name]
    keys = {s.key for s in sensors}
    limits = [x for x in plan.limits if x.sensor in keys]
    return compile_plan(sensors, limits, plan.rule_sets)


def instance_pairs(plan: Plan, other: Plan) -> list[tuple[int, int]]:
    """(index in plan, index in other) of the instances that both have."""
    index = {identity(other, m): m for m in range(len(other.instances))}
    found = ((m, index.get(identity(plan, m), -1)) for m in range(len(plan.instances)))
    return [(m, sub) for m, sub in found if sub >= 0]


def identity(plan: Plan, m: int) -> tuple[str, str, str, str]:
    """What makes an instance the same in two plans."""
    instance = plan.instances[m]
    sensor = plan.sensors[instance.sensor].key if instance.sensor >= 0 else ""
    return (instance.pack, instance.rule.key, instance.object, sensor)


def _join(a: Batch, b: Batch) -> Batch:
    return Batch(*(np.concatenate(pair) for pair in zip(a, b, strict=True)))


def _level_before(statements: list[Statement], time: int, level: int = 0) -> int:
    for at, after, _ in statements:
        if at < time:
            level = after
    return level


def _stand(work: Work, m: int, level: int, since: int) -> None:
    """Lets the levels up to `level` that the rule has stand, since a time."""
    for k in range(level):
        c = 4 * m + k
        limit = work.plan.tables.limit[c]
        if limit["start"] < limit["end"]:
            work.state.instance["standing"][m] |= 1 << k
            work.state.condition["entered_t"][c] = since
            work.state.condition["first_t"][c] = since


def _differences(
    pairs: list[tuple[int, int]],
    old: dict[int, list[Statement]],
    fresh: Changes,
    begins: dict[int, tuple[int, int]],
) -> Changes:
    """`corrected` rows wherever the new evaluation says something else.

    begins: by instance, from when on, and the level that the evaluation began with.
    """
    rows: list[np.void] = []
    for main, sub in pairs:
        since, level = begins[main]
        mine = fresh[(fresh["instance"] == sub) & np.isin(fresh["kind"], LEVEL_KINDS)]
        new = [(int(c["at"]), int(c["after"]), i) for i, c in enumerate(mine)]
        told = _level_before(old[main], since)
        level = _level_before(new, since, level)
        for time in sorted({since, *(at for at, _, _ in (*old[main], *new) if at >= since)}):
            told = next((a for at, a, _ in reversed(old[main]) if at == time), told)
            here = [x for x in new if x[0] == time]
            level = here[-1][1] if here else level
            if level != told:
                source = mine[here[-1][2]] if here else None
                rows.append(corrected(source, main, (told, level), time))
                told = level
    return np.array(rows, tb.CHANGE) if rows else no_changes()


def corrected(source: np.void | None, instance: int, levels: tuple[int, int], at: int) -> np.void:
    """A `corrected` change; source: the change whose evidence it tells."""
    rows = np.zeros(1, tb.CHANGE)
    if source is None:
        for name in ("value", "low", "high", "coverage"):
            rows[name] = np.nan
        rows["first_at"], rows["segment"], rows["condition"] = NEVER, -1, -1
    else:
        rows[0] = source
    rows["instance"], rows["kind"], rows["at"] = instance, Kind.CORRECTED, at
    rows["before"], rows["after"] = levels
    row: np.void = rows[0]
    return row


KEPT = ("stale", "ring_from", "ring_size", "ring_head", "ring_n", "calm_rate")


def copy_object(
    work: Work, other: Work, handles: dict[int, int], pairs: list[tuple[int, int]]
) -> None:
    """Takes an object's state over from another engine; silence stays as it was told."""
    for main, sub in handles.items():
        for mine, theirs in (
            (work.state.hot, other.state.hot),
            (work.state.sensor, other.state.sensor),
        ):
            for name in mine.dtype.names or ():
                if name not in KEPT:
                    mine[name][main] = theirs[name][sub]
        copy_ring(work, other, main, sub)
    for main, sub in pairs:
        for name in ("standing", "clock", "value", "quality"):
            work.state.instance[name][main] = other.state.instance[name][sub]
        mine, theirs = work.state.condition, other.state.condition
        mine[4 * main : 4 * main + 4] = theirs[4 * sub : 4 * sub + 4]
    for main in handles:
        work.refresh(main)


def copy_ring(work: Work, other: Work, main: int, sub: int) -> None:
    """Takes a sensor's recent readings over."""
    order = tb.ring_order(other.state, sub)
    ring, n = work.state.sensor[main], len(order)
    if ring["ring_size"] == 0:
        return
    while ring["ring_size"] < n:
        work.grow(main)
    start = int(ring["ring_from"])
    work.rings.at[start : start + n] = other.rings.at[order]
    work.rings.value[start : start + n] = other.rings.value[order]
    ring["ring_n"], ring["ring_head"] = n, n % int(ring["ring_size"])
