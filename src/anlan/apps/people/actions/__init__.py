"""Writes of people: keyword-only, one transaction, one audit line each."""

from anlan.apps.people.actions.account import forget_sessions
from anlan.apps.people.actions.audit import deed, hold_chain, note_head
from anlan.apps.people.actions.founding import check_demo, found_people
from anlan.apps.people.actions.notices.outbox import notify, send_due

__all__ = [
    "check_demo",
    "deed",
    "forget_sessions",
    "found_people",
    "hold_chain",
    "note_head",
    "notify",
    "send_due",
]
