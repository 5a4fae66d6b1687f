"""Recordings 录音: what an operator spoke for loudspeakers and telephones, and what it is for."""

from django.db import models

from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.models.warning import Warning


class Recording(models.Model):
    """One recording, heard by somebody before it is used.

    region: whose it is; it is for the warnings of that place and those within · event: the code
    that it is for, empty for all · level: as `terms.levels`, 0 for all · status: of the messages
    that it is for, and no other: one for a drill says so · digest: SHA-1, the name of its file ·
    heard_at: when somebody heard it and let it be used; retired_at: since when it is not.
    """

    class Language(models.TextChoices):
        CHINESE = "zh", "中文"
        ENGLISH = "en", "English"

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    region = models.CharField(max_length=12, db_index=True)
    title = models.CharField(max_length=64)
    event = models.CharField(max_length=8, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=2, choices=Language)
    status = models.CharField(max_length=8, choices=Warning.Status, default=Warning.Status.ACTUAL)
    form = models.CharField(max_length=3)
    size = models.PositiveIntegerField()
    seconds = models.FloatField()
    digest = models.CharField(max_length=40)
    kept_by = models.CharField(max_length=64)
    kept_name = models.CharField(max_length=128)
    kept_at = models.DateTimeField()
    heard_by = models.CharField(max_length=64, blank=True)
    heard_name = models.CharField(max_length=128, blank=True)
    heard_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    @property
    def is_in_use(self) -> bool:
        """Whether warnings take it."""
        return self.heard_at is not None and self.retired_at is None

    @property
    def media_type(self) -> str:
        """As CAP and browsers call it."""
        return "audio/wav" if self.form == "wav" else "audio/mpeg"
