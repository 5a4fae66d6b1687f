"""The entities of SensorThings, each over rows that the platform keeps."""

from anlan.site.api.things.model.kinds import Kind, Link
from anlan.site.api.things.model.places import HISTORICAL_LOCATIONS, LOCATIONS, THINGS
from anlan.site.api.things.model.readings import READINGS
from anlan.site.api.things.model.sensing import DATASTREAMS, FEATURES, PROPERTIES, SENSORS

KINDS: dict[str, Kind] = {
    kind.plural: kind
    for kind in (
        THINGS,
        LOCATIONS,
        HISTORICAL_LOCATIONS,
        DATASTREAMS,
        SENSORS,
        PROPERTIES,
        READINGS,
        FEATURES,
    )
}
"""By the name of their set."""

__all__ = ["KINDS", "READINGS", "Kind", "Link"]
