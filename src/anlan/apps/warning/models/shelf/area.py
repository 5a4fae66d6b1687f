"""Saved areas 常用区域: drawn once, named, and put into a warning by one press."""

from django.db import models

from anlan.apps.people.models.naming import new_key
from anlan.desk.geometry import ShapeField


class SavedArea(models.Model):
    """An area that a jurisdiction keeps; region: whose it is · writer: who kept it last."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    name = models.CharField(max_length=64)
    region = models.CharField(max_length=12, db_index=True)
    shape = ShapeField()
    writer = models.CharField(max_length=64)
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ("region", "name")
        constraints = (
            models.UniqueConstraint(fields=["region", "name"], name="warning_area_once"),
        )

    def __str__(self) -> str:
        return self.name
