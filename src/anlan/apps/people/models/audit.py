"""The audit chain 审计链: every write leaves a line that hangs on the one before."""

from django.db import models


class AuditLine(models.Model):
    """Who did which act to what, when. Keys only, no personal data.

    number: without gaps from 1 · digest: SHA-256 over the line and the digest before it.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=64)
    act = models.CharField(max_length=64)
    target = models.CharField(max_length=192)
    region = models.CharField(max_length=12, blank=True)
    detail = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("-number",)
        indexes = (models.Index(fields=("region", "number"), name="people_audit_region"),)

    def __str__(self) -> str:
        return f"{self.number} {self.act}"

    @property
    def told(self) -> str:
        """The detail as one short text."""
        return " ".join(f"{name}={value}" for name, value in self.detail.items())


class AuditHead(models.Model):
    """The end of the chain: one row, locked by whoever writes the next line.

    noted: the number of the last line whose digest stands in the ordered log.
    """

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    noted = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"
