"""Observed objects 监测对象 and their documents."""

from typing import ClassVar

from django.db import models

from anlan.apps.atlas.models.dated import Dated


class ObservedObject(Dated):
    """A thing that sensors watch: a tank, a slope, a reach, a pond; its key is the engine's.

    kind, pack: its type as a pack declares it · attributes: by that type's schema · enterprise:
    its key, or empty · parent: the key of the wider object or group.
    """

    kind = models.CharField(max_length=64, db_index=True)
    pack = models.CharField(max_length=64, db_index=True)
    attributes = models.JSONField(default=dict, blank=True)
    enterprise = models.CharField(max_length=128, blank=True, db_index=True)
    parent = models.CharField(max_length=128, blank=True, db_index=True)
    contact = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=256, blank=True)

    class Meta(Dated.Meta):
        pass


class Document(models.Model):
    """A file that belongs to an object: a plan, a drawing, a picture."""

    object_key = models.CharField(max_length=128, db_index=True)
    title = models.CharField(max_length=128)
    file = models.FileField(upload_to="documents/%Y/%m")
    media_type = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("-added_at",)

    def __str__(self) -> str:
        return self.title
