"""Monthly reports that were closed: what was handed in stays as it is, whatever becomes known."""

from django.db import models

from anlan.apps.warning.models.kept import Kept


class MonthReport(Kept):
    """A month of warnings of a district as it was closed 定稿.

    region: whose · month: such as 2026-07 · number: 1 for the first closing, then one more each
    time it was closed anew; reason: why anew · told: by language title, lines and sections, as the
    page and the file say them · as_of: up to when its records went.
    """

    region = models.CharField(max_length=12)
    month = models.CharField(max_length=7)
    number = models.PositiveSmallIntegerField()
    told = models.JSONField()
    as_of = models.DateTimeField()
    closed_at = models.DateTimeField()
    by = models.CharField(max_length=64)
    by_name = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(Kept.Meta):
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["region", "month", "number"], name="warning_month_report"
            ),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.month} {self.number}"
