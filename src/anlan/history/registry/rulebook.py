"""Rule sets as JSON in the registry: only what differs from the default is written."""

import dataclasses
from enum import IntEnum
from typing import Any

import msgspec

from anlan.engine.rules import MOST_REMEMBERED, RuleSet
from anlan.terms.times import LAST_MS


def rule_set_entry(rules: RuleSet, *, policy: str = "carry") -> dict[str, Any]:
    """A rule set as a registry entry; policy says what becomes of standing alarms."""
    return {"type": "rule_set", "rules": _plain(rules), "policy": policy}


def rule_set_of(plain: Any) -> RuleSet:
    """The rule set of an entry's `rules`; ValueError where it is wrong."""
    rules = msgspec.convert(plain, RuleSet)
    for gate in rules.gates.values():
        check_spans(gate)
    for rule in rules.rules:
        check_spans(rule)
        for level in rule.levels:
            check_spans(level)
            if not 1 <= level.k <= level.n <= MOST_REMEMBERED:
                raise ValueError(f"k of n must be 1 ≤ k ≤ n ≤ {MOST_REMEMBERED}")
    return rules


def check_spans(one: Any) -> None:
    """Raises ValueError where a span in ms is negative, or longer than the calendar.

    The engine adds spans to times in 64 bits and does not look.
    """
    for f in dataclasses.fields(one):
        ms = getattr(one, f.name) if f.name.endswith("_ms") else None
        if ms is not None and not 0 <= ms <= LAST_MS:
            raise ValueError(f"{f.name} must be 0 to {LAST_MS}")


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # JSON has no infinity; the infinite bounds of a gate are its defaults, so left out.
        return {
            f.name: _plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.default is dataclasses.MISSING or getattr(value, f.name) != f.default
        }
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, IntEnum) else value
