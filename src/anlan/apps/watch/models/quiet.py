"""What keeps quiet on purpose, with a trace: maintenance windows and shelved sensors."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Maintenance(models.Model):
    """A window in which an object's or a sensor's alarms are kept, but do not call.

    Or, with a status, in which they are an exercise's or a test's: what is raised in it says so
    wherever it is shown, and tells only sandboxes. target: an object's or a sensor's key ·
    status: Exercise or Test; empty for maintenance.
    """

    class Status(models.TextChoices):
        MAINTENANCE = "", _("maintenance: kept, but calls nobody")
        EXERCISE = "Exercise", _("exercise: goes to sandboxes only")
        TEST = "Test", _("test: goes to sandboxes only")

    key = models.CharField(max_length=40, unique=True)
    target = models.CharField(max_length=128, db_index=True)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    status = models.CharField(max_length=8, choices=Status, blank=True, default="")
    reason = models.CharField(max_length=256)
    made_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-starts_at",)

    def __str__(self) -> str:
        return f"{self.target} {self.starts_at:%F %R}"

    @property
    def over_at(self) -> datetime:
        """When it ends, or was ended."""
        return self.ended_at or self.ends_at

    def is_pending(self, now: datetime) -> bool:
        """Whether it is in force, or still to come."""
        return self.ended_at is None and self.ends_at > now

    def end(self, now: datetime) -> None:
        """Ends it before its time."""
        self.ended_at = now
        self.save(update_fields=["ended_at"])


class Shelf(models.Model):
    """A sensor or an object that is shelved 屏蔽 until a moment, by somebody, for a reason."""

    key = models.CharField(max_length=40, unique=True)
    target = models.CharField(max_length=128, db_index=True)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, blank=True)
    starts_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=256)
    made_by = models.CharField(max_length=64)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-starts_at",)

    def __str__(self) -> str:
        return f"{self.target} {self.until:%F %R}"

    @property
    def over_at(self) -> datetime:
        """When it ends, or was ended."""
        return self.lifted_at or self.until

    def is_pending(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.lifted_at is None and self.until > now

    def end(self, now: datetime) -> None:
        """Ends it before its time."""
        self.lifted_at = now
        self.save(update_fields=["lifted_at"])
