"""Reads of the atlas, limited to the asker's jurisdiction."""

from anlan.apps.atlas.queries.around import Around, Grid, around, grid_of, widened
from anlan.apps.atlas.queries.naming import region_name, region_path
from anlan.apps.atlas.queries.objects import (
    enterprises,
    facilities,
    limits_of,
    object_for,
    objects,
    objects_at,
    regions,
    sensors,
    sensors_of,
    targets,
)

__all__ = [
    "Around",
    "Grid",
    "around",
    "enterprises",
    "facilities",
    "grid_of",
    "limits_of",
    "object_for",
    "objects",
    "objects_at",
    "region_name",
    "region_path",
    "regions",
    "sensors",
    "sensors_of",
    "targets",
    "widened",
]
