"""Effective-dated rows: a thing keeps its key, and each of its rows holds for a time."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlan.desk.geometry import ShapeField
from anlan.desk.search import WordsField


class DatedQuerySet(models.QuerySet[Any]):
    """Rows by the time they hold."""

    def standing(self) -> "DatedQuerySet":
        """The rows that hold until changed."""
        return self.filter(until=None)

    def at(self, moment: datetime) -> "DatedQuerySet":
        """The rows that held at a moment."""
        return self.filter(Q(until=None) | Q(until__gt=moment), since__lte=moment)


class Dated(models.Model):
    """A thing of the atlas as it is from `since` to before `until` (open when empty).

    key: stable and public, one standing row each · region: where it lies, cut to its level ·
    owner: the key of the organisation it belongs to, or empty · words: of its names and codes,
    for the search; empty when it holds no longer.
    """

    key = models.CharField(max_length=128, db_index=True)
    name = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=12, db_index=True)
    owner = models.CharField(max_length=64, blank=True, db_index=True)
    shape = ShapeField(null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    words = WordsField()

    objects: ClassVar[models.Manager[Any]] = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("region", "key")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(until=None), name="%(app_label)s_%(class)s_standing"
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["region", "key"],
                condition=Q(until=None),
                name="%(app_label)s_%(class)s_place",
            ),
            # When something ended last: what is kept of many rows asks it before each answer.
            models.Index(
                fields=["until"],
                condition=Q(until__isnull=False),
                name="%(app_label)s_%(class)s_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.name
