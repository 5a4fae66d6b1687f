"""The hand-over of a message: that it was done, and whom it was to reach by what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models import Notice
from anlan.apps.warning.models.kept import Kept
from anlan.apps.warning.models.message import Message


class HandOver(Kept):
    """That a message was handed over to all it is for, once.

    lacking: why it went nowhere by some way: its name where a drill has no sandbox for it, `over`
    where it had ended before.
    """

    message = models.OneToOneField(Message, models.PROTECT, related_name="hand_over")
    at = models.DateTimeField()
    lacking = models.JSONField(default=list)

    class Meta(Kept.Meta):
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.message_id} {self.at:%F %T}"


class Addressee(Kept):
    """One whom a message was to reach; what became of it says the notice.

    region, owner: whose it is, for jurisdiction · phone: where nobody could be written to, of whom
    is to be called · notice: shared by all who have one address.
    """

    class By(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        WEBHOOK = "webhook", _("webhook")
        CHAT = "chat", _("chat group")
        SPEAKER = "speaker", _("loudspeaker")
        SCREEN = "screen", _("screen")
        PHONE = "phone", _("to be called")

    message = models.ForeignKey(Message, models.PROTECT, related_name="addressees")
    kind = models.CharField(max_length=16, choices=By)
    name = models.CharField(max_length=128)
    organisation = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=12)
    owner = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="+")

    class Meta(Kept.Meta):
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
