"""Rule sets as JSON in the registry: only what differs from the default is written."""

import dataclasses
from enum import IntEnum
from typing import Any

import msgspec

from anlan.engine.rules import RuleSet


def rule_set_entry(rules: RuleSet, *, policy: str = "carry") -> dict[str, Any]:
    """A rule set as a registry entry; policy says what becomes of standing alarms."""
    return {"type": "rule_set", "rules": _plain(rules), "policy": policy}


def rule_set_of(plain: Any) -> RuleSet:
    """The rule set of an entry's `rules`; msgspec.ValidationError where it is wrong."""
    return msgspec.convert(plain, RuleSet)


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
