"""Which collections there are, and which of them somebody may see."""

from collections.abc import Iterator

from anlan.desk.asker import Asker
from anlan.site.api.features.collections.alarms import ALARMS
from anlan.site.api.features.collections.collection import Collection
from anlan.site.api.features.collections.things import (
    ENTERPRISES,
    FACILITIES,
    OBJECTS,
    REGIONS,
    SENSORS,
    TARGETS,
    by_kind,
)
from anlan.site.api.features.collections.warned import WARNINGS


def collections() -> Iterator[Collection]:
    """All of them, for whoever it is."""
    yield from (REGIONS, ENTERPRISES, TARGETS, FACILITIES, SENSORS, ALARMS, WARNINGS, OBJECTS)
    yield from by_kind()


def collections_for(asker: Asker) -> list[Collection]:
    """Those that somebody may see."""
    return [one for one in collections() if asker.may(one.act)]


def collection_named(key: str) -> Collection | None:
    """A collection by its id."""
    return next((one for one in collections() if one.key == key), None)
