"""How often somebody asked: enough to turn away who asks too often, and no more."""

from django.db import models


class Knock(models.Model):
    """What one address or one network asked for within an hour; gone after a day.

    who: a keyed hash, by which nobody is found.
    """

    who = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["hour"], name="warning_knock_hour"),)
        constraints = (models.UniqueConstraint(fields=["who", "hour"], name="warning_knock_once"),)

    def __str__(self) -> str:
        return f"{self.count} at {self.hour:%F %H}"
