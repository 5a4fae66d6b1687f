"""Facilities 设施: what stands in the city and no sensor watches."""

from django.db import models

from anlan.apps.atlas.models.dated import Dated


class Facility(Dated):
    """A bridge, a tunnel, a pipe, a lift, a shelter, a store, a team's station.

    kind: one of the city's words · size: people of a shelter or a team, tonnes of a store, metres
    of a bridge, tunnel or pipe.
    """

    kind = models.CharField(max_length=32, db_index=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    contact = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=256, blank=True)

    class Meta(Dated.Meta):
        pass
