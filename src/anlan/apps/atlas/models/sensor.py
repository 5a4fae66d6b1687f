"""Sensors and limits as the engine's registry has them: a projection, never a second truth."""

from django.db import models

from anlan.desk.geometry import ShapeField
from anlan.desk.search import WordsField


class Sensor(models.Model):
    """A sensor 测点 of the registry; region and owner follow its object.

    handle: its number in the log · interval_s: between readings, None where the pack says ·
    retired: no longer in use · words: for the search.
    """

    key = models.CharField(max_length=128, unique=True)
    handle = models.PositiveIntegerField(unique=True)
    object_key = models.CharField(max_length=128, db_index=True)
    quantity = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=12, blank=True, db_index=True)
    owner = models.CharField(max_length=64, blank=True, db_index=True)
    shape = ShapeField(null=True, blank=True)
    interval_s = models.FloatField(null=True)
    retired = models.BooleanField(default=False)
    words = WordsField()

    class Meta:
        ordering = ("key",)
        indexes = (models.Index(fields=["region", "key"], name="atlas_sensor_place"),)

    def __str__(self) -> str:
        return self.name or self.key


class Limit(models.Model):
    """A limit of a sensor, in force from `since` to before `until`; None is open.

    key: sensor, level, direction and since · region, owner, words: as its sensor has them.
    """

    key = models.CharField(max_length=192, db_index=True)
    region = models.CharField(max_length=12, blank=True, db_index=True)
    owner = models.CharField(max_length=64, blank=True, db_index=True)
    words = WordsField()
    sensor_key = models.CharField(max_length=128, db_index=True)
    level = models.PositiveSmallIntegerField()
    value = models.FloatField()
    direction = models.CharField(max_length=4)
    deadband = models.FloatField(default=0.0)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    source = models.CharField(max_length=256, blank=True)

    class Meta:
        ordering = ("sensor_key", "level", "since")

    def __str__(self) -> str:
        return f"{self.sensor_key} {self.level} {self.value}"


class ProjectionCursor(models.Model):
    """How far a projection has followed the log; written with its rows in one transaction."""

    name = models.CharField(max_length=32, unique=True)
    cursor = models.CharField(max_length=128, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.cursor}"
