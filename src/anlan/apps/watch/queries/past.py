"""Which alarms stood at a past moment."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from anlan.apps.watch.models import Alarm, Step
from anlan.apps.watch.queries.reach import alarms
from anlan.desk.asker import Asker


@dataclass(frozen=True, slots=True)
class Stood:
    """An alarm as it was: its level, whether a sensor was silent, the state of its handling."""

    alarm: Alarm
    level: int = 0
    is_stale: bool = False
    state: str = Alarm.State.RAISED


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
    steps = Step.objects.filter(alarm__in=rows.order_by().values("pk"), at__lte=moment)
    columns = ("alarm_id", "sensor_key", "level", "is_stale", "state")
    for pk, sensor, level, is_stale, state in steps.order_by("at", "id").values_list(*columns):
        if pk not in was:
            continue  # opened between the two queries
        if level is not None:
            said.setdefault(pk, {})[sensor] = (level, is_stale)
        if state:
            was[pk] = replace(was[pk], state=state)
    found = [
        replace(was[pk], level=max(v[0] for v in parts.values()),
                is_stale=any(v[1] for v in parts.values()))
        for pk, parts in said.items()
    ]  # fmt: skip
    return sorted(
        (s for s in found if s.level and s.state != Alarm.State.CLOSED),
        key=lambda s: (-s.level, -s.alarm.pk),
    )
