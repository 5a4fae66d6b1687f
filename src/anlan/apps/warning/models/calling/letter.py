"""What asks somebody for their calls, and every word that came back to it."""

from django.db import models

from anlan.apps.people.models import Reply
from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.models.calling.call_down import CallDown
from anlan.apps.warning.models.risk.risk import Risk


class CallLetter(models.Model):
    """One asking of one person, by every way that reaches them; its notices have the cause
    `call:` and its key.

    key: named by what it asks, so that nobody is asked twice for the same · token: SHA-256 of what
    its link ends with · expires_at: from then on the link only says that it has ended.
    """

    call_down = models.ForeignKey(CallDown, models.PROTECT, related_name="letters")
    key = models.CharField(max_length=64, unique=True)
    token = models.CharField(max_length=64, unique=True)
    tier = models.PositiveSmallIntegerField()
    person = models.CharField(max_length=64)
    language = models.CharField(max_length=8, default="zh-hans")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.key

    @property
    def cause(self) -> str:
        """How its notices name it."""
        return f"call:{self.key}"


class CallWord(models.Model):
    """What was made of one reply, once. letter, risk: None where it answers no call-down, no risk ·
    is_answer: whether it confirms, or was taken as an answer to the risk; what does not is shown
    as it came · why_not: why it was not taken, in the language of whoever wrote it."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    reply = models.OneToOneField(Reply, models.PROTECT, related_name="+")
    letter = models.ForeignKey(CallLetter, models.PROTECT, null=True, related_name="words")
    risk = models.ForeignKey(Risk, models.PROTECT, null=True, related_name="words")
    is_answer = models.BooleanField(default=False)
    why_not = models.CharField(max_length=256, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.reply_id} {self.is_answer}"
