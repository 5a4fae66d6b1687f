"""Keys for programs: API keys with acts and an end."""

from django.db import models

from anlan.apps.people.models.user import User


class ApiKey(models.Model):
    """A program's key: at most what its user may, and of that only the acts it names.

    digest: SHA-256 of the secret, which is shown once · acts: act names; empty for reading only.
    """

    key = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    label = models.CharField(max_length=64)
    acts = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.key} {self.label}"
