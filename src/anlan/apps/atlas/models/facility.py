"""Facilities 设施: what stands in the city and no sensor watches."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.models.dated import Dated


class Facility(Dated):
    """A bridge, a tunnel, a pipe, a lift, a shelter, a store, a team's station, a loudspeaker, a
    screen.

    kind: one of the city's words · size: people of a shelter or a team, tonnes of a store, metres
    of a bridge, tunnel or pipe · device: where a loudspeaker (resource code) or a screen (web
    address) is reached; empty: it is not · takes: messages of which
    status, actual ones where it is empty.
    """

    class Takes(models.TextChoices):
        ACTUAL = "Actual", _("actual messages")
        EXERCISE = "Exercise", _("exercises only")
        TEST = "Test", _("tests only")

    kind = models.CharField(max_length=32, db_index=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    device = models.CharField(max_length=512, blank=True)
    takes = models.CharField(max_length=16, choices=Takes, blank=True, default=Takes.ACTUAL)
    contact = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=256, blank=True)

    class Meta(Dated.Meta):
        pass
