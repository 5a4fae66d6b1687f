"""A proposal is decided by another person, and only once."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.entering import enter_for, one_at_a_time
from anlan.apps.atlas.actions.registry import follow_to
from anlan.apps.atlas.acts import APPROVE_LIMITS, REFUSE_LIMITS, WITHDRAW_LIMITS
from anlan.apps.atlas.models import Proposal
from anlan.apps.atlas.queries.limits import told_state, why_not_decide, why_not_withdraw
from anlan.desk.asker import Asker
from anlan.desk.seams import deed
from anlan.live.reach import running
from anlan.terms.errors import AnlanError, Refused, Unavailable

_STATES = Proposal.State
Entries = Callable[[], list[dict[str, Any]]]


def put_in_force(
    asker: Asker, one: Proposal, entries: Entries, *, version: int, **told: Any
) -> None:
    """Approves a proposal and enters it.

    The audit line is first, then the log takes it, then the records say so. Where the records fail,
    the limits are in force and the proposal still open; what it rests on no longer holds, so that
    it can only be refused.

    entries: what it puts into the log; asked for while nobody else decides, Refused where it can
    no longer be · told: into the audit line.

    Refused where somebody decided before; Unavailable where the live service takes nothing now.
    """
    _check(one, why_not_decide(asker, one), version=version)
    _check_live()
    with one_at_a_time():
        one.refresh_from_db()
        _check(one, why_not_decide(asker, one), version=version)
        follow_to(settings.PLACE.data, asker.now)
        found = entries()
        with deed(asker, APPROVE_LIMITS, one.target, region=one.region) as detail:
            detail.update(told)
        enter_for(asker, one.target, found, region=one.region)
        _decide(asker, one, _STATES.ENTERED)
    follow_to(settings.PLACE.data, asker.now)


def refuse(asker: Asker, one: Proposal, *, version: int, reason: str) -> None:
    """Refuses a proposal, with the reason."""
    if not reason.strip():
        raise Refused(_("Say why it is refused: who proposed it will read that."))
    with one_at_a_time(), deed(asker, REFUSE_LIMITS, one.target, region=one.region):
        one.refresh_from_db()
        _check(one, why_not_decide(asker, one), version=version)
        one.reason = reason.strip()[:256]
        _decide(asker, one, _STATES.REFUSED)


def withdraw(asker: Asker, one: Proposal, *, version: int) -> None:
    """Takes one's own proposal back."""
    with one_at_a_time(), deed(asker, WITHDRAW_LIMITS, one.target, region=one.region):
        one.refresh_from_db()
        _check(one, why_not_withdraw(asker, one), version=version)
        _decide(asker, one, _STATES.WITHDRAWN)


def _check(one: Proposal, why: str | None, *, version: int) -> None:
    """Raises Refused where it may not be, or where it is no longer what the page showed."""
    if why:
        raise Refused(why)
    if one.version != version:
        raise Refused(told_state(one))


def _decide(asker: Asker, one: Proposal, state: Proposal.State) -> None:
    one.state, one.version = state, one.version + 1
    one.decided_by, one.decided_name, one.decided_at = asker.key, asker.name, asker.now
    one.save()


def _check_live() -> None:
    """Raises Unavailable where no live service runs."""
    try:
        service = running(settings.PLACE.data)
    except (AnlanError, OSError):
        service = None
    if service is None:
        raise Unavailable(
            _("The live service does not run, so no limit can be entered now. The proposal waits; "
              "approve it again when the service is back.")
        )  # fmt: skip
    service.close()
