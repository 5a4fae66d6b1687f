"""Call-downs 叫应: one for each message, also for those that ask nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.warning.models.message import Message


class CallDown(models.Model):
    """That a message was looked at for its call-down, once, and what came of it.

    why: it asks, or why it asks nobody · answer_ms: how long one has to answer, tiers: how many
    are asked one after the other, both as the rule was then · ended_at: when its last call ended,
    or at once where there is none.
    """

    class Why(models.TextChoices):
        ASKED = "asked", _("asked by rule")
        RULE = "rule", _("nobody is asked at this level")
        SAME = "same", _("asked before, and the level was not raised")
        LIFTED = "lifted", _("the warning was lifted")
        OVER = "over", _("it had ended before it was handed over")

    message = models.OneToOneField(Message, models.PROTECT, related_name="call_down")
    why = models.CharField(max_length=8, choices=Why)
    began_at = models.DateTimeField()
    answer_ms = models.PositiveIntegerField(default=0)
    tiers = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.message_id} {self.why}"
