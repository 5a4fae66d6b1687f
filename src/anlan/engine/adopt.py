"""Going on under another plan: new rule versions, sensors or limits."""

from dataclasses import replace
from typing import Literal

import numpy as np

from anlan.engine.changes import describe, describe_promotion
from anlan.engine.kernel.tables import CHANGE
from anlan.engine.late import Late, copy_object, corrected, identity, instance_pairs
from anlan.engine.plan import Plan
from anlan.engine.rules import Gate, Rule
from anlan.engine.work import Work
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level

Policy = Literal["carry", "reset", "rebuild"]


def adopt(work: Work, plan: Plan, policy: Policy, late: Late) -> list[Change]:
    """Moves the engine to a plan; gives `corrected` for each level that it says differently.

    The policy is for the rules that are not the same in both plans; all others go on.
    """
    old_plan, old_levels = work.plan, work.levels()
    old_groups = {
        (p.key, g.key): int(level)
        for (p, g), level in zip(work.promoter.outputs, work.promoter.said, strict=True)
    }
    before = {identity(old_plan, m): int(old_levels[m]) for m in range(len(old_levels))}
    other = Work(old_plan)
    other.state, other.rings = work.state, work.rings
    at = newest_at(work)
    work.take_up(plan)
    handles = {
        plan.handle[s.key]: h for h, s in enumerate(old_plan.sensors) if s.key in plan.handle
    }
    both = instance_pairs(plan, old_plan)
    changed = _changed(plan, old_plan, both)
    pairs = [pair for pair in both if policy == "carry" or pair[0] not in changed]
    copy_object(work, other, handles, pairs)
    heard_again = _keep_silence(work, other, handles, both)
    work.state.instance["version_t"] = at
    for main, old in both:
        if main not in changed:
            work.state.instance["version_t"][main] = other.state.instance["version_t"][old]
    _renumber(work, old_plan)
    late.forget_members()
    if policy == "rebuild":
        _rebuild(work, late, at, changed)
    work.settle()
    gone = {identity(old_plan, int(m)) for m in np.flatnonzero(other.state.instance["told_stale"])}
    told = _told(work, before, at)
    fresh = _fresh(work, heard_again, gone - {identity(plan, m) for m, _ in both}, at)
    return told + fresh + _groups(work, old_groups, at)


def changed_objects(plan: Plan, old_plan: Plan) -> list[str]:
    """The objects with a rule that is not the same in both plans: those that a rebuild reads."""
    changed = _changed(plan, old_plan, instance_pairs(plan, old_plan))
    return list(dict.fromkeys(plan.instances[m].object for m in sorted(changed)))


def _changed(plan: Plan, old_plan: Plan, both: list[tuple[int, int]]) -> frozenset[int]:
    return frozenset(m for m, old in both if _asks(plan, m) != _asks(old_plan, old))


def _asks(plan: Plan, m: int) -> tuple[Rule, Gate | None]:
    """What makes a rule the same rule: its words, and the gate of its quantity."""
    instance = plan.instances[m]
    rules = next(one for one in plan.rule_sets if one.pack == instance.pack)
    return instance.rule, rules.gates.get(instance.rule.quantity)


def _keep_silence(
    work: Work, other: Work, handles: dict[int, int], pairs: list[tuple[int, int]]
) -> list[int]:
    """What was told of silence stays told; gives the instances that hear no silent sensor more."""
    stale, mine = work.state.sensor["stale"], work.state.instance
    for main, sub in handles.items():
        stale[main] = other.state.sensor["stale"][sub]
    for main, sub in pairs:
        mine["told_stale"][main] = other.state.instance["told_stale"][sub]
    tables = work.plan.tables
    heard = np.repeat(stale, tables.sensor["asks_to"] - tables.sensor["asks_from"])
    np.add.at(mine["silent"], tables.asks, heard)
    again = np.flatnonzero((mine["told_stale"] != 0) & (mine["silent"] == 0))
    mine["told_stale"][again] = 0
    return [int(m) for m in again]


def _fresh(
    work: Work, again: list[int], gone: set[tuple[str, str, str, str]], at: int
) -> list[Change]:
    """`fresh` for rules that told silence and will hear no end of it."""
    levels = work.levels()
    rows = [corrected(None, m, (int(levels[m]),) * 2, at) for m in again]
    for row in rows:
        row["kind"] = Kind.FRESH
    ended = [replace(_ended(key, 0, at), kind=Kind.FRESH) for key in sorted(gone)]
    return [*describe(work.plan, [], np.array(rows, CHANGE)), *ended]


def newest_at(work: Work) -> int:
    """The newest moment the log has shown."""
    newest = [
        int(times.max(initial=0))
        for times in (work.state.hot["course_t"], work.state.sensor["newest_t"])
    ]
    return max(*newest, work.own_tick, work.memory.newest_tick)


def _rebuild(work: Work, late: Late, at: int, changed: frozenset[int]) -> None:
    """Evaluates the objects whose rules changed over their stored readings."""
    if late.window is None:
        return
    for name in dict.fromkeys(work.plan.instances[m].object for m in sorted(changed)):
        rows = late.window(tuple(work.plan.members(name)), at - work.plan.horizon_ms)
        if len(rows.sensor):
            late.evaluate(work, name, rows, since=at + 1, blank=changed)


def _renumber(work: Work, old_plan: Plan) -> None:
    """What was said before, under the instances' new numbers."""
    new = dict(instance_pairs(old_plan, work.plan))
    kept = []
    for part in work.memory.said:
        mine = part[[int(m) in new for m in part["instance"]]].copy()
        mine["instance"] = [new[int(m)] for m in mine["instance"]]
        kept.append(mine)
    work.memory.said = kept


def _told(work: Work, before: dict[tuple[str, str, str, str], int], at: int) -> list[Change]:
    """The levels that are not as they were; remembered, as late data will ask for them."""
    levels = work.levels()
    work.promoter.restore({m: int(level) for m, level in enumerate(levels) if level})
    told: dict[tuple[str, str, str, str], Change] = {}
    rows = []
    for m in range(len(levels)):
        key = identity(work.plan, m)
        was, level = before.pop(key, 0), int(levels[m])
        if was != level:
            row = corrected(None, m, (was, level), at)
            rows.append(row)
            told[key] = next(describe(work.plan, [], np.array([row], CHANGE)))
    work.memory.note(np.array(rows, CHANGE))
    told |= {key: _ended(key, level, at) for key, level in before.items() if level}
    return [told[key] for key in sorted(told)]


def _ended(key: tuple[str, str, str, str], level: int, at: int) -> Change:
    """The end of a level whose rule is gone."""
    _, rule, name, sensor = key
    return Change(
        sensor=sensor or None,
        object=name,
        rule=rule,
        kind=Kind.CORRECTED,
        before=Level(level),
        after=Level.NONE,
        at=at,
        evidence=Evidence(),
    )


def _groups(work: Work, before: dict[tuple[str, str], int], at: int) -> list[Change]:
    work.promoter.judge_all()
    changes = []
    for (promotion, group), level in zip(work.promoter.outputs, work.promoter.said, strict=True):
        old = before.pop((promotion.key, group.key), 0)
        if old != level:
            evidence = Evidence(
                rule_version=promotion.version, formula=describe_promotion(promotion)
            )
            changes.append(
                Change(
                    sensor=None,
                    object=group.key,
                    rule=promotion.key,
                    kind=Kind.CORRECTED,
                    before=Level(old),
                    after=Level(int(level)),
                    at=at,
                    evidence=evidence,
                )
            )
    changes += [
        _ended(("", key, group, ""), level, at)
        for (key, group), level in sorted(before.items())
        if level
    ]
    return changes
