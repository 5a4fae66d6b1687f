"""An official warning that came in, through all that was said of it."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.models.incoming.feed import Feed
from anlan.apps.warning.models.warning import Warning
from anlan.desk.geometry import ShapeField


class Incoming(models.Model):
    """One course of messages that refer to each other; what it says is what the last one says.

    joined: the course that this one turned out to be part of · status: Actual, Exercise or Test ·
    code: of the national table of events, or empty · level: 0 where the message names none ·
    region: nearest over all its places, empty for none · regions: of its places · is_assumed: the
    end is ours, as the message names none · is_lifted: cancelled · missing: messages that are
    referred to and never came · signature: of the last message · heard_at: when it was heard of
    first, changed_at: last.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="warnings")
    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    joined = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=8, choices=Warning.Status)
    sender = models.CharField(max_length=256)
    office = models.CharField(max_length=256, blank=True)
    code = models.CharField(max_length=16, blank=True, db_index=True)
    event_zh = models.CharField(max_length=128, blank=True)
    event_en = models.CharField(max_length=128, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    headline_zh = models.CharField(max_length=512, blank=True)
    headline_en = models.CharField(max_length=512, blank=True)
    area = models.CharField(max_length=512, blank=True)
    region = models.CharField(max_length=12, blank=True)
    regions = models.JSONField(default=list)
    shape = ShapeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True)
    onset_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True, db_index=True)
    is_assumed = models.BooleanField(default=False)
    is_lifted = models.BooleanField(default=False)
    missing = models.PositiveSmallIntegerField(default=0)
    signature = models.CharField(max_length=16, default="absent")
    heard_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-sent_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=["Actual", "Exercise", "Test"]),
                name="warning_incoming_status",
            ),
        )

    def __str__(self) -> str:
        return self.headline_zh or self.headline_en or self.key

    def stands(self, now: datetime) -> bool:
        """Whether it holds now."""
        return not self.is_lifted and self.ends_at is not None and self.ends_at > now

    def state(self, now: datetime) -> str:
        """What has become of it, in a word."""
        if self.is_lifted:
            return str(_("lifted"))
        return str(_("stands") if self.stands(now) else _("over"))


class IncomingPlace(models.Model):
    """A place that an official warning is for, by its code."""

    warning = models.ForeignKey(Incoming, models.CASCADE, related_name="places")
    region = models.CharField(max_length=12, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["warning", "region"], name="warning_incoming_place"),
        )

    def __str__(self) -> str:
        return self.region
