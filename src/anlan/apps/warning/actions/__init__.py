"""Writes of warnings: keyword-only, one transaction, one audit line each."""

from anlan.apps.warning.actions.course.deciding import reject, review, submit, withdraw
from anlan.apps.warning.actions.course.drafting import draft, draft_from_alarm, edit, name_signers
from anlan.apps.warning.actions.course.renewing import cancel, change_level, update
from anlan.apps.warning.actions.course.signing import approve, prove, sign
from anlan.apps.warning.actions.course.timing import keep_time

__all__ = [
    "approve",
    "cancel",
    "change_level",
    "draft",
    "draft_from_alarm",
    "edit",
    "keep_time",
    "name_signers",
    "prove",
    "reject",
    "review",
    "sign",
    "submit",
    "update",
    "withdraw",
]
