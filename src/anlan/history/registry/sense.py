"""Whether new entries make sense: asked before they are put into the log, never of what is in it.

Folding is lenient, so that every log that was written loads; the door is not.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from anlan.engine.rules import Group, LevelRule, Rule, RuleSet
from anlan.history.registry.fold import Registry, limit_of
from anlan.history.registry.rulebook import rule_set_of
from anlan.terms.errors import Malformed
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.sensors import Limit, is_key

_KEY = "1 to 128 printable characters without blanks around"
_LEVELS = ", ".join(level.word or "" for level in RAISED_LEVELS)


def check_sense(registry: Registry, entries: Iterable[Mapping[str, Any]]) -> None:
    """Raises Malformed, in a plain sentence, where an entry can mean nothing.

    registry: with the entries folded in already.
    """
    groups: list[str] = []
    for entry in entries:
        kind = entry["type"]
        if kind == "sensor":
            _check_sensor(entry)
        elif kind == "limit":
            _check_limit(limit_of(entry))
        elif kind == "limits_of":
            for row in entry["limits"]:
                _check_limit(limit_of({**row, "sensor": str(entry["sensor"])}))
        elif kind == "rule_set":
            _check_rules(rule_set_of(entry["rules"]))
        elif kind == "group":
            groups.append(entry["key"])
    _check_tree(registry.groups, groups)


def _check_sensor(entry: Mapping[str, Any]) -> None:
    if not is_key(entry["key"]):
        raise Malformed(f"a sensor's key is {_KEY}, not {entry['key'][:140]!r}")
    if not is_key(entry["object"]):
        raise Malformed(
            f"the object of sensor {entry['key']!r} is {_KEY}, not {entry['object'][:140]!r}"
        )


def _check_limit(limit: Limit) -> None:
    about = f"a limit of sensor {limit.sensor!r}"
    if limit.level not in RAISED_LEVELS:
        raise Malformed(f"{about} has no level ({_LEVELS})")
    if not math.isfinite(limit.value):
        raise Malformed(f"{about} is no finite number: {limit.value}")
    if not 0 <= limit.deadband < math.inf:
        raise Malformed(f"{about} has a deadband of {limit.deadband:g}; it is 0 or more")


def _check_rules(rules: RuleSet) -> None:
    for rule in rules.rules:
        levels = [one.level for one in rule.levels]
        twice = next((one for one in levels if levels.count(one) > 1), None)
        if twice is not None:
            raise Malformed(f"rule {rule.key} says twice when {twice.word} holds")
        for one in rule.levels:
            _check_level(rule, one)


def _check_level(rule: Rule, one: LevelRule) -> None:
    if one.level not in RAISED_LEVELS:
        raise Malformed(f"rule {rule.key} has a condition without a level ({_LEVELS})")
    about = f"rule {rule.key}, {one.level.word}:"
    if not 0 <= one.deadband < math.inf:
        raise Malformed(f"{about} the deadband is {one.deadband:g}; it is 0 or more")
    if not 0 <= one.min_coverage <= 1:
        raise Malformed(f"{about} min_coverage is {one.min_coverage:g}; it is a share of 0 to 1")


def _check_tree(groups: Mapping[str, Group], keys: Iterable[str]) -> None:
    for key in keys:
        if not is_key(key):
            raise Malformed(f"a group's key is {_KEY}, not {key[:140]!r}")
        above = list(_above(groups, key))
        if above and groups[above[-1]].parent == key:
            raise Malformed(f"groups stand in a circle: {' under '.join([*above, key])}")


def _above(groups: Mapping[str, Group], key: str) -> Iterator[str]:
    """A group and those above it, up to the top or where a circle closes."""
    seen: set[str | None] = set()
    at: str | None = key
    while at is not None and at in groups and at not in seen:
        seen.add(at)
        yield at
        at = groups[at].parent
