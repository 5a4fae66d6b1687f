"""Notices 通知: what is to go out by a channel, tried until it is answered or given up."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One message to one address, and what became of it: the only way out.

    kind: of address, `email` or `webhook` · cause: the key of what made it · region: of that, for
    jurisdiction · status: Actual, Exercise or Test · due_at: when it is tried next, also one that
    was sent and of which nothing is heard · haste: what has more goes first where several wait ·
    after: what must have left before, or been given up · language: of its text · body: a document
    that goes in place of the text where the channel carries documents, media_type: what it is ·
    handed_at: when the next hop took it over, None where it never did or that was not noted yet ·
    answered_at: of the last that is known of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        REFUSED = "refused", _("refused")
        GIVEN_UP = "given_up", _("given up")

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    address = models.CharField(max_length=512)
    person = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=256)
    text = models.TextField()
    language = models.CharField(max_length=16, default="zh-Hans")
    cause = models.CharField(max_length=160, db_index=True)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=8, default="Actual")
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    haste = models.PositiveSmallIntegerField(default=0)
    after = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    created_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=512, blank=True)
    reference = models.CharField(max_length=256, blank=True)
    body = models.TextField(blank=True)
    media_type = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["state", "-haste", "due_at", "id"], name="people_notice_next"),
            models.Index(fields=["kind", "reference"], name="people_notice_reference"),
            models.Index(
                fields=["state", "due_at"],
                name="people_notice_silent",
                condition=models.Q(due_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
