"""Messages that came in, as they came: bytes that never change."""

from django.db import models

from anlan.apps.warning.models.incoming.course import Incoming
from anlan.apps.warning.models.incoming.feed import Feed
from anlan.apps.warning.models.kept import Kept
from anlan.apps.warning.models.warning import Warning


class IncomingMessage(Kept):
    """One message, kept once whichever feeds bring it.

    first: the course that it was put into when it came; where that was joined to another, there it
    is read · name: digest of sender, identifier and sent, which together are its name; called: of
    sender and identifier, by which others refer to it · told: what is unusual or wrong in it ·
    link: where it stood.
    """

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="messages")
    first = models.ForeignKey(Incoming, models.PROTECT, related_name="messages")
    name = models.CharField(max_length=64, unique=True)
    called = models.CharField(max_length=64, db_index=True)
    identifier = models.CharField(max_length=256)
    sender = models.CharField(max_length=256)
    sent = models.CharField(max_length=40)
    sent_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Warning.Kind)
    status = models.CharField(max_length=8, choices=Warning.Status)
    is_national = models.BooleanField(default=False)
    signature = models.CharField(max_length=16)
    told = models.JSONField(default=list)
    link = models.CharField(max_length=512, blank=True)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    heard_at = models.DateTimeField()

    class Meta(Kept.Meta):
        ordering = ("sent_at", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"

    @property
    def xml(self) -> bytes:
        """The document as it came."""
        return bytes(self.body)


class IncomingReference(Kept):
    """That a message refers to another, by what that is called; text: as written."""

    message = models.ForeignKey(IncomingMessage, models.PROTECT, related_name="references")
    called = models.CharField(max_length=64, db_index=True)
    text = models.CharField(max_length=600)

    class Meta(Kept.Meta):
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text
