"""Enterprises 企业."""

from typing import Any, ClassVar

from django.db import models

from anlan.apps.atlas.models.dated import Dated


class Enterprise(Dated):
    """A firm or works; its owner is its organisation.

    credit_code: unified social credit code 统一社会信用代码.
    """

    industry = models.CharField(max_length=64, blank=True)
    credit_code = models.CharField(max_length=18, blank=True, db_index=True)
    address = models.CharField(max_length=256, blank=True)
    contact = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=32, blank=True)

    class Meta(Dated.Meta):
        indexes: ClassVar[list[Any]] = [
            *Dated.Meta.indexes,
            models.Index(
                fields=["industry", "region", "key"],
                condition=models.Q(until=None),
                name="atlas_enterprise_industry",
            ),
        ]
