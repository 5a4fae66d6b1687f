"""Whom a risk was pushed to 推送, and why: the lines of its plan, and of each escalation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.warning.models.kept import Kept
from anlan.apps.warning.models.risk.risk import Risk


class RiskPush(Kept):
    """One person told of a risk, or a seat that nobody could be told for.

    why: the plan, or what made it necessary later · seat: as `packs.warning.SEATS`, for the plan ·
    gap: why nobody of that seat was told, so that the next one up was; empty where there was one ·
    person: empty where there is nobody further up either · line_region, rank: of the line of the
    tree · ways: by kind the notice that went out; empty for whom only a call reaches · by_at: when
    whoever is in charge must have taken it over; None for the others, who are to know.
    """

    class Why(models.TextChoices):
        PLAN = "plan", _("by the push plan")
        TAKE = "take", _("not taken over in time")
        REPORT = "report", _("not reported on in time")
        CLOSE = "close", _("not closed in time")
        LEFT = "left", _("whoever was in charge no longer is")
        ASSIGNED = "assigned", _("was put in charge by hand")
        VERIFY = "verify", _("is asked to verify")
        RETURNED = "returned", _("was sent back")

    class Gap(models.TextChoices):
        NONE = "none", _("nobody stands in the responsibility tree for it")
        PLACE = "place", _("the place is not known so closely")
        THING = "thing", _("no object or enterprise is named")

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="pushes")
    at = models.DateTimeField()
    why = models.CharField(max_length=8, choices=Why)
    seat = models.CharField(max_length=16, blank=True)
    gap = models.CharField(max_length=8, choices=Gap, blank=True)
    person = models.CharField(max_length=64, blank=True)
    organisation = models.CharField(max_length=128, blank=True)
    user_key = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    line_region = models.CharField(max_length=12, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    ways = models.JSONField(default=dict)
    is_holder = models.BooleanField(default=False)
    by_at = models.DateTimeField(null=True)

    class Meta(Kept.Meta):
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.why} {self.person}"
