"""Writes of the watch: keyword-only, one transaction, one audit line each."""

from anlan.apps.watch.actions.follow import follow_changes, start_over

__all__ = ["follow_changes", "start_over"]
