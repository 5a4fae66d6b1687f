"""Calls: one for each person who must confirm a message for a place or a thing."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.models.calling.call_down import CallDown
from anlan.apps.warning.models.calling.letter import CallLetter


class Call(models.Model):
    """One person asked for one place, or for one thing in it.

    region, owner: whose it is, for jurisdiction · thing: key of what it is for, or empty for the
    whole region · tier: 1 is asked first, then the next of the responsibility tree · rank, seat:
    of the line that was asked, as the tree says; seat: the region that line stands for · ways: by
    which it was asked, empty where only the desk can call · state: asked; desk: all tiers were
    silent, it is to be handled by hand; the others are ends · due_at: when the next is asked ·
    way: how it was answered · by, by_name: the account that did it by hand or passed it on ·
    passed_to: names of whom it was escalated to · late_at: answered after it was escalated.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("not answered")
        DESK = "desk", _("to be handled by hand")
        ANSWERED = "answered", _("answered")
        ESCALATED = "escalated", _("escalated")
        BY_HAND = "by_hand", _("handled by hand")
        NOT_NEEDED = "not_needed", _("no longer needed")

    OPEN = (State.ASKED, State.DESK)

    class Way(models.TextChoices):
        LINK = "link", _("by link")
        SMS = "sms", _("by SMS")
        VOICE = "voice", _("by key press")
        APP = "app", _("on the page")
        HAND = "hand", _("by the desk")

    call_down = models.ForeignKey(CallDown, models.PROTECT, related_name="calls")
    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, blank=True)
    thing = models.CharField(max_length=128, blank=True)
    thing_name = models.CharField(max_length=128, blank=True)
    tier = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveSmallIntegerField(default=1)
    seat = models.CharField(max_length=12)
    who = models.CharField(max_length=64)
    person = models.CharField(max_length=64)
    organisation = models.CharField(max_length=128)
    user_key = models.CharField(max_length=64, blank=True, db_index=True)
    phone = models.CharField(max_length=32, blank=True)
    ways = models.JSONField(default=list)
    letter = models.ForeignKey(CallLetter, models.PROTECT, null=True, related_name="calls")
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=8, choices=Way, blank=True)
    by = models.CharField(max_length=64, blank=True)
    by_name = models.CharField(max_length=128, blank=True)
    note = models.CharField(max_length=512, blank=True)
    passed_to = models.CharField(max_length=256, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["call_down", "region", "thing", "tier", "who"], name="warning_call_once"
            ),
        )
        indexes = (models.Index(fields=["state", "due_at"], name="warning_call_due"),)

    def __str__(self) -> str:
        return f"{self.person} {self.region} {self.tier}"

    @property
    def is_open(self) -> bool:
        """Whether somebody must still do something."""
        return self.state in self.OPEN

    @property
    def answered_at(self) -> datetime | None:
        """When the person confirmed, in time or late."""
        return self.ended_at if self.state == self.State.ANSWERED else self.late_at
