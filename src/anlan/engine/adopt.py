"""Going on under another plan: new rule versions, sensors or limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from anlan.engine.changes import describe_promotion
from anlan.engine.late import copy_object, identity, instance_pairs
from anlan.engine.plan import Plan
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level

if TYPE_CHECKING:
    from anlan.engine.engine import Engine

Policy = Literal["carry", "reset", "rebuild"]


def adopt(engine: Engine, plan: Plan, policy: Policy) -> list[Change]:
    """Moves the engine to a plan; gives `corrected` for each level that it says differently."""
    old_plan, old_levels = engine.plan, engine.levels()
    old_groups = {
        (p.key, g.key): int(level)
        for (p, g), level in zip(engine.promoter.outputs, engine.promoter.said, strict=True)
    }
    before = {identity(old_plan, m): int(old_levels[m]) for m in range(len(old_levels))}
    other = type(engine)(old_plan)
    other.state, other.rings = engine.state, engine.rings
    at = _now(engine)
    engine.take_up(plan)
    handles = {
        plan.handle[s.key]: h for h, s in enumerate(old_plan.sensors) if s.key in plan.handle
    }
    pairs = instance_pairs(plan, old_plan) if policy != "reset" else []
    copy_object(engine, other, handles, pairs)
    for main, sub in handles.items():
        engine.state.sensor["stale"][main] = other.state.sensor["stale"][sub]
    for main, sub in pairs:
        for name in ("told_stale", "silent"):
            engine.state.instance[name][main] = other.state.instance[name][sub]
    if policy == "rebuild":
        _rebuild(engine, at)
    engine.settle()
    _renumber(engine, old_plan)
    said = [c for c in _told(engine, old_plan, before, at)]
    return said + _groups(engine, old_groups, at)


def _now(engine: Engine) -> int:
    """The newest moment the log has shown."""
    newest = int(engine.state.sensor["course_t"].max(initial=0))
    ticks = [int(part.max()) for part in engine.late.ticks if len(part)]
    return max([newest, engine.own_tick, *ticks])


def _rebuild(engine: Engine, at: int) -> None:
    window = engine.late.window
    if window is None:
        return
    engine.late.said = []
    for name in dict.fromkeys(s.object for s in engine.plan.sensors):
        rows = window(tuple(engine.plan.members(name)), at - engine.plan.horizon_ms)
        if len(rows.sensor):
            engine.late.evaluate(engine, name, rows, since=at + 1)


def _renumber(engine: Engine, old_plan: Plan) -> None:
    """What was said before, under the instances' new numbers."""
    new = dict(instance_pairs(old_plan, engine.plan))
    kept = []
    for part in engine.late.said:
        mine = part[[int(m) in new for m in part["instance"]]].copy()
        mine["instance"] = [new[int(m)] for m in mine["instance"]]
        kept.append(mine)
    engine.late.said = kept
    engine.late.forget_members()


def _told(
    engine: Engine, old_plan: Plan, before: dict[tuple[str, str, str, str], int], at: int
) -> list[Change]:
    levels = engine.levels()
    after = {identity(engine.plan, m): int(levels[m]) for m in range(len(levels))}
    engine.promoter.restore({m: int(level) for m, level in enumerate(levels) if level})
    versions = {
        r.key: r.version
        for plan in (old_plan, engine.plan)
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


def _groups(engine: Engine, before: dict[tuple[str, str], int], at: int) -> list[Change]:
    engine.promoter.judge_all()
    changes = []
    for (promotion, group), level in zip(
        engine.promoter.outputs, engine.promoter.said, strict=True
    ):
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
