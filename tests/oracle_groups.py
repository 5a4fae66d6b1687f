"""Chapter 9 for the oracle: promotion up the tree of groups."""

from collections.abc import Sequence

from anlan.engine.rules import Group, Promotion, RuleSet
from anlan.terms.levels import Level
from anlan.terms.sensors import Sensor
from tests.oracle_told import Told, kind_of

QUIET = ("stale", "fresh", "corrected")


class Tree:
    """Hears the changes in order and tells those of the groups."""

    def __init__(
        self, sensors: Sequence[Sensor], rule_set: RuleSet, groups: Sequence[Group]
    ) -> None:
        self.rule_set = rule_set
        self.groups = {group.key: group for group in groups}
        # (object or group, sensor or None, rule or promotion) → level
        self.standing: dict[tuple[str, str | None, str], Level] = {}

    def hear(self, change: Told) -> list[Told]:
        """The groups' changes that follow from one change, upwards."""
        if change.kind in QUIET or not self.groups:
            return []
        self.standing[(change.object, change.sensor, change.rule)] = change.after
        return self.climb(change.object, change.at)

    def climb(self, key: str, at: int) -> list[Told]:
        group = self.groups.get(key)
        told: list[Told] = []
        if group is None:
            return told
        for promotion in self.rule_set.promotions:
            if promotion.kind == group.kind:
                mine = (key, None, promotion.key)
                before = self.standing.get(mine, Level.NONE)
                after = self.standing[mine] = self.level(promotion, group)
                if after != before:
                    kind = kind_of(before, after)
                    told.append(Told(None, key, promotion.key, kind, before, after, at))
        if told and group.parent:
            told += self.climb(group.parent, at)
        return told

    def members(self, promotion: Promotion, group: Group) -> list[tuple[str, Level]]:
        """(rule, level) of each member: the rules below an object, else the child groups."""
        promotions = {one.key for one in self.rule_set.promotions}
        found = []
        for (place, _, rule), level in self.standing.items():
            child = self.groups.get(place)
            is_child = child and child.parent == group.key and rule in promotions
            is_own = place == group.key and rule not in promotions
            if (is_own or is_child) and (not promotion.rules or rule in promotion.rules):
                found.append((rule, level))
        return found

    def level(self, promotion: Promotion, group: Group) -> Level:
        """The highest level that any part of the promotion gives."""
        found = self.members(promotion, group)
        given = [level for _, level in found] if promotion.highest else []
        for count in promotion.counts:
            if sum(level >= count.level for _, level in found) >= count.at_least:
                given.append(count.to)
        for combination in promotion.combinations:
            parts = [
                any(rule == key and level >= least for rule, level in found)
                for key, least in combination.all_of
            ]
            given += [combination.to] if all(parts) else []
        return max(given, default=Level.NONE)
