"""Which alarms stood at a past moment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from anlan.apps.watch.models import Alarm, Step
from anlan.apps.watch.queries.reach import alarms
from anlan.desk.asker import Asker


@dataclass(frozen=True, slots=True)
class Stood:
    """An alarm as it was: its level, whether a sensor was silent, the state of its handling,
    whether it was marked as false by then or kept quiet."""

    alarm: Alarm
    level: int = 0
    is_stale: bool = False
    state: str = Alarm.State.RAISED
    is_false: bool = False
    is_quiet: bool = False


_DONE: dict[str, dict[str, Any]] = {
    "mark_false": {"is_false": True},
    "reopen": {"is_false": False},
    "suppressed": {"is_quiet": True},
    "released": {"is_quiet": False},
}


def stood_at(asker: Asker, moment: datetime) -> list[Stood]:
    """The alarms that stood at a moment, the worst first; exact, from their steps; two queries.

    One that was closed while it stood does not stand from then on.
    """
    rows = alarms(asker).filter(
        Q(recovered_at=None) | Q(recovered_at__gt=moment),
        Q(closed_at=None) | Q(closed_at__gt=moment),
        first_at__lte=moment,
    )
    was = {alarm.pk: Stood(alarm) for alarm in rows}
    said: dict[int, dict[str, tuple[int, bool]]] = {}
    for step in _steps(rows, moment):
        if step.alarm_id not in was:
            continue  # opened between the two queries
        if step.level is not None:
            said.setdefault(step.alarm_id, {})[step.sensor_key] = (step.level, step.is_stale)
        done = {**_DONE.get(step.kind, {}), **({"state": step.state} if step.state else {})}
        if done:
            was[step.alarm_id] = replace(was[step.alarm_id], **done)
    found = [
        replace(was[pk], level=max(v[0] for v in parts.values()),
                is_stale=any(v[1] for v in parts.values()))
        for pk, parts in said.items()
    ]  # fmt: skip
    standing = (s for s in found if s.level and s.state != Alarm.State.CLOSED)
    return sorted(standing, key=lambda s: (-s.level, -s.alarm.pk))


class _Step(NamedTuple):
    alarm_id: int
    kind: str
    sensor_key: str
    level: int | None
    is_stale: bool
    state: str


def _steps(rows: QuerySet[Alarm], moment: datetime) -> Iterator[_Step]:
    """What was said and done until a moment, in order."""
    steps = Step.objects.filter(alarm__in=rows.order_by().values("pk"), at__lte=moment)
    return map(_Step._make, steps.order_by("at", "id").values_list(*_Step._fields))
