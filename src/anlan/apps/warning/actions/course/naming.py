"""What a message is called: the national identifier where the site has a sender code."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from anlan.apps.people.actions import hold_chain
from anlan.apps.warning.models import Message, Warning
from anlan.cap.national.identifier import digits_of, make_identifier

_MOST = 10


def name_of(warning: Warning, sent: datetime, order: int) -> tuple[str, datetime]:
    """The identifier of a message and when it is sent.

    With a sender code it has 31 characters, and a unit enters at most ten messages a second: the
    next one is sent a second later. Without, it says whose it is, when by the clock of the place,
    and which of its warning.
    """
    code = settings.PLACE.options.sender_code
    if code:
        return _national(code, sent)
    moment = timezone.localtime(sent)
    return f"{warning.region:0<12}_{moment:%Y%m%d%H%M%S}_{warning.key}_{order}", sent


def _national(code: str, sent: datetime) -> tuple[str, datetime]:
    """The first that nobody has; no other is given until the transaction ends."""
    hold_chain()
    while True:
        begin = f"{code}_{digits_of(sent)}_"
        taken = Message.objects.filter(identifier__startswith=begin).count()
        if taken < _MOST:
            return make_identifier(code, sent, taken).text, sent
        sent += timedelta(seconds=1)
