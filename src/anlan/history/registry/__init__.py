"""The registry: what the entries of the log amount to."""

from anlan.history.registry.fold import (
    Registry,
    group_entry,
    limit_entry,
    limit_of,
    limits_entry,
    sensor_entry,
)
from anlan.history.registry.keys import SourceKey, hash_key, new_key
from anlan.history.registry.rulebook import rule_set_entry, rule_set_of
from anlan.history.registry.sense import check_sense

__all__ = [
    "Registry",
    "SourceKey",
    "check_sense",
    "group_entry",
    "hash_key",
    "limit_entry",
    "limit_of",
    "limits_entry",
    "new_key",
    "rule_set_entry",
    "rule_set_of",
    "sensor_entry",
]
