"""Alarms 报警: one per object and cause, however often its sensors repeat it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """An object is out of bounds by one cause; what its sensors report is gathered in its parts.

    key: stable and public; tells nothing of other alarms · rule: the cause · level: now, 0–4
    (none, blue … red), 0 when recovered · peak: the highest so far · state: of the handling ·
    status: Actual, Exercise, Test · raised_at: of the change that opened it · first_at: of its
    earliest change · value, limit, unit, quantity, sensor_key: of the deciding part, for lists ·
    repeats: how often one of its parts was raised · urgency: what lists are sorted by ·
    is_newest: no later alarm of the same object and cause · called: the highest level that the
    responsible were told of · timed: the level that its deadlines go by · answered_at: first
    explained or marked false · version: of the handling, grows with every act of a person ·
    revision: grows with every change of any alarm · is_kept: taken out of the way while the
    changes are read anew.
    """

    class State(models.TextChoices):
        RAISED = "raised", _("not acknowledged")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        ASSIGNED = "assigned", _("assigned")
        WORKING = "working", _("on it")
        EXPLAINED = "explained", _("explained")
        CLOSED = "closed", _("closed")

    key = models.CharField(max_length=40, unique=True)
    object_key = models.CharField(max_length=128)
    object_name = models.CharField(max_length=128)
    kind = models.CharField(max_length=64, blank=True)
    pack = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=128)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, blank=True, db_index=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    level = models.PositiveSmallIntegerField()
    peak = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.RAISED)
    status = models.CharField(max_length=8, default="Actual")
    raised_at = models.DateTimeField(db_index=True)
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    recovered_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_stale = models.BooleanField(default=False)
    is_false = models.BooleanField(default=False)
    false_reason = models.CharField(max_length=256, blank=True)
    cause = models.CharField(max_length=256, blank=True)
    measure = models.CharField(max_length=1024, blank=True)
    assignee = models.CharField(max_length=64, blank=True)
    assignee_name = models.CharField(max_length=64, blank=True)
    assigned_to = models.CharField(max_length=64, blank=True, db_index=True)
    shelved_until = models.DateTimeField(null=True)
    suppressed_by = models.CharField(max_length=40, blank=True)
    sensor_key = models.CharField(max_length=128, blank=True)
    quantity = models.CharField(max_length=64, blank=True)
    value = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    unit = models.CharField(max_length=32, blank=True)
    repeats = models.PositiveIntegerField(default=1)
    urgency = models.PositiveSmallIntegerField(default=0)
    is_newest = models.BooleanField(default=True)
    is_kept = models.BooleanField(default=False)
    called = models.PositiveSmallIntegerField(default=0)
    timed = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        ordering = ("-urgency", "-raised_at", "-id")
        indexes = (
            models.Index(
                fields=["closed_at", "-urgency", "-raised_at", "-id"], name="watch_alarm_open"
            ),
            models.Index(fields=["-urgency", "-raised_at", "-id"], name="watch_alarm_urgent"),
            models.Index(fields=["first_at", "recovered_at"], name="watch_alarm_stood"),
            models.Index(fields=["object_key", "rule"], name="watch_alarm_cause"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["object_key", "rule"],
                condition=Q(is_newest=True),
                name="watch_alarm_newest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.object_name} {self.rule}"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be done about it."""
        return self.state != self.State.CLOSED

    @property
    def is_quiet(self) -> bool:
        """Whether it is kept from calling, by a shelf or a maintenance window."""
        return bool(self.suppressed_by) or self.shelved_until is not None

    def weigh(self) -> None:
        """Sets the urgency: open before closed, by level, not acknowledged before acknowledged."""
        waits = self.state == self.State.RAISED
        self.urgency = 1 + 2 * self.level + waits if self.is_open else 0


class Part(models.Model):
    """What one sensor, or the object itself, has to say in an alarm: its level and evidence now.

    sensor_key: empty for the object itself · at: of the last change of its level · evidence: as
    that change carried it · cursor: of the last change taken up.
    """

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="parts")
    sensor_key = models.CharField(max_length=128, blank=True)
    rule = models.CharField(max_length=128)
    level = models.PositiveSmallIntegerField()
    is_stale = models.BooleanField(default=False)
    at = models.DateTimeField()
    evidence = models.JSONField(default=dict)
    cursor = models.CharField(max_length=128)

    class Meta:
        ordering = ("-level", "sensor_key")
        constraints = (
            models.UniqueConstraint(fields=["alarm", "sensor_key", "rule"], name="watch_part_once"),
        )

    def __str__(self) -> str:
        return f"{self.sensor_key} {self.level}"


class Source(models.Model):
    """How far the alarms follow the change log, and the newest revision; one row.

    The row is locked first by whatever writes alarms, so that nobody waits in a ring.
    renewing: the changes are being read anew after the store was restored.
    """

    cursor = models.CharField(max_length=128, blank=True)
    revision = models.PositiveBigIntegerField(default=0)
    renewing = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.cursor
