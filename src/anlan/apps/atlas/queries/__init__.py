"""Reads of the atlas, limited to the asker's jurisdiction."""

from anlan.apps.atlas.queries.around import Around, around
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
    "around",
    "enterprises",
    "facilities",
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
]
