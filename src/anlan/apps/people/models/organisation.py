"""Organisations 单位: governments, departments, enterprises, teams."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """A body that people belong to and that owns things.

    key: stable and public · region: of its seat · parent: the key of the body above it, or empty.
    """

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("government")
        DEPARTMENT = "department", _("department")
        ENTERPRISE = "enterprise", _("enterprise")
        TEAM = "team", _("team")
        PUBLIC = "public", _("public body")

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    region = models.CharField(max_length=12, db_index=True)
    parent = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=256, blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name
