"""The trail of a warning: every edit as its difference, every step with who and when."""

from django.db import models

from anlan.apps.warning.models.kept import Kept
from anlan.apps.warning.models.warning import Warning


class Edit(Kept):
    """A change of what the next message will say; changes: field to [before, after].

    order: of that message · program: the key of a program that wrote, or empty.
    """

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="edits")
    order = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    who = models.CharField(max_length=64)
    who_name = models.CharField(max_length=128)
    program = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField()
    changes = models.JSONField()

    class Meta(Kept.Meta):
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.who} {self.version}"


class Step(Kept):
    """Something that was done, as a page shows it; who: empty for the platform itself.

    kind: a word of `acts.DONE` · text: the reason · cause: `audit:` and the audit line's number ·
    state: of the course from then on.
    """

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="steps")
    order = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64, blank=True)
    who_name = models.CharField(max_length=128, blank=True)
    text = models.CharField(max_length=1024, blank=True)
    detail = models.JSONField(default=dict)
    cause = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16)

    class Meta(Kept.Meta):
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F %T}"
