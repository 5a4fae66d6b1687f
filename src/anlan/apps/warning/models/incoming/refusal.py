"""What a message tried to change and was not let: the warning of another sender."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.warning.models.incoming.course import Incoming
from anlan.apps.warning.models.incoming.message import IncomingMessage
from anlan.apps.warning.models.kept import Kept


class IncomingRefusal(Kept):
    """A message names one of a course that is not its sender's. at: when that was found."""

    class Why(models.TextChoices):
        """Why it is not taken for its sender's."""

        FEED = "feed", _("it came by another feed")
        KEY = "key", _("it is not signed with the key of the first message")

    message = models.ForeignKey(IncomingMessage, models.PROTECT, related_name="refusals")
    course = models.ForeignKey(Incoming, models.PROTECT, related_name="refusals")
    why = models.CharField(max_length=8, choices=Why)
    at = models.DateTimeField(db_index=True)

    class Meta(Kept.Meta):
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.message} {self.why}"
