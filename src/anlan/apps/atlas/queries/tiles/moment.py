"""A moment of the past as an address carries it."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from anlan.terms.errors import Malformed


def moment_of(text: str, now: datetime) -> datetime:
    """The moment of a text, local where it has no zone; `now` where it is empty or later.

    Raises Malformed where it is none.
    """
    if not text:
        return now
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or not 1970 < found.year < 9999:
        raise Malformed(_("%(value)s is no date.") % {"value": text[:40]}, where="at")
    found = found if found.tzinfo else timezone.make_aware(found)
    return min(found, now)
