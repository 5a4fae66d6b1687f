"""Steps, pictures and deadlines of an alarm's handling."""

from django.db import models

from anlan.apps.watch.models.alarm import Alarm


class Step(models.Model):
    """One fact of an alarm's timeline: a change of the engine, or something somebody did.

    kind: `change`, or the act's last word, such as acknowledge · cause: the cursor of the change,
    or the audit line's number · detail: what a page shows.
    """

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    who = models.CharField(max_length=64, blank=True)
    who_name = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=1024, blank=True)
    detail = models.JSONField(default=dict)
    cause = models.CharField(max_length=128, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F %T}"


class Picture(models.Model):
    """A picture that belongs to a step; stripped of everything but its place."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to="pictures/%Y/%m")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.file)


class Deadline(models.Model):
    """Something that is due for an alarm; when late, the next in the tree is asked.

    what: acknowledge, answer or close · rank: of the responsibility tree that is asked next.
    """

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="deadlines")
    what = models.CharField(max_length=16)
    due_at = models.DateTimeField(db_index=True)
    rank = models.PositiveSmallIntegerField(default=1)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_at",)

    def __str__(self) -> str:
        return f"{self.what} {self.due_at:%F %T}"
