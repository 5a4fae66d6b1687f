"""Alarms 报警: one per object and cause, however often its sensors repeat it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """An object is out of bounds by one cause; what its sensors report is gathered in its parts.

    key: stable and public · rule: the cause · level: now, 0–4 (none, blue … red), None of it left
    when recovered · peak: the highest so far · state: of the handling · status: Actual, Exercise,
    Test · revision: grows with every change of any alarm, so that a page can ask what is new ·
    value, limit, unit: of the deciding part, for lists · repeats: changes gathered.
    """

    class State(models.TextChoices):
        RAISED = "raised", _("not acknowledged")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        ASSIGNED = "assigned", _("assigned")
        WORKING = "working", _("on it")
        EXPLAINED = "explained", _("explained")
        CLOSED = "closed", _("closed")

    key = models.CharField(max_length=40, unique=True)
    object_key = models.CharField(max_length=128, db_index=True)
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
    changed_at = models.DateTimeField()
    recovered_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_stale = models.BooleanField(default=False)
    is_false = models.BooleanField(default=False)
    false_reason = models.CharField(max_length=256, blank=True)
    cause = models.CharField(max_length=256, blank=True)
    measure = models.CharField(max_length=1024, blank=True)
    assignee = models.CharField(max_length=64, blank=True)
    assignee_name = models.CharField(max_length=64, blank=True)
    assigned_to = models.CharField(max_length=64, blank=True)
    shelved_until = models.DateTimeField(null=True)
    suppressed_by = models.CharField(max_length=40, blank=True)
    sensor_key = models.CharField(max_length=128, blank=True)
    quantity = models.CharField(max_length=64, blank=True)
    value = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    unit = models.CharField(max_length=32, blank=True)
    repeats = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        ordering = ("-level", "-raised_at")
        indexes = (
            models.Index(fields=["state", "-level", "-raised_at"], name="watch_alarm_urgent"),
            models.Index(fields=["object_key", "rule", "state"], name="watch_alarm_open"),
        )

    def __str__(self) -> str:
        return f"{self.object_name} {self.rule}"


class Part(models.Model):
    """What one sensor, or the object itself, has to say in an alarm: its level and evidence now.

    cursor: of the last change taken up · evidence: as the change carried it.
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

    def __str__(self) -> str:
        return f"{self.sensor_key} {self.level}"


class Source(models.Model):
    """How far the alarms follow the change log, and the newest revision; one row."""

    cursor = models.CharField(max_length=128, blank=True)
    revision = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.cursor
