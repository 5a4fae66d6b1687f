"""Signatures: who is asked for each department, and who gave theirs."""

from django.db import models

from anlan.apps.warning.models.warning import Warning


class Signature(models.Model):
    """One department's signature under one message of a warning.

    order: of that message · organisation: the department's key · signer: the account that is to
    sign, deputy: the one who is asked where it does not answer, or empty · asked: which of them is
    asked now · passed: how often it went to the other · due_at: when it goes there next ·
    signed_by: whose it is, deputy_of: the signer for whom a deputy signed · proof: what was asked
    for again, password or code · digest: of the content that was signed.
    """

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="signatures")
    order = models.PositiveSmallIntegerField()
    organisation = models.CharField(max_length=64)
    organisation_name = models.CharField(max_length=128)
    signer = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=128)
    deputy = models.CharField(max_length=64, blank=True)
    deputy_name = models.CharField(max_length=128, blank=True)
    asked = models.CharField(max_length=64, db_index=True)
    passed = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=64, blank=True)
    signed_name = models.CharField(max_length=128, blank=True)
    deputy_of = models.CharField(max_length=64, blank=True)
    proof = models.CharField(max_length=16, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("warning", "order", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["warning", "order", "organisation"], name="warning_signature_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.asked}"

    @property
    def asked_name(self) -> str:
        """The name of who is asked now."""
        return self.deputy_name if self.asked == self.deputy else self.signer_name
