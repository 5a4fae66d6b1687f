"""Writes of the watch: keyword-only, one transaction, one audit line each."""

from anlan.apps.watch.actions.answering import acknowledge, assign, comment, explain, start, undo
from anlan.apps.watch.actions.ending import close, mark_false, reopen
from anlan.apps.watch.actions.escalating import escalate
from anlan.apps.watch.actions.follow import follow_changes, start_over
from anlan.apps.watch.actions.quieting import (
    end_shelf,
    end_window,
    lift,
    plan_window,
    shelve,
)

__all__ = [
    "acknowledge",
    "assign",
    "close",
    "comment",
    "end_shelf",
    "end_window",
    "escalate",
    "explain",
    "follow_changes",
    "lift",
    "mark_false",
    "plan_window",
    "reopen",
    "shelve",
    "start",
    "start_over",
    "undo",
]
