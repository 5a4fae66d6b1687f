"""The sheets of the atlas: what stands where, each from one declaration."""

from anlan.apps.atlas.pages.enterprises import ENTERPRISES
from anlan.apps.atlas.pages.facilities import FACILITIES
from anlan.apps.atlas.pages.limit_table import LIMITS
from anlan.apps.atlas.pages.objects import OBJECTS
from anlan.apps.atlas.pages.regions import REGIONS
from anlan.apps.atlas.pages.sensors import SENSORS
from anlan.apps.atlas.pages.targets import TARGETS

SHEETS = (OBJECTS, SENSORS, LIMITS, ENTERPRISES, TARGETS, FACILITIES, REGIONS)

__all__ = [
    "ENTERPRISES",
    "FACILITIES",
    "LIMITS",
    "OBJECTS",
    "REGIONS",
    "SENSORS",
    "SHEETS",
    "TARGETS",
]
