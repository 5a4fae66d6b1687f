"""The asker's own weather: the heaviest rain of the last hour in its jurisdiction."""

import threading
import time
from typing import NamedTuple

from anlan.apps.atlas.history import STORE
from anlan.apps.atlas.queries import sensors
from anlan.desk.asker import Asker
from anlan.terms.errors import AnlanError

_HOUR_MS, _KEPT_S = 3_600_000, 30.0


class Rain(NamedTuple):
    """Millimetres in the last hour at the wettest station; stations: how many reported."""

    mm: float
    station: str
    object_key: str
    stations: int


_GUARD = threading.Lock()
_KEPT: dict[str, tuple[float, Rain | None]] = {}


def weather(asker: Asker) -> Rain | None:
    """The heaviest rain, asked anew every half minute; None where no station reported."""
    key = asker.scope.key
    with _GUARD:
        kept = _KEPT.get(key)
    if kept is None or time.monotonic() - kept[0] > _KEPT_S:
        kept = (time.monotonic(), _measured(asker))
        with _GUARD:
            _KEPT[key] = kept
    return kept[1]


def _measured(asker: Asker) -> Rain | None:
    now = int(asker.now.timestamp() * 1000)
    gauges = list(sensors(asker).filter(quantity__endswith="rain"))
    try:
        sums = STORE.sums([one.handle for one in gauges], now - _HOUR_MS, now)
    except AnlanError:
        return None
    rains = [(sums[one.handle], one) for one in gauges if one.handle in sums]
    if not rains:
        return None
    mm, wettest = max(rains, key=lambda rain: rain[0])
    return Rain(mm, wettest.name or wettest.key, wettest.object_key, len(rains))
