"""Regions 行政区: province to village, with their borders and people."""

from django.db import models

from anlan.apps.atlas.models.dated import Dated


class Region(Dated):
    """A district; its key is its code. owner is empty."""

    population = models.PositiveBigIntegerField(null=True, blank=True)
    households = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta(Dated.Meta):
        pass
