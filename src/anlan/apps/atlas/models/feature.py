"""The base map 底图: land, water, roads, buildings; and people by cell."""

from django.db import models

from anlan.desk.geometry import ShapeField


class BaseFeature(models.Model):
    """One feature of the base map; public, so without a jurisdiction.

    layer: land, water, river, road, building, contour, place … · rank: 1 is drawn first from afar.
    """

    layer = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=32, blank=True)
    name = models.CharField(max_length=128, blank=True)
    name_en = models.CharField(max_length=128, blank=True)
    rank = models.PositiveSmallIntegerField(default=5)
    shape = ShapeField()

    def __str__(self) -> str:
        return self.name or self.layer


class PopulationCell(models.Model):
    """People in one cell of a grid, by day and by night.

    counted_on: the day that the figures are of, None where nobody said · source: whose they are.
    """

    region = models.CharField(max_length=12, db_index=True)
    shape = ShapeField()
    people_day = models.FloatField()
    people_night = models.FloatField()
    counted_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=128, blank=True)

    def __str__(self) -> str:
        return f"{self.region} {self.people_night:.0f}"
