"""Lowered limits are laid over the others in the ordered log, and taken away in their time.

The records say what is to be lowered; the log is brought to what they say, again and again. So
nothing is lost where a process dies between the two, a limit that is changed meanwhile is lowered
anew, and a sensor that comes new under a warning is lowered too.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec
from django.conf import settings

from anlan.apps.atlas.actions.entering import enter, one_at_a_time
from anlan.apps.atlas.actions.registry import follow_to, registry_in
from anlan.apps.atlas.models import Lowering, Sensor
from anlan.history.log import Log, store_in
from anlan.history.registry import Registry, limits_entry
from anlan.live.reach import running
from anlan.packs import Lower
from anlan.packs.warning.lowering import Span, is_lowered, lay
from anlan.terms.sensors import Limit

_AT_ONCE = 2000
_seen: tuple[Any, ...] = ()


class _Task(NamedTuple):
    """A lowering with how each quantity is lowered, by the names that sensors have for it."""

    row: Lowering
    ways: dict[str, Lower]

    def is_over(self, sensor: Sensor) -> bool:
        """Whether it lowers limits of that sensor."""
        here = any(sensor.region.startswith(code) for code in self.row.regions)
        return here and sensor.quantity in self.ways


def lay_lowered(now: datetime) -> int:
    """Brings the log to what the records say; of how many sensors limits were entered.

    Nothing is entered while no live service runs.
    """
    open_ = list(Lowering.objects.filter(is_over=False).exclude(state=Lowering.State.REFUSED))
    if not open_ or not _is_live():
        return 0
    with one_at_a_time():
        with Log.open(store_in(settings.PLACE.data)) as log:
            registry = registry_in(log)
            if _is_as_seen(registry, open_, now):
                return 0
            entries = _entries(registry, open_)
        for start in range(0, len(entries), _AT_ONCE):
            enter(entries[start : start + _AT_ONCE])
        for row in open_:
            _note(row, now)
    if entries:
        follow_to(settings.PLACE.data, now)
    return len(entries)


def _is_live() -> bool:
    service = running(settings.PLACE.data)
    if service is not None:
        service.close()
    return service is not None


def _is_as_seen(registry: Registry, open_: list[Lowering], now: datetime) -> bool:
    """Whether neither the log nor the records have changed since the last look."""
    global _seen
    seen = (str(settings.PLACE.data), registry.seq, Sensor.objects.count(),
            *((row.pk, row.is_laid, row.end <= now) for row in open_))  # fmt: skip
    is_same = seen == _seen and all(row.is_laid and row.end > now for row in open_)
    _seen = seen
    return is_same


def _note(row: Lowering, now: datetime) -> None:
    """The records say what the log has; not where somebody ended it meanwhile."""
    is_over = row.end <= now
    same = Lowering.objects.filter(pk=row.pk, until=row.until, ended_at=row.ended_at)
    same.update(is_laid=True, sensors=row.sensors, is_over=is_over,
                state=row.State.ENDED if is_over else row.state)  # fmt: skip


def _entries(registry: Registry, open_: list[Lowering]) -> list[dict[str, Any]]:
    """All limits of each sensor whose limits are not as they should be."""
    tasks = [_Task(row, _ways(row)) for row in [*open_, *_past(open_)]]
    found = {sensor.key: sensor for task in tasks for sensor in _sensors(task)}
    sources = {task.row.source for task in tasks}
    for row in open_:
        row.sensors = 0
    stray = {one.sensor for one in registry.limits if one.source in sources} - set(found)
    wanted = {key: _wanted(registry.limits_of(key), sensor, tasks) for key, sensor in found.items()}
    wanted |= {key: _without(registry.limits_of(key), sources) for key in stray}
    return [limits_entry(key, limits) for key, limits in sorted(wanted.items())
            if limits != registry.limits_of(key)]  # fmt: skip


def _past(open_: list[Lowering]) -> Iterable[Lowering]:
    """What has ended and the log shows still: what overlaps, and all of the same sources, whose
    rows are written anew."""
    first = min(row.since for row in open_)
    over = Lowering.objects.filter(is_over=True, state=Lowering.State.ENDED)
    near = over.filter(until__gt=first).exclude(ended_at__lte=first)
    sources = {row.source for row in [*open_, *near]}
    return over.filter(source__in=sources)


def _ways(row: Lowering) -> dict[str, Lower]:
    lowers = [msgspec.convert(term, Lower) for term in row.terms]
    return {name: one for one in lowers for name in (one.quantity, f"{row.pack}.{one.quantity}")}


def _sensors(task: _Task) -> Iterable[Sensor]:
    rows = Sensor.objects.filter(quantity__in=task.ways, retired=False).exclude(region="")
    return filter(task.is_over, rows.only("key", "region", "quantity"))


def _wanted(limits: list[Limit], sensor: Sensor, tasks: list[_Task]) -> list[Limit]:
    """The limits of a sensor with those over them that the records ask for."""
    mine = [task for task in tasks if task.is_over(sensor)]
    spans = [span for task in mine if (span := _span(task, sensor.quantity))]
    kept = _without(limits, {task.row.source for task in tasks})
    base = [one for one in kept if not is_lowered(one.source)]
    laid = lay(base, spans)
    sources = {one.source for one in laid}
    for task in mine:
        if task.row.sensors is not None:
            task.row.sensors += task.row.source in sources
    return [*kept, *laid]


def _without(limits: list[Limit], sources: set[str]) -> list[Limit]:
    return [one for one in limits if one.source not in sources]


def _span(task: _Task, quantity: str) -> Span | None:
    since, until = (int(at.timestamp() * 1000) for at in (task.row.since, task.row.end))
    if until <= since:
        return None
    make = partial(Span, since=since, until=until, source=task.row.source)
    return make(lower=task.ways[quantity])


def as_terms(lowers: Iterable[Lower]) -> list[dict[str, Any]]:
    """How quantities are lowered, as the records keep it."""
    plain = [msgspec.to_builtins(replace(one)) for one in lowers]
    return [{key: value for key, value in one.items() if value not in (None, [])} for one in plain]
