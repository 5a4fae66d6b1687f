"""Reads of risks, limited to the asker's jurisdiction."""

from anlan.apps.warning.queries.risk.facts import Facts, Written, from_source, read_facts
from anlan.apps.warning.queries.risk.gates import candidates, may_act, possible, refusal
from anlan.apps.warning.queries.risk.holders import Heir, Place, heir_of, may_hold
from anlan.apps.warning.queries.risk.listing import Asked, listed
from anlan.apps.warning.queries.risk.plan import Plan, Told, plan_for, pushing_of
from anlan.apps.warning.queries.risk.reach import picture_for, risk_for, risks

__all__ = [
    "Asked",
    "Facts",
    "Heir",
    "Place",
    "Plan",
    "Told",
    "Written",
    "candidates",
    "from_source",
    "heir_of",
    "listed",
    "may_act",
    "may_hold",
    "picture_for",
    "plan_for",
    "possible",
    "pushing_of",
    "read_facts",
    "refusal",
    "risk_for",
    "risks",
]
