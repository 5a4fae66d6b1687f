"""The asker's own weather: the heaviest rain and the strongest wind in its jurisdiction."""

import threading
import time
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.history import STORE
from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.models import Sensor
from anlan.apps.atlas.queries import sensors
from anlan.desk.asker import Asker
from anlan.terms.errors import AnlanError

_HOUR_MS, _KEPT_S = 3_600_000, 30.0
_RECENT_MS = 1_200_000
"""A wind that was measured longer ago is no wind of now."""
_POINTS = (
    ("↓", _("north")), ("↙", _("north-east")), ("←", _("east")),
    ("↖", _("south-east")), ("↑", _("south")), ("↗", _("south-west")),
    ("→", _("west")), ("↘", _("north-west")),
)  # fmt: skip
"""Where the wind comes from, clockwise from north, with an arrow that flies with it."""


class Rain(NamedTuple):
    """Millimetres in the last hour at the wettest station; stations: how many reported."""

    mm: float
    station: str
    object_key: str
    stations: int


class Wind(NamedTuple):
    """The newest gust, m/s, where it is strongest; mean and origin (degrees from north) are of
    the same station, None where it does not say; stations: how many reported."""

    gust: float
    mean: float | None
    origin: float | None
    station: str
    object_key: str
    at: datetime
    stations: int

    @property
    def force(self) -> int | None:
        """The class of the gust in the table of the pack; None where there is no table."""
        pack = packs().get("wind")
        sheet = pack.sheets.get("gbt28591_forces") if pack else None
        rows = [row for row in sheet.rows if float(row[3]) <= self.gust] if sheet else []
        return int(rows[-1][0]) if rows else None

    @property
    def arrow(self) -> str:
        """An arrow that flies with the wind; empty where no direction is known."""
        return "" if self.origin is None else _point(self.origin)[0]

    @property
    def origin_name(self) -> str:
        """Where it comes from, in words."""
        return "" if self.origin is None else _point(self.origin)[1]


class Weather(NamedTuple):
    """Rain and wind; None where no station reported."""

    rain: Rain | None
    wind: Wind | None


_GUARD = threading.Lock()
_KEPT: dict[str, tuple[float, Weather]] = {}


def weather(asker: Asker) -> Weather:
    """The rain and the wind, asked anew every half minute."""
    key = asker.scope.key
    with _GUARD:
        kept = _KEPT.get(key)
    if kept is None or time.monotonic() - kept[0] > _KEPT_S:
        kept = (time.monotonic(), _measured(asker))
        with _GUARD:
            _KEPT[key] = kept
    return kept[1]


def _measured(asker: Asker) -> Weather:
    now = int(asker.now.timestamp() * 1000)
    try:
        return Weather(_rain(asker, now), _wind(asker, now))
    except AnlanError:
        return Weather(None, None)


def _rain(asker: Asker, now: int) -> Rain | None:
    # Whichever pack it is of; a strain is none.
    is_rain = Q(quantity="rain") | Q(quantity__endswith=".rain")
    gauges = list(sensors(asker).filter(is_rain))
    sums = STORE.sums([one.handle for one in gauges], now - _HOUR_MS, now)
    rains = [(sums[one.handle], one) for one in gauges if one.handle in sums]
    if not rains:
        return None
    mm, wettest = max(rains, key=lambda rain: rain[0])
    return Rain(mm, wettest.name or wettest.key, wettest.object_key, len(rains))


def _wind(asker: Asker, now: int) -> Wind | None:
    found = _of(asker, "gust")
    newest = STORE.newest([one.handle for one in found], now - _RECENT_MS, now)
    blown = [(newest[one.handle], one) for one in found if one.handle in newest]
    if not blown:
        return None
    gust, windiest = max(blown, key=lambda one: one[0].value)
    beside = {
        name: [s for s in _of(asker, name) if s.object_key == windiest.object_key]
        for name in ("wind_speed", "wind_direction")
    }
    handles = {name: own[0].handle for name, own in beside.items() if own}
    told = STORE.newest(list(handles.values()), now - _RECENT_MS, now)
    mean, origin = (
        told[handles[name]].value if handles.get(name) in told else None for name in beside
    )
    at = datetime.fromtimestamp(gust.time / 1000, UTC)
    name = windiest.name or windiest.key
    return Wind(gust.value, mean, origin, name, windiest.object_key, at, len(blown))


def _of(asker: Asker, quantity: str) -> list[Sensor]:
    return list(sensors(asker).filter(quantity__in=(quantity, f"wind.{quantity}")))


def _point(origin: float) -> tuple[str, str]:
    arrow, name = _POINTS[round(origin / 45) % 8]
    return arrow, str(name)
