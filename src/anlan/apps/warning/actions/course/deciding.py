"""From the draft to the signature: submitted, reviewed, turned down, withdrawn."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from anlan.apps.warning.actions.course.acting import Doing, acting, check, said
from anlan.apps.warning.actions.course.drafting import seat
from anlan.apps.warning.actions.course.telling import ask_reviewers, ask_signers
from anlan.apps.warning.acts import REVIEW, SIGN, WRITE
from anlan.apps.warning.models import Signature, Warning
from anlan.apps.warning.queries.course.signers import Seat, default_seats, signing_of
from anlan.apps.warning.queries.course.stages import (
    may_reject,
    may_review,
    may_submit,
    may_withdraw,
)
from anlan.apps.warning.queries.writing.content import put_content
from anlan.desk.asker import Asker

_STATES = Warning.State


def submit(asker: Asker, key: str, *, version: int, seats: Sequence[Seat] | None = None) -> Warning:
    """Hands a draft over for review.

    seats: who is to sign for which department; None for those named before, or who may.
    Raises Refused with the first thing that is missing or contradicts.
    """
    with acting(asker, WRITE, key, version=version) as doing:
        go_on(doing, seats)
    return doing.warning


def go_on(doing: Doing, seats: Sequence[Seat] | None = None) -> None:
    """A draft becomes submitted; Refused where it may not."""
    asker, warning = doing.asker, doing.warning
    if seats is not None:
        seat(doing, list(seats))
    elif not doing.signatures:
        seat(doing, default_seats(warning, doing.order, asker.now, but=asker.key))
    named = [Seat(one.organisation, one.signer, one.deputy) for one in doing.signatures]
    check(may_submit(asker, warning, asker.now, named))
    warning.state, warning.submitter = _STATES.SUBMITTED, asker.key
    doing.tell("submit", seats=[one.organisation_name for one in doing.signatures])
    ask_reviewers(warning, asker.now)


def review(asker: Asker, key: str, *, version: int, note: str = "") -> Warning:
    """Somebody else finds it right; now those who are to sign are asked, and their time runs."""
    with acting(asker, REVIEW, key, version=version) as doing:
        find_right(doing, note)
    return doing.warning


def find_right(doing: Doing, note: str = "") -> None:
    """A submitted warning becomes reviewed; Refused where it may not."""
    asker, warning = doing.asker, doing.warning
    check(may_review(asker, warning, asker.now))
    warning.state = _STATES.REVIEWED
    rule = signing_of(warning)
    due_at = asker.now + timedelta(milliseconds=rule.answer_ms) if rule else None
    for one in doing.signatures:
        one.asked, one.due_at = one.signer, due_at if one.deputy else None
        one.save(update_fields=["asked", "due_at"])
    doing.tell("review", note.strip()[:1024])
    ask_signers(warning, {one.asked for one in doing.signatures} - {asker.key}, asker.now)


def reject(asker: Asker, key: str, *, version: int, reason: str) -> Warning:
    """Turns it down, with the reason: it is a draft again, and whatever was signed is void."""
    reason = said(reason, name=_("Reason"))
    act = REVIEW if asker.may(REVIEW) else SIGN
    with acting(asker, act, key, version=version) as doing:
        check(may_reject(asker, doing.warning, asker.now))
        _void(doing)
        doing.warning.state = _STATES.DRAFT
        doing.tell("reject", reason)
    return doing.warning


def withdraw(asker: Asker, key: str, *, version: int, reason: str) -> Warning:
    """Takes back what is in the making; what is out stays as it is, and can be renewed again."""
    reason = said(reason, name=_("Reason"))
    with acting(asker, WRITE, key, version=version) as doing:
        warning = doing.warning
        check(may_withdraw(asker, warning, asker.now))
        _void(doing)
        settle(doing)
        doing.tell("withdraw", reason)
    return warning


def settle(doing: Doing) -> None:
    """Nothing is in the making any more: the warning says again what was sent last."""
    warning, last = doing.warning, doing.warning.messages.order_by("-order").first()
    warning.state = warning.standing or _STATES.WITHDRAWN
    if last is not None:
        warning.kind = last.kind
        put_content(warning, last.content)


def _void(doing: Doing) -> None:
    """No signature counts any more, and nobody is waited for."""
    rows = Signature.objects.filter(warning=doing.warning, order=doing.order)
    void = list(rows.exclude(signed_at=None).values_list("organisation", flat=True))
    if void:
        doing.detail["void"] = void
    rows.update(due_at=None, signed_at=None, signed_by="", signed_name="", deputy_of="", proof="",
                digest="", passed=0)  # fmt: skip
