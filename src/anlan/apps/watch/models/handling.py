"""Steps, pictures and deadlines of an alarm's handling."""

from django.db import models

from anlan.apps.watch.models.alarm import Alarm


class Step(models.Model):
    """One fact of an alarm's timeline: a change of the engine, or something that was done.

    kind: a change's word (raised, risen, fallen, cleared, stale, fresh, corrected), or what was
    done (acknowledge, assign, start, explain, mark_false, shelve, lift, comment, close, reopen,
    undo, and by the platform itself: called, escalated, suppressed, released, forgotten) ·
    who: empty for the engine and the platform · cause: the cursor of the change, or `audit:` and
    the audit line's number · detail: what a page shows · sensor_key, level, is_stale: of a
    change, what its part stood at from then on; level is None for everything else · state: of
    the handling from then on, empty where it stayed.
    """

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="steps")
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=24)
    who = models.CharField(max_length=64, blank=True)
    who_name = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=1024, blank=True)
    detail = models.JSONField(default=dict)
    cause = models.CharField(max_length=128, blank=True)
    sensor_key = models.CharField(max_length=128, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    is_stale = models.BooleanField(default=False)
    state = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F %T}"

    @property
    def is_change(self) -> bool:
        """Whether the engine said it."""
        return self.level is not None


class AnyPicture(models.Model):
    """A picture of what somebody did; stripped of everything but its place and time."""

    key = models.CharField(max_length=32, unique=True)
    file = models.FileField(upload_to="pictures/%Y/%m")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.file)


class Picture(AnyPicture):
    """A picture that belongs to a step."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="pictures")


class Deadline(models.Model):
    """Something that is due for an alarm; when late, the next in the tree is asked.

    what: acknowledge, answer or close · due_at: empty where there is nobody further to ask ·
    rank: the step of the responsibility tree that is asked next.
    """

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="deadlines")
    what = models.CharField(max_length=16)
    due_at = models.DateTimeField(null=True, db_index=True)
    rank = models.PositiveSmallIntegerField(default=1)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_at",)
        constraints = (
            models.UniqueConstraint(fields=["alarm", "what"], name="watch_deadline_once"),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.due_at:%F %T}" if self.due_at else self.what
