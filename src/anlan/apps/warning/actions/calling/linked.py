"""The link of a letter: it opens a page, and a press on that page confirms."""

from datetime import datetime

from django.db import transaction

from anlan.apps.warning.actions.calling.asking import digest_of
from anlan.apps.warning.actions.calling.ending import locked
from anlan.apps.warning.actions.calling.replies import confirm_letter
from anlan.apps.warning.models import Call, CallLetter

_LONGEST = 64


def letter_of(token: str) -> CallLetter | None:
    """The letter of a link; None where there is none."""
    if not token or len(token) > _LONGEST:
        return None
    rows = CallLetter.objects.select_related("call_down__message__warning")
    return rows.filter(token=digest_of(token)).first()


def confirm_by_link(token: str, now: datetime) -> CallLetter | None:
    """Confirms what a letter asks; None where the link is not known or has ended.

    A second press changes nothing.
    """
    letter = letter_of(token)
    if letter is None or letter.expires_at <= now:
        return None
    with transaction.atomic():
        locked(letter.call_down_id)
        if letter.calls.filter(state__in=(*Call.OPEN, Call.State.ESCALATED), late_at=None).exists():
            confirm_letter(letter, Call.Way.LINK, now)
    return letter
