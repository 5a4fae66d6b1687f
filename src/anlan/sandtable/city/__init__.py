"""The fictional city 安澜市 (虚构): an island in the open Pacific where nobody lives.

`city(size, seed)` gives what stands there, `columns(city, script, low, high)` what its sensors
send, `newcomer(…)` what a gauge sends that nobody registered, and `dangers(…)` when each object
truly became dangerous. Everything is invented, seeded and the same each time; codes begin with 99,
which no region has.
"""

from anlan.sandtable.city.build import city
from anlan.sandtable.city.fleet.driving import Spot, spot
from anlan.sandtable.city.fleet.spoken import Spoken, spoken
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
from anlan.sandtable.city.story.columns import Columns, columns
from anlan.sandtable.city.story.newcomer import NEWCOMER, newcomer
from anlan.sandtable.city.story.script import (
    SCRIPTS,
    Act,
    Script,
    co_night,
    demo,
    history,
    quiet_week,
    rainstorm,
    tailings_rise,
    tank_leak,
    tunnel_gas,
)
from anlan.sandtable.city.story.truth import Danger, dangers

__all__ = [
    "NEWCOMER",
    "SCRIPTS",
    "Act",
    "Cell",
    "City",
    "Columns",
    "Contact",
    "Danger",
    "Enterprise",
    "Facility",
    "Feature",
    "Observed",
    "Organisation",
    "Region",
    "Script",
    "Spoken",
    "Spot",
    "Target",
    "city",
    "co_night",
    "columns",
    "dangers",
    "demo",
    "history",
    "newcomer",
    "quiet_week",
    "rainstorm",
    "spoken",
    "spot",
    "tailings_rise",
    "tank_leak",
    "tunnel_gas",
]
