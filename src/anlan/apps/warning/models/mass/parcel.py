"""Mass sending: that a message goes to the public, and to whom, in parcels of some thousands.

There is no row for each of a million recipients: a parcel holds their numbers and an octet for
each, frozen when it is packed.
"""

import numpy as np
from django.db import models
from numpy.typing import NDArray

from anlan.apps.warning.models.message import Message
from anlan.apps.warning.models.subscribing import Subscription


class Mass(models.Model):
    """That a message is for the subscribers too, once; made with its hand-over.

    packed_at: when they were counted out into parcels, None before.
    """

    message = models.OneToOneField(Message, models.PROTECT, related_name="mass")
    haste = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    packed_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"mass of {self.message_id}"


class Parcel(models.Model):
    """Some recipients of a message by one way.

    course, step: the warning and the order of the message in it · ids: of the subscriptions, eight
    octets each · outcomes: an octet each, as `Outcome` says · counts: how many of each octet ·
    holder: who has it in hand, until lease_at · due_at: when it is tried next · tries: how often
    it was to the end · is_halted: a later message replaces it, whoever holds it lets go.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="parcels")
    way = models.CharField(max_length=8, choices=Subscription.Way)
    order = models.PositiveIntegerField()
    course = models.BigIntegerField()
    step = models.PositiveSmallIntegerField()
    haste = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField()
    ids = models.BinaryField()
    outcomes = models.BinaryField()
    counts = models.JSONField(default=dict)
    is_open = models.BooleanField(default=True)
    is_halted = models.BooleanField(default=False)
    holder = models.CharField(max_length=64, blank=True)
    lease_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=["way", "-haste", "id"],
                condition=models.Q(is_open=True),
                name="warning_parcel_next",
            ),
            models.Index(
                fields=["course", "way", "step"],
                condition=models.Q(is_open=True),
                name="warning_parcel_course",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["message", "way", "order"], name="warning_parcel_once"),
        )

    def __str__(self) -> str:
        return f"{self.way} {self.message_id}.{self.order}"

    @property
    def recipients(self) -> NDArray[np.int64]:
        """The ids of the subscriptions."""
        return np.frombuffer(bytes(self.ids), "<i8")

    @property
    def codes(self) -> NDArray[np.uint8]:
        """The octets, free to be changed."""
        return np.frombuffer(bytes(self.outcomes), np.uint8).copy()
