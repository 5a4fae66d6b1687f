"""Which messages the delivery of a time and the report of a month look at."""

from django.db.models import Q, QuerySet

from anlan.apps.warning.models import Message
from anlan.apps.warning.queries.evaluation.finding import Span
from anlan.apps.warning.queries.reach import warnings
from anlan.desk.asker import Asker


def sent_in(asker: Asker, span: Span) -> QuerySet[Message]:
    """The actual messages issued in a time, of the warnings that the asker sees."""
    asked = {"warning__region__startswith": span.region, "warning__pack": span.kind,
             "content__level": span.warned}  # fmt: skip
    condition = Q(**{name: value for name, value in asked.items() if value})
    rows = Message.objects.filter(condition, status="Actual", issued_at__gte=span.since,
                                  issued_at__lt=span.until)  # fmt: skip
    found: QuerySet[Message] = rows.filter(warning__in=warnings(asker)).order_by()
    return found
