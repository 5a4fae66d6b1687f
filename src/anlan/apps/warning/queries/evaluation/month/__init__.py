"""The monthly report 月报 of warnings: its figures, and its file."""

from anlan.apps.warning.queries.evaluation.month.closed import closed, month_of
from anlan.apps.warning.queries.evaluation.month.figures import Month, month, month_span
from anlan.apps.warning.queries.evaluation.month.sheet import pdf_of

__all__ = ["Month", "closed", "month", "month_of", "month_span", "pdf_of"]
