"""What was done about a risk, each step with who and when, and the pictures of it."""

from django.db import models

from anlan.apps.warning.models.kept import Kept
from anlan.apps.warning.models.risk.risk import Risk
from anlan.apps.watch.models.handling import AnyPicture


class RiskStep(Kept):
    """Something that was done; who: empty for the platform itself.

    kind: a word of `acts.RISK_DONE` · detail: names that a page shows · cause: `audit:` and the
    audit line's number · state: from then on.
    """

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64, blank=True)
    who_name = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=1024, blank=True)
    detail = models.JSONField(default=dict)
    cause = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8)

    class Meta(Kept.Meta):
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F %T}"


class RiskPicture(AnyPicture):
    """A picture of a report."""

    step = models.ForeignKey(RiskStep, models.PROTECT, related_name="pictures")
