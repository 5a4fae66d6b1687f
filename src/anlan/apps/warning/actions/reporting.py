"""Closes the report of a month 月报定稿: what is handed in does not change behind its readers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import CLOSE_MONTH
from anlan.apps.warning.models import MonthReport
from anlan.apps.warning.queries.evaluation import Span
from anlan.apps.warning.queries.evaluation.month import closed, month_of
from anlan.apps.warning.queries.reach import plain
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused

_LONGEST = 200


def close_month(
    asker: Asker, span: Span, *, told: Mapping[str, Any], as_of: datetime, number: int,
    reason: str = "",
) -> MonthReport:  # fmt: skip
    """Keeps a report as it stands; anew with a reason where it was closed before.

    told: by language what it says · number: how often it was closed when the asker looked.
    """
    if not span.region or not asker.may(CLOSE_MONTH, span.region):
        raise Refused(_("This place is not in your jurisdiction."))
    if span.until > asker.now:
        raise Refused(_("This month is not over."))
    why, before = plain(reason).strip()[:_LONGEST], closed(span)
    if (before.number if before else 0) != number:
        raise Refused(_("Somebody has closed this report meanwhile: look at it again."))
    if number and not why:
        raise Refused(_("Say why the report is closed anew."))
    one = MonthReport(
        region=span.region, month=month_of(span), number=number + 1, told=dict(told), as_of=as_of,
        closed_at=asker.now, by=asker.key, by_name=asker.name, reason=why,
    )  # fmt: skip
    try:
        with transaction.atomic(), deed(asker, CLOSE_MONTH, one.month, region=one.region) as detail:
            one.save()
            detail |= {"number": one.number, "reason": why}
    except IntegrityError as error:
        raise Refused(_("Somebody has closed this report meanwhile: look at it again.")) from error
    return one
