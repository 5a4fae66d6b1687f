"""The first page: which sets there are, and what of the standard is kept."""

from typing import Any

from anlan.site.api.things.model import KINDS

VERSION = "v1.1"
_STA = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
_OPTIONS = ("expand", "select", "orderby", "filter", "top", "skip", "count", "pagination",
            "built-in-filter-operations", "built-in-query-functions")  # fmt: skip
_ENTITIES = ("thing", "location", "historical-location", "datastream", "sensor",
             "observed-property", "observation", "feature-of-interest",
             "entity-control-information")  # fmt: skip
CONFORMANCE = (
    *(f"{_STA}datamodel/{name}" for name in _ENTITIES),
    f"{_STA}resource-path/resource-path-to-entities",
    *(f"{_STA}request-data/{name}" for name in ("order", "status-code", "query-status-code")),
    *(f"{_STA}request-data/{name}" for name in _OPTIONS),
    f"{_STA}data-array/data-array",
)


def landing(base: str) -> dict[str, Any]:
    """The sets with their addresses."""
    sets = [{"name": name, "url": f"{base}/{name}"} for name in KINDS]
    return {"value": sets, "serverSettings": {"conformance": list(CONFORMANCE)}}
