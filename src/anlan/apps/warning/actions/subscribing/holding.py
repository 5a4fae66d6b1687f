"""Confirming and stopping, by who holds the link of a letter and presses its button."""

from datetime import datetime

from django.db import transaction

from anlan.apps.warning.models import Subscription
from anlan.apps.warning.queries.audience.subscribing import Link, held_by, wished_by

_STATE = Subscription.State


def confirm(link: Link, *, now: datetime) -> Subscription | None:
    """What was wished holds from now on; None where there is nothing to confirm any more."""
    with transaction.atomic():
        row = wished_by(link)
        if row is None:
            return None
        row.kinds = f",{','.join(link.kinds)}," if link.kinds else ""
        row.least, row.confirmed_at = link.least, row.confirmed_at or now
        row.state = _STATE.CONFIRMED
        row.save()
        return row


def stop(link: Link, *, now: datetime, key: str = "") -> int:
    """Ends one subscription of the link's address, or all of them; how many. The addresses go."""
    rows = held_by(link)
    ended = rows.filter(key=key) if key else rows
    return ended.update(
        state=_STATE.STOPPED, reason=Subscription.Reason.PERSON, stopped_at=now, address=""
    )
