"""Going on under another plan: new rule versions, sensors or limits."""

from typing import Literal

from anlan.engine.changes import describe_promotion
from anlan.engine.late import Late, copy_object, identity, instance_pairs
from anlan.engine.plan import Plan
from anlan.engine.work import Work
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level

Policy = Literal["carry", "reset", "rebuild"]


def adopt(work: Work, plan: Plan, policy: Policy, late: Late) -> list[Change]:
    """Moves the engine to a plan; gives `corrected` for each level that it says differently."""
    old_plan, old_levels = work.plan, work.levels()
    old_groups = {
        (p.key, g.key): int(level)
        for (p, g), level in zip(work.promoter.outputs, work.promoter.said, strict=True)
    }
    before = {identity(old_plan, m): int(old_levels[m]) for m in range(len(old_levels))}
    other = Work(old_plan)
    other.state, other.rings = work.state, work.rings
    at = _now(work)
    work.take_up(plan)
    handles = {
        plan.handle[s.key]: h for h, s in enumerate(old_plan.sensors) if s.key in plan.handle
    }
    pairs = instance_pairs(plan, old_plan) if policy != "reset" else []
    copy_object(work, other, handles, pairs)
    for main, sub in handles.items():
        work.state.sensor["stale"][main] = other.state.sensor["stale"][sub]
    for main, sub in pairs:
        for name in ("told_stale", "silent"):
            work.state.instance[name][main] = other.state.instance[name][sub]
    if policy == "rebuild":
        _rebuild(work, late, at)
    work.settle()
    _renumber(work, old_plan)
    late.forget_members()
    return _told(work, old_plan, before, at) + _groups(work, old_groups, at)


def _now(work: Work) -> int:
    """The newest moment the log has shown."""
    newest = int(work.state.hot["course_t"].max(initial=0))
    ticks = [int(part.max()) for part in work.memory.ticks if len(part)]
    return max([newest, work.own_tick, *ticks])


def _rebuild(work: Work, late: Late, at: int) -> None:
    if late.window is None:
        return
    work.memory.said = []
    for name in dict.fromkeys(s.object for s in work.plan.sensors):
        rows = late.window(tuple(work.plan.members(name)), at - work.plan.horizon_ms)
        if len(rows.sensor):
            late.evaluate(work, name, rows, since=at + 1)


def _renumber(work: Work, old_plan: Plan) -> None:
    """What was said before, under the instances' new numbers."""
    new = dict(instance_pairs(old_plan, work.plan))
    kept = []
    for part in work.memory.said:
        mine = part[[int(m) in new for m in part["instance"]]].copy()
        mine["instance"] = [new[int(m)] for m in mine["instance"]]
        kept.append(mine)
    work.memory.said = kept


def _told(
    work: Work, old_plan: Plan, before: dict[tuple[str, str, str, str], int], at: int
) -> list[Change]:
    levels = work.levels()
    after = {identity(work.plan, m): int(levels[m]) for m in range(len(levels))}
    work.promoter.restore({m: int(level) for m, level in enumerate(levels) if level})
    versions = {
        r.key: r.version
        for plan in (old_plan, work.plan)
        for rule_set in plan.rule_sets
        for r in rule_set.rules
    }
    return [
        Change(
            sensor=key[3] or None,
            object=key[2],
            rule=key[1],
            kind=Kind.CORRECTED,
            before=Level(before.get(key, 0)),
            after=Level(after.get(key, 0)),
            at=at,
            evidence=Evidence(rule_version=versions.get(key[1], "")),
        )
        for key in sorted(before.keys() | after.keys())
        if before.get(key, 0) != after.get(key, 0)
    ]


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
        Change(
            sensor=None,
            object=group,
            rule=key,
            kind=Kind.CORRECTED,
            before=Level(level),
            after=Level.NONE,
            at=at,
            evidence=Evidence(),
        )
        for (key, group), level in sorted(before.items())
        if level
    ]
    return changes
