"""The report of a month as it was closed."""

from django.utils import timezone

from anlan.apps.warning.models import MonthReport
from anlan.apps.warning.queries.evaluation.finding import Span


def month_of(span: Span) -> str:
    """The month of a span, such as 2026-07."""
    return f"{timezone.localtime(span.since):%Y-%m}"


def closed(span: Span) -> MonthReport | None:
    """The last closing of a month in a district; None where it was never closed.

    Whoever may see all of the district may see it: the caller asks that.
    """
    rows = MonthReport.objects.filter(region=span.region, month=month_of(span))
    return rows.order_by("number").last() if span.region else None
