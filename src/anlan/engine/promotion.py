"""Promotion: levels of groups from the levels of their members, one stage after the rules."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from anlan.engine.changes import Changes
from anlan.engine.kernel.tables import CHANGE
from anlan.engine.plan import Plan
from anlan.engine.rules import Group, Promotion
from anlan.terms.changes import Kind
from anlan.terms.levels import Level
from anlan.terms.times import NEVER

LEVEL_KINDS = (Kind.RAISED, Kind.RISEN, Kind.FALLEN, Kind.CLEARED, Kind.CORRECTED)


def kind_of(before: int, after: int) -> Kind:
    """The word for a transition."""
    if before == Level.NONE:
        return Kind.RAISED
    if after == Level.NONE:
        return Kind.CLEARED
    return Kind.RISEN if after > before else Kind.FALLEN


class Promoter:
    """The tree of groups of one plan with the level of every node.

    A node is (pack, group). Its members are rule instances (below an object) or child nodes.
    A kind of group without a promotion of its own hands its highest member up, silently.
    """

    def __init__(self, plan: Plan) -> None:
        self._first = len(plan.instances)
        self._groups = _all_groups(plan)
        self._kinds: dict[tuple[str, str], list[tuple[int, Promotion]]] = defaultdict(list)
        self.outputs: list[tuple[Promotion, Group]] = []
        for pack, promotion in plan.promotions:
            for group in self._groups.values():
                if group.kind == promotion.kind:
                    self._kinds[pack, group.key].append((len(self.outputs), promotion))
                    self.outputs.append((promotion, group))
        self._rules = [(i.pack, i.object, i.rule.key) for i in plan.instances]
        self._packs = {pack for pack, _ in plan.promotions}
        # node → member → (rule key or "", level)
        self._members: dict[tuple[str, str], dict[str, tuple[str, int]]] = defaultdict(dict)
        self._level: dict[tuple[str, str], int] = defaultdict(int)
        self.said = np.zeros(len(self.outputs), np.uint8)

    def restore(self, levels: dict[int, int]) -> None:
        """Puts the standing levels of rule instances back, without saying anything."""
        for instance, level in sorted(levels.items()):
            self._set(instance, level)

    def judge_all(self) -> None:
        """Takes what the members give now as said."""
        for node in self._kinds:
            for index, level, _ in self._judge(node):
                self.said[index] = level

    def follow(self, changes: Changes) -> Changes:
        """The changes with those of groups put in right after their cause."""
        if not self.outputs or not len(changes):
            return changes
        rows: list[np.void] = []
        for change in changes:
            rows.append(change)
            if change["kind"] in LEVEL_KINDS:
                rows.extend(self._spread(change))
        return np.array(rows, CHANGE)

    def _spread(self, change: np.void) -> list[np.void]:
        touched = self._set(int(change["instance"]), int(change["after"]))
        spoken = []
        for index, level, counted in touched:
            before = int(self.said[index])
            if level == before:
                continue
            self.said[index] = level
            row = np.zeros(1, CHANGE)[0]
            for name in ("row", "at", "quality"):
                row[name] = change[name]
            row["instance"] = self._first + index
            row["kind"] = kind_of(before, level)
            row["before"], row["after"], row["n"] = before, level, counted
            row["first_at"], row["segment"], row["condition"] = NEVER, -1, -1
            row["value"] = row["low"] = row["high"] = row["coverage"] = np.nan
            spoken.append(row)
        return spoken

    def _set(self, instance: int, level: int) -> list[tuple[int, int, int]]:
        """Notes a member's level and climbs; gives (output, level, members counted)."""
        pack, name, rule = self._rules[instance]
        if pack not in self._packs:
            return []
        touched: list[tuple[int, int, int]] = []
        member, group = f"#{instance}", self._groups.get(name)
        while group is not None:
            node = (pack, group.key)
            self._members[node][member] = (rule, level)
            given = self._judge(node)
            touched.extend(given)
            level = max([level for _, level, _ in given], default=-1)
            if level < 0:
                level = max((x for _, x in self._members[node].values()), default=0)
            if self._level[node] == level and not given:
                break
            self._level[node] = level
            member, rule = group.key, ""
            group = self._groups.get(group.parent) if group.parent else None
        return touched

    def _judge(self, node: tuple[str, str]) -> list[tuple[int, int, int]]:
        members = list(self._members[node].values())
        return [(index, *judge(p, members)) for index, p in self._kinds.get(node, ())]


def judge(promotion: Promotion, members: list[tuple[str, int]]) -> tuple[int, int]:
    """(level, members counted) of a group from its members' (rule, level)."""
    heard = [m for m in members if not promotion.rules or m[0] in promotion.rules or not m[0]]
    best = max((level for _, level in heard), default=0) if promotion.highest else 0
    counted = sum(1 for _, level in heard if level)
    for count in promotion.counts:
        reached = sum(1 for _, level in heard if level >= count.level)
        if reached >= count.at_least and count.to > best:
            best, counted = int(count.to), reached
    for combination in promotion.combinations:
        if combination.to > best and all(
            any(rule == wanted and level >= least for rule, level in members)
            for wanted, least in combination.all_of
        ):
            best, counted = int(combination.to), len(combination.all_of)
    return best, counted


def _all_groups(plan: Plan) -> dict[str, Group]:
    """The declared groups, and a plain object for every sensor that has none.

    Those that stand in a circle have no parent here: a level would climb it for ever.
    """
    declared = {group.key: group for group in plan.groups}
    groups = {
        key: replace(group, parent=None) if _is_in_circle(declared, group) else group
        for key, group in declared.items()
    }
    for sensor in plan.sensors:
        groups.setdefault(sensor.object, Group(key=sensor.object))
    return groups


def _is_in_circle(groups: dict[str, Group], group: Group) -> bool:
    above, seen = groups.get(group.parent or ""), {group.key}
    while above is not None and above.key not in seen:
        seen.add(above.key)
        above = groups.get(above.parent or "")
    return above is group
