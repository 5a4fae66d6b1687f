"""Slips 回执存根: by which name a message centre speaks of what went to one of very many."""

from django.db import models

from anlan.apps.warning.models.mass.parcel import Parcel


class Slip(models.Model):
    """One part of a text to one recipient; gone after some days, when no report comes any more.

    name: the centre's · parcel, place: the recipient · number, total: which part of how many ·
    fate: what became of it, as `State` says, empty while it is not known.
    """

    name = models.CharField(max_length=80, db_index=True)
    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="slips")
    place = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    fate = models.CharField(max_length=12, blank=True)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["parcel", "place"], name="warning_slip_recipient"),)

    def __str__(self) -> str:
        return f"{self.parcel_id}.{self.place}"
