"""Messages: what was sent, as bytes that never change."""

from django.db import models

from anlan.apps.warning.models.kept import Kept
from anlan.apps.warning.models.warning import Warning


class Message(Kept):
    """One act of sending of a warning: Alert, Update or Cancel, in order.

    order: 1 for the first · identifier, sender, sent: as they stand in the bytes; together they
    name it to later messages · references: of every earlier message of the course · body: the
    whole CAP message, made once · digest: its SHA-256 · content: what it was made from, by which
    a course goes on · status: the warning's.
    """

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="messages")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Warning.Kind)
    status = models.CharField(max_length=8, choices=Warning.Status)
    identifier = models.CharField(max_length=64, unique=True)
    sender = models.CharField(max_length=160)
    sent = models.CharField(max_length=32)
    references = models.TextField(blank=True)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    issued_at = models.DateTimeField(db_index=True)

    class Meta(Kept.Meta):
        ordering = ("warning", "order")
        constraints = (
            models.UniqueConstraint(fields=["warning", "order"], name="warning_message_once"),
            models.CheckConstraint(
                condition=models.Q(order=1, kind="Alert") | models.Q(order__gt=1)
                & ~models.Q(kind="Alert"),
                name="warning_message_order",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"

    @property
    def xml(self) -> bytes:
        """The CAP message as it was sent."""
        return bytes(self.body)

    @property
    def reference(self) -> str:
        """How a later message names this one."""
        return f"{self.sender},{self.identifier},{self.sent}"
