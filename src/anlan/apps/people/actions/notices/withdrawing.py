"""Takes back what nobody needs any more: a telephone should not ring for what is settled."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_noop

from anlan.apps.people.models import Notice

NOT_NEEDED = gettext_noop("not needed any more")
_STATES = Notice.State


def withdraw(causes: Iterable[str], kind: str, now: datetime) -> int:
    """Tries what waits for these causes no more; how much there was. kind: empty for every one.

    What is on its way at this moment comes to its end, and is not tried again.
    """
    waiting = Notice.objects.filter(cause__in=list(causes), state=_STATES.WAITING)
    if kind:
        waiting = waiting.filter(kind=kind)
    return waiting.update(state=_STATES.GIVEN_UP, due_at=None, reason=NOT_NEEDED, answered_at=now)
