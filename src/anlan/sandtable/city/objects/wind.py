"""Wind stations: those of the stories, one at each county seat, and some over the island."""

from collections.abc import Iterator

import numpy as np

from anlan.sandtable.city.model import Observed
from anlan.sandtable.city.regions.counties import COUNTIES
from anlan.sandtable.city.regions.survey import Survey

STORY_WIND = (
    (60.6, 37.2, "城关测风站", "Chengguan wind", "990101WS901"),
    (63.8, 33.4, "化工园测风站", "Chemical park wind", "990101WS902"),
    (56.2, 50.2, "铜鼓岭测风站", "Tongguling wind", "990101WS903"),
)
_WEATHER = "-qx"


def wind_stations(survey: Survey, count: int) -> Iterator[Observed]:
    """Every observed object of the wind pack: those of the stories and `count` more."""
    rows = list(STORY_WIND)
    for seat in COUNTIES[1:]:
        rows.append((seat.x, seat.y, f"{seat.zh}测风站", f"{seat.en} wind station", ""))
    steps = np.linspace(0, len(survey.villages) - 1, count - len(COUNTIES) + 1, dtype=int)
    for one in (survey.villages[k] for k in steps):
        rows.append((one.x, one.y, f"{one.short}测风站", f"{one.en} wind station", ""))
    for x, y, zh, en, key in rows:
        region = survey.village(x, y).code
        yield survey.observe(
            "wind_station", at=(x, y), region=region, pack="wind", zh=zh, en=en,
            key=key or survey.key(region, "WS"), owner=region[:6] + _WEATHER,
            attributes={"elevation": survey.height(x, y), "mast": 10.0},
            contact=survey.contact("测报员"),
        )  # fmt: skip
