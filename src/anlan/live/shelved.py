"""The packs on the shelf as registry entries: what the log does not hold yet."""

from pathlib import Path
from typing import Any

import msgspec

from anlan.history.registry import Registry, rule_set_entry
from anlan.packs import load_packs, own_shelf
from anlan.packs.shelf import check_overlay


def pack_entries(registry: Registry, overlay: Path | None) -> list[dict[str, Any]]:
    """A rule_set entry for each pack that differs from what is in force."""
    check_overlay(overlay, own_shelf())
    entries = []
    for name, pack in load_packs(overlay).items():
        entry = rule_set_entry(pack.rule_set)
        present = registry.rule_sets.get(name)
        if present is None or _plain(rule_set_entry(present)) != _plain(entry):
            entries.append(entry)
    return entries


def _plain(entry: dict[str, Any]) -> bytes:
    return msgspec.json.encode(entry, order="sorted")
