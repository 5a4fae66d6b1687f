"""Writes of risks: keyword-only, one transaction, one audit line each."""

from anlan.apps.warning.actions.risk.acting import Done
from anlan.apps.warning.actions.risk.answering import ask, report, take
from anlan.apps.warning.actions.risk.clock import keep_risks
from anlan.apps.warning.actions.risk.ending import assign, close, send_back
from anlan.apps.warning.actions.risk.opening import open_risk

__all__ = [
    "Done",
    "ask",
    "assign",
    "close",
    "keep_risks",
    "open_risk",
    "report",
    "send_back",
    "take",
]
