"""The packs on the shelf as registry entries: what the log does not hold yet."""

import time
from pathlib import Path
from typing import Any

from anlan.history.registry import Registry, rule_set_entry
from anlan.live.loop.heart import Heart
from anlan.packs import load_packs, own_shelf
from anlan.packs.shelf import check_overlay


def missing_entries(registry: Registry) -> list[dict[str, Any]]:
    """A rule_set entry for each pack of our own that the log does not know at all."""
    packs = load_packs().items()
    return [rule_set_entry(p.rule_set) for name, p in packs if name not in registry.rule_sets]


def pack_entries(
    registry: Registry, overlay: Path | None, *, policy: str = "carry"
) -> list[dict[str, Any]]:
    """A rule_set entry for each pack that differs from what is in force.

    policy: what becomes of standing alarms; it stands in the log, so that a restart and a replay
    do the same.
    """
    check_overlay(overlay, own_shelf())
    return [
        rule_set_entry(pack.rule_set, policy=policy)
        for name, pack in load_packs(overlay).items()
        if registry.rule_sets.get(name) != pack.rule_set
    ]


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
