"""Changes of limits that somebody proposed, and devices that were turned away."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Proposal(models.Model):
    """What one person proposes and another decides on.

    region, owner: whose it was when it was proposed · version: counts what became of it, so that
    nobody decides on a page that shows an older state · KIND: of proposal, in addresses.
    """

    KIND: ClassVar[str]

    class State(models.TextChoices):
        """What has become of it."""

        PROPOSED = "proposed", _("waits for approval")
        ENTERED = "entered", _("approved and entered")
        REFUSED = "refused", _("turned down")
        WITHDRAWN = "withdrawn", _("withdrawn")

    key = models.CharField(max_length=32, unique=True)
    region = models.CharField(max_length=12, blank=True, db_index=True)
    owner = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    version = models.PositiveIntegerField(default=1)
    proposed_by = models.CharField(max_length=64)
    proposed_name = models.CharField(max_length=128)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_name = models.CharField(max_length=128, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=256, blank=True)

    class Meta:
        abstract = True
        ordering = ("-proposed_at",)

    @property
    def target(self) -> str:
        """What it is called in the audit, and below `/` its page."""
        return f"limits/{self.KIND}/{self.key}"


class LimitChange(Proposal):
    """A proposal for one limit of a sensor, from a date on; entered when another person approves.

    before: the value in force at `since`, None without one · basis: a digest of the limits of that
    level that it rests on · preview: what the past would have looked like, empty until it is known;
    preview_at: when that was begun.
    """

    KIND = "changes"
    sensor_key = models.CharField(max_length=128, db_index=True)
    object_key = models.CharField(max_length=128, db_index=True)
    level = models.PositiveSmallIntegerField()
    value = models.FloatField()
    direction = models.CharField(max_length=4)
    deadband = models.FloatField(default=0.0)
    since = models.DateTimeField()
    source = models.CharField(max_length=160)
    before = models.FloatField(null=True)
    basis = models.CharField(max_length=32)
    preview = models.JSONField(default=dict, blank=True)
    preview_at = models.DateTimeField(null=True)

    class Meta(Proposal.Meta):
        indexes = (models.Index(fields=["state", "region"], name="atlas_change_waits"),)

    def __str__(self) -> str:
        return f"{self.sensor_key} {self.level} {self.value}"


class LimitFile(Proposal):
    """A proposal for the limits of a file, all together; region: over all of its sensors.

    digest: of the file · count: of its rows · rows: for each the key of a limit, what it puts in
    its place as an entry of the log, and the value and version of what stood there.
    """

    KIND = "files"
    digest = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta(Proposal.Meta):
        indexes = (models.Index(fields=["state", "region"], name="atlas_file_waits"),)

    def __str__(self) -> str:
        return f"{self.count} {self.digest[:8]}"


class TurnedAway(models.Model):
    """An unknown device whose rows were dropped, with the reason; it may knock again."""

    sensor_key = models.CharField(max_length=128, db_index=True)
    source = models.CharField(max_length=128)
    rows = models.PositiveIntegerField()
    reason = models.CharField(max_length=256)
    by = models.CharField(max_length=64)
    name = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.sensor_key
