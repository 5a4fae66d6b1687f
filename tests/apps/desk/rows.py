"""A row of any model, at 160.5° E 30.5° N where it has a shape."""

from datetime import UTC, datetime
from typing import Any

import shapely
from django.db import models

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def any_row(model: type[models.Model]) -> Any:
    """Saves a row with what its columns ask for."""
    names = {field.name for field in model._meta.local_fields}
    values: dict[str, Any] = {"shape": shapely.Point(160.5, 30.5)} if "shape" in names else {}
    for field in model._meta.local_fields:
        if field.has_default() or field.null or field.blank or field.name in values:
            continue
        if isinstance(field, models.DateTimeField):
            values[field.name] = _NOW
        elif isinstance(field, (models.FloatField, models.IntegerField)):
            values[field.name] = 1
        elif isinstance(field, models.ForeignKey):
            known: Any = field.related_model._default_manager
            values[field.name] = known.first() or any_row(field.related_model)
        elif isinstance(field, models.CharField):
            values[field.name] = field.choices[0][0] if field.choices else "any"
    return model._default_manager.create(**values)
