"""The sand table 沙盘: a fictional basin, its sensors, and a scripted storm with its truth.

Everything here is invented: 澜水流域 (虚构). Names belong to no place, and every code begins with
99, which no region has. One minute of the sand table stands for one hour of a real storm. The
same seed and starts give the same bytes.
"""

from pathlib import Path

from anlan.sandtable.basin import Basin, basin
from anlan.sandtable.storm import CYCLE_MS, FIRST_RAIN_MS, Script, Storm
from anlan.sandtable.stream import Reading, readings
from anlan.sandtable.truth import Danger, dangers

OVERLAY = Path(__file__).resolve().parent / "overlay"
"""The packs' gates and windows as the demo's instruments need them."""

__all__ = [
    "CYCLE_MS",
    "FIRST_RAIN_MS",
    "OVERLAY",
    "Basin",
    "Danger",
    "Reading",
    "Script",
    "Storm",
    "basin",
    "dangers",
    "readings",
]
