"""The layers of the map's things, and the tables that they are of."""

from typing import Any, NamedTuple

from anlan.apps.atlas.models import Enterprise, Facility, ObservedObject, Sensor, Target


class Source(NamedTuple):
    """A table of things. group: the tile layer · kind: the column that parts it, or empty."""

    group: str
    model: Any
    kind: str
    is_dated: bool = True

    def layer(self, kind: str) -> str:
        """The name of a layer: object/flood, target/school, enterprise."""
        return f"{self.group}/{kind}" if self.kind else self.group


SOURCES = (
    Source("object", ObservedObject, "pack"),
    Source("enterprise", Enterprise, ""),
    Source("target", Target, "kind"),
    Source("facility", Facility, "kind"),
    Source("sensor", Sensor, "", is_dated=False),
)
GROUPS = {source.group: source for source in SOURCES}
