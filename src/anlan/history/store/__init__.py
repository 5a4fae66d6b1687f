"""The store as a whole: verify, compact, export, restore."""

from anlan.history.store.backup import back_up, restore
from anlan.history.store.check import Health, verify
from anlan.history.store.compaction import compact
from anlan.history.store.export import Selection, export_changes, export_readings

__all__ = [
    "Health",
    "Selection",
    "back_up",
    "compact",
    "export_changes",
    "export_readings",
    "restore",
    "verify",
]
