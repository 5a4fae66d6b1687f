"""Replies 回复: what somebody answered to a notice, by the channel that it came by."""

from django.db import models

from anlan.apps.people.models.notice import Notice


class Reply(models.Model):
    """One answer, kept once; later stages read on from the last id that they have seen.

    key: the channel's own name of it · kind, address: who answered, as in a notice · notice: what
    it answers, the newest that went there before, None where none did · text: as it came; for a
    call the digit that was pressed.
    """

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=16)
    address = models.CharField(max_length=512)
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="replies")
    text = models.CharField(max_length=1024, blank=True)
    heard_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
