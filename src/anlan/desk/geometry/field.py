"""The field that stores a shape; see `lookups` for what may be asked of it."""

from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

SRID = 4326
SIDES = ("w", "s", "e", "n")


class Side(models.FloatField):  # type: ignore[type-arg]  # a number or None
    """One side of a bounding box; takes the place of the one that the shape made by itself.

    Django makes a model anew from all its columns when it rebuilds a table on SQLite.
    """

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        for same in [field for field in cls._meta.local_fields if field.name == name]:
            cls._meta.local_fields.remove(same)
        super().contribute_to_class(cls, name, private_only)

    def deconstruct(self) -> Any:
        """A plain number, as far as migrations are concerned."""
        name, _, args, words = super().deconstruct()
        return name, "django.db.models.FloatField", args, words


class ShapeField(models.Field):  # type: ignore[type-arg]  # values are checked in to_python
    """A shape in WGS 84 / CGCS2000 degrees, longitude first; None where there is none.

    Four columns beside it (`shape_w`, `_s`, `_e`, `_n`) hold its bounding box.
    """

    description = "shape"

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """Adds the four columns of the box."""
        super().contribute_to_class(cls, name, private_only)
        # A migration's model lists the four itself.
        if cls._meta.abstract or cls.__module__ == "__fake__":
            return
        for side in SIDES:
            Side(null=True, editable=False).contribute_to_class(cls, f"{name}_{side}")

    def db_type(self, connection: Any) -> str:
        if connection.vendor == "postgresql":
            return f"geometry(Geometry,{SRID})"
        return "BLOB"

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The shape; its box is set on the way."""
        shape = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, shape)
        box = (None,) * 4 if shape is None or shape.is_empty else shape.bounds
        for side, value in zip(SIDES, box, strict=True):
            setattr(model_instance, f"{self.name}_{side}", value)
        return shape

    def to_python(self, value: Any) -> BaseGeometry | None:
        """A shape of WKB, WKT or GeoJSON text; ValidationError where it is none."""
        if value is None or value == "":
            return None
        if isinstance(value, BaseGeometry):
            return value
        try:
            if isinstance(value, (bytes, memoryview)):
                return shapely.from_wkb(bytes(value))
            text = str(value).strip()
            return shapely.from_geojson(text) if text.startswith("{") else shapely.from_wkt(text)
        except shapely.errors.ShapelyError as error:
            raise ValidationError(_("This is not a shape."), code="shape") from error

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> BaseGeometry | None:
        """What the database gave, as a shape."""
        return None if value is None else shapely.from_wkb(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """What the database takes: WKB, for PostGIS in hex with the SRID."""
        shape = self.to_python(value)
        if shape is None:
            return None
        if connection.vendor == "postgresql":
            return shapely.to_wkb(shapely.set_srid(shape, SRID), hex=True, include_srid=True)
        return shapely.to_wkb(shape)

    def value_to_string(self, obj: Any) -> str:
        shape = self.value_from_object(obj)
        return "" if shape is None else shapely.to_geojson(shape)
