"""Nights that are known: what was warned of, and what happened."""

from datetime import datetime, timedelta
from typing import Any

from anlan.apps.warning.models import Warning
from anlan.apps.watch.models import Alarm
from tests.apps.conftest import TOWN
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import went_on

INSIDE, OUTSIDE = (118.15, 30.15), (118.35, 30.35)


def happen(key: str, began_at: datetime, *, hours: float = 1.0, **words: Any) -> Alarm:
    """An alarm of the river that began then and is over."""
    lon, lat = words.pop("at", INSIDE)
    facts: dict[str, Any] = {
        "key": key, "object_key": key, "object_name": key, "kind": "river_section",
        "pack": "flood", "rule": "flood.water_level.level", "region": TOWN, "lon": lon, "lat": lat,
        "level": 0, "peak": 3, "raised_at": began_at, "first_at": began_at, "changed_at": began_at,
        "recovered_at": began_at + timedelta(hours=hours), "revision": 1,
    } | words  # fmt: skip
    return Alarm.objects.create(**facts)


def lifted(office: Office, one: Warning, after: timedelta) -> Warning:
    office.now += after
    return went_on(office, one, "cancel")
