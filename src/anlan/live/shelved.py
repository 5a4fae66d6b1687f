"""The packs on the shelf as registry entries: what the log does not hold yet."""

import time
from pathlib import Path
from typing import Any

import msgspec

from anlan.history.registry import Registry, rule_set_entry
from anlan.live.loop.heart import Heart
from anlan.packs import load_packs, own_shelf
from anlan.packs.shelf import check_overlay


def missing_entries(registry: Registry) -> list[dict[str, Any]]:
    """A rule_set entry for each pack of our own that the log does not know at all."""
    packs = load_packs().items()
    return [rule_set_entry(p.rule_set) for name, p in packs if name not in registry.rule_sets]


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


def open_heart(data: Path) -> Heart:
    """The heart of a store that nothing runs on, with the rules of our packs in force."""
    heart = Heart(data)
    try:
        entries = missing_entries(heart.registry)
        if entries:
            heart.enter(entries, at=time.time_ns() // 1_000_000)
            heart.commit()
    except BaseException:
        heart.close()
        raise
    return heart


def _plain(entry: dict[str, Any]) -> bytes:
    return msgspec.json.encode(entry, order="sorted")
