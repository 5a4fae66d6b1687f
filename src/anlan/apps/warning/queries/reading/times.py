"""Whether the times of a warning are in order."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.reading.remark import Remark

_LONG = timedelta(days=7)


def times(warning: Warning, at: datetime) -> Iterator[Remark]:
    """What is wrong with start and end."""
    end = warning.expires
    if end is None:
        return
    if warning.onset is not None and end <= warning.onset:
        yield Remark("expires", _("It ends before it begins."))
    if end <= max(at, warning.effective or at):
        yield Remark("expires", _("It would be over when it is issued."))
    if end - at > _LONG:
        yield Remark("expires", _("It holds for more than seven days: is that meant?"), stops=False)
