"""The fictional city 安澜市 (虚构): an island in the open Pacific where nobody lives.

`city(size, seed)` gives what stands there. Everything is invented, seeded and the same each time;
codes begin with 99, which no region has.
"""

from anlan.sandtable.city.build import city
from anlan.sandtable.city.model import (
    Cell,
    City,
    Contact,
    Enterprise,
    Facility,
    Feature,
    Observed,
    Organisation,
    Region,
    Target,
)

__all__ = [
    "Cell",
    "City",
    "Contact",
    "Enterprise",
    "Facility",
    "Feature",
    "Observed",
    "Organisation",
    "Region",
    "Target",
    "city",
]
