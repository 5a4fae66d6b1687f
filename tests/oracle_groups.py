"""Chapter 9 for the oracle: promotion up the tree of groups."""

from collections.abc import Sequence

from anlan.engine.rules import Group, Promotion, RuleSet
from anlan.terms.levels import Level
from anlan.terms.sensors import Sensor
from tests.oracle_told import Told, kind_of

QUIET = ("stale", "fresh")


class Tree:
    """Hears the changes in order and tells those of the groups."""

    def __init__(
        self, sensors: Sequence[Sensor], rule_set: RuleSet, groups: Sequence[Group]
    ) -> None:
        self.rule_set = rule_set
        self.groups = {sensor.object: Group(key=sensor.object) for sensor in sensors}
        self.groups |= {group.key: group for group in groups}
        self.rules: dict[tuple[str, str | None, str], Level] = {}  # object, sensor, rule → level
        self.given: dict[tuple[str, str], Level] = {}  # group, promotion → level

    def hear(self, change: Told) -> list[Told]:
        """The groups' changes that follow from one change, upwards."""
        told: list[Told] = []
        if change.kind in QUIET:
            return told
        self.rules[(change.object, change.sensor, change.rule)] = change.after
        group = self.groups.get(change.object)
        while group is not None:
            for promotion in self.promotions(group):
                mine = (group.key, promotion.key)
                before = self.given.get(mine, Level.NONE)
                after = self.given[mine] = self.promoted(promotion, group)
                if before != after:
                    kind = kind_of(before, after)
                    who = (None, group.key, promotion.key)
                    standing = sum(level > 0 for _, level in self.heard(promotion, group))
                    at = change.at
                    told.append(Told(*who, kind, before, after, at, first_at=at, n=standing))
            group = self.groups.get(group.parent or "")
        return told

    def promotions(self, group: Group) -> list[Promotion]:
        return [one for one in self.rule_set.promotions if one.kind == group.kind]

    def level(self, group: Group) -> Level:
        """A group's own level: what its promotions give, else its highest member."""
        given = [self.given.get((group.key, one.key), Level.NONE) for one in self.promotions(group)]
        members = [level for _, level in self.members(group)]
        return max(given if self.promotions(group) else members, default=Level.NONE)

    def members(self, group: Group) -> list[tuple[str, Level]]:
        """(rule, level) of an object's rules; (group, level) of a wider group's groups."""
        found = [(rule, lv) for (key, _, rule), lv in self.rules.items() if key == group.key]
        below = [child for child in self.groups.values() if child.parent == group.key]
        return found + [(child.key, self.level(child)) for child in below]

    def heard(self, promotion: Promotion, group: Group) -> list[tuple[str, Level]]:
        """Its members, of an object only by the rules that the promotion hears."""
        found = self.members(group)
        if not promotion.rules or group.kind != "object":
            return found
        return [(rule, level) for rule, level in found if rule in promotion.rules]

    def promoted(self, promotion: Promotion, group: Group) -> Level:
        """The highest level that any part of the promotion gives."""
        found = self.heard(promotion, group)
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
