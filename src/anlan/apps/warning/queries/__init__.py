"""Reads of warnings, limited to the asker's jurisdiction."""

from anlan.apps.warning.queries.course.gate import (
    Proof,
    Refusal,
    may_begin_to_sign,
    may_issue,
    may_sign,
)
from anlan.apps.warning.queries.course.signers import Seat, default_seats, departments, signers
from anlan.apps.warning.queries.course.stages import (
    may_edit,
    may_reject,
    may_renew,
    may_review,
    may_submit,
    may_withdraw,
    possible,
)
from anlan.apps.warning.queries.listing import Page, Wanted, listing, selected, waiting_for
from anlan.apps.warning.queries.listing.waiting import awaiting, may_approve, reviewers
from anlan.apps.warning.queries.reach import messages, warning_for, warnings
from anlan.apps.warning.queries.reading import Remark, remarks
from anlan.apps.warning.queries.writing.content import content_of, digest_of, order_of
from anlan.apps.warning.queries.writing.drafting import event_for, event_named, events_of

__all__ = [
    "Page",
    "Proof",
    "Refusal",
    "Remark",
    "Seat",
    "Wanted",
    "awaiting",
    "content_of",
    "default_seats",
    "departments",
    "digest_of",
    "event_for",
    "event_named",
    "events_of",
    "listing",
    "may_approve",
    "may_begin_to_sign",
    "may_edit",
    "may_issue",
    "may_reject",
    "may_renew",
    "may_review",
    "may_sign",
    "may_submit",
    "may_withdraw",
    "messages",
    "order_of",
    "possible",
    "remarks",
    "reviewers",
    "selected",
    "signers",
    "waiting_for",
    "warning_for",
    "warnings",
]
