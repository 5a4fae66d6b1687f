"""Protected targets 防护目标: where people are."""

from django.db import models

from anlan.apps.atlas.models.dated import Dated


class Target(Dated):
    """A school, a hospital, a home for the aged, a quarter, a shelter.

    kind: one of the city's words, such as school or hospital · people_day, people_night: how many
    are usually there.
    """

    kind = models.CharField(max_length=32, db_index=True)
    people_day = models.PositiveIntegerField(null=True, blank=True)
    people_night = models.PositiveIntegerField(null=True, blank=True)
    contact = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=256, blank=True)

    class Meta(Dated.Meta):
        pass
