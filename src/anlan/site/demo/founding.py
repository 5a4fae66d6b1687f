"""The demo's city is founded: its records, its sensors, and the past that it lived through.

The past goes through the real engine, as the only writer, before the live process starts; a later
start lives through the time in which the demo was off.
"""

import logging
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone

from anlan.apps.atlas.actions import follow_registry, found_city
from anlan.apps.people.actions import found_people
from anlan.apps.warning.actions.subscribing.founding import Home, found_subscribers
from anlan.apps.watch.actions import follow_changes
from anlan.history.log import Log, store_in
from anlan.history.registry import Registry, group_entry, limits_entry, sensor_entry
from anlan.history.store import compact
from anlan.live.loop.heart import Heart
from anlan.live.loop.snapshot import save
from anlan.live.shelved import pack_entries
from anlan.sandtable.city import City, Script, columns
from anlan.sandtable.city.model import Cell
from anlan.site.demo.past import handle_past
from anlan.site.demo.risked import push_past
from anlan.site.demo.script import DAY_MS, add_start, city_of, script_of
from anlan.site.demo.warned import warn_past
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

_PIECE_MS, _CHUNK_MS = 21_600_000, 600_000
_ENTRIES_AT_ONCE = 5000
_HOME = re.compile(r"99\d{4}HM\d+-CO1$")
_M_PER_DEGREE = 111_320.0
_MANY_ROWS = 1_000_000
_tell = logging.getLogger("anlan.demo").info


def found(data: Path, days: int) -> None:
    """Founds the city where it is not yet, brings its past up to now, lets the records follow.

    days: of its past, where it is founded now.
    """
    place, now = city_of(data), time.time_ns() // 1_000_000
    found_people(place, timezone.now(), is_demo=True)
    found_city(place, _moment(now - (days + 5) * DAY_MS))
    found_subscribers([_home(one) for one in place.population], timezone.now())
    script = script_of(data, now)
    heart = Heart(data)
    try:
        low = heart.counts.last_reading_at or now - days * DAY_MS
        _enter(heart, place, at=max(low, heart.last_at))
        rows = _live_through(heart, place, script, low=low, high=now)
        save(heart.folder, heart.snapshot())
    finally:
        heart.close()
    if rows > _MANY_ROWS:
        _tell("sealing the past …")
        compact(store_in(data))
    _follow(data)
    handle_past(_tell)
    warn_past(_tell)
    push_past(_tell)
    add_start(data, time.time_ns() // 1_000_000)


def _home(one: Cell) -> Home:
    lon, lat = one.point
    return Home(one.region, lon, lat, one.side_m / _M_PER_DEGREE, one.people_night)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, timezone.get_current_timezone())


def _follow(data: Path) -> None:
    """Lets the records follow the log to its end."""
    with Log.open(store_in(data)) as log:
        while follow_registry(log, timezone.now()):
            pass
        while follow_changes(log, timezone.now()):
            pass


def _enter(heart: Heart, place: City, *, at: int) -> None:
    """Tells the registry what the city has that it does not know."""
    entries = [*pack_entries(heart.registry, None), *missing(heart.registry, place)]
    for start in range(0, len(entries), _ENTRIES_AT_ONCE):
        heart.enter(entries[start : start + _ENTRIES_AT_ONCE], at=at)
        heart.commit()


def missing(registry: Registry, place: City) -> list[dict[str, Any]]:
    """Entries of the city that the registry does not hold at all; what was edited stays.

    Homes of an earlier version of the city that made room for newer sensors are retired.
    """
    entries = [group_entry(g) for g in place.groups if g.key not in registry.groups]
    fresh = [s for s in place.sensors if s.key not in registry.handle]
    entries += [sensor_entry(s) for s in fresh]
    limits: dict[str, list[Any]] = {}
    for limit in place.limits:
        limits.setdefault(limit.sensor, []).append(limit)
    entries += [limits_entry(s.key, limits[s.key]) for s in fresh if s.key in limits]
    own = {s.key for s in place.sensors}
    gone = registry.handle.keys() - own - registry.retired
    entries += [{"type": "retire", "sensor": key} for key in sorted(gone) if _HOME.match(key)]
    return entries


def _live_through(heart: Heart, place: City, script: Script, *, low: int, high: int) -> int:
    """All readings from low to before high, with a tick after each ten minutes; how many."""
    handle = np.array([heart.registry.handle[s.key] for s in place.sensors], np.int32)
    total, told, days = 0, 0.0, (high - low) / DAY_MS
    for start in range(low + 1, high, _PIECE_MS):
        stop = min(start + _PIECE_MS, high)
        sensor, at, value, quality = columns(place, script, start, stop)
        received = np.full(len(sensor), NEVER, np.int64)
        _take(heart, Batch(handle[sensor], at, value, quality, received), start, stop=stop)
        total += len(sensor)
        part = (stop - low) / (high - low)
        if days >= 1 and part - told >= 0.1:
            told = part
            _tell(f"living through {days:.0f} days: {part:.0%}")
    return total


def _take(heart: Heart, batch: Batch, start: int, *, stop: int) -> None:
    """Readings in order of time, with a tick after each ten minutes, in one commit."""
    edges = [*range(start + _CHUNK_MS, stop, _CHUNK_MS), stop]
    first = 0
    for edge, last in zip(edges, np.searchsorted(batch.time, edges).tolist(), strict=True):
        if last > first:
            heart.take(Batch(*(column[first:last] for column in batch)), at=edge)
        heart.tick(edge)
        first = last
    heart.commit()
