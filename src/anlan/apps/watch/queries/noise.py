"""The noisiest sensors, after ISA-18.2: what chatters, stands for long, comes as a flood."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from anlan.apps.watch.models import Alarm, Step
from anlan.apps.watch.queries.reach import alarms
from anlan.desk.asker import Asker

CHATTER = (3, timedelta(minutes=1))
"""A sensor that is raised so often within so long chatters."""
FLOOD = (10, timedelta(minutes=10))
"""More alarms than this within so long are a flood, for the one who sees them."""
LONG = timedelta(hours=24)
"""What stands longer is stale in the sense of ISA-18.2: nobody acts on it any more."""
SOURCE = _("ISA-18.2 / EEMUA 191, figures as commonly quoted; unverified")
_MOST_STEPS = 300_000


@dataclass(frozen=True, slots=True)
class Noisy:
    """A sensor, or an object by its own rule, and how often it was raised in the time."""

    object_key: str
    object_name: str
    sensor_key: str
    rule: str
    raised: int
    share: float
    chatters: bool
    stands_long: bool


@dataclass(frozen=True, slots=True)
class Flood:
    """A time in which more was raised than somebody can deal with."""

    begins_at: datetime
    ends_at: datetime
    raised: int


@dataclass(frozen=True, slots=True)
class Noise:
    """The noisiest sensors first, the floods in order; `standing`: alarms standing for long.

    is_cut: there was more than is looked at, so the figures are of the beginning.
    """

    sensors: list[Noisy]
    floods: list[Flood]
    standing: list[Alarm]
    is_cut: bool


class _Name(NamedTuple):
    alarm: int
    sensor: str


def noise(
    asker: Asker, since: datetime, until: datetime, *, most: int = 20, trials: bool = False
) -> Noise:
    """What makes noise among the alarms that the asker sees; three queries.

    trials: those of exercises and tests too.
    """
    seen = alarms(asker) if trials else alarms(asker).filter(status="Actual")
    steps = Step.objects.filter(
        alarm__in=seen.order_by().values("pk"), kind="raised", at__gte=since, at__lt=until
    ).order_by("at", "id")
    rows = list(steps.values_list("alarm_id", "sensor_key", "at")[: _MOST_STEPS + 1])
    by_name: defaultdict[_Name, list[datetime]] = defaultdict(list)
    for pk, sensor, at in rows[:_MOST_STEPS]:
        by_name[_Name(pk, sensor)].append(at)
    long = list(seen.filter(closed_at=None, level__gt=0, raised_at__lt=asker.now - LONG)
                .order_by("raised_at")[:most])  # fmt: skip
    return Noise(
        _noisiest(asker, by_name, most, {alarm.pk for alarm in long}),
        floods([row[2] for row in rows[:_MOST_STEPS]]), long, len(rows) > _MOST_STEPS,
    )  # fmt: skip


def _noisiest(
    asker: Asker, by_name: dict[_Name, list[datetime]], most: int, long: set[int]
) -> list[Noisy]:
    """The sensors that were raised most often, those of one object and rule taken together."""
    total = sum(len(times) for times in by_name.values())
    wanted = Counter({name: len(times) for name, times in by_name.items()}).most_common(most * 5)
    found = alarms(asker).in_bulk({name.alarm for name, _at in wanted})
    joined: dict[tuple[str, str, str], tuple[Alarm, list[datetime]]] = {}
    for name, _at in wanted:
        alarm = found.get(name.alarm)
        if alarm is not None:
            key = (alarm.object_key, name.sensor, alarm.rule)
            joined.setdefault(key, (alarm, []))[1].extend(by_name[name])
    noisy = [
        Noisy(key[0], alarm.object_name, key[1], key[2], len(times), len(times) / total,
              chatters(sorted(times)), alarm.pk in long)
        for key, (alarm, times) in joined.items()
    ]  # fmt: skip
    return sorted(noisy, key=lambda n: (-n.raised, n.object_key, n.sensor_key))[:most]


def chatters(times: Iterable[datetime]) -> bool:
    """Whether so many of some times, in order, lie so close together."""
    many, within = CHATTER
    last: deque[datetime] = deque(maxlen=many)
    for at in times:
        last.append(at)
        if len(last) == many and at - last[0] <= within:
            return True
    return False


def floods(times: Iterable[datetime]) -> list[Flood]:
    """The times in which too much was raised; one flood lasts as long as it goes on so."""
    many, within = FLOOD
    last: deque[datetime] = deque()
    found: list[Flood] = []
    for at in times:
        last.append(at)
        while at - last[0] > within:
            last.popleft()
        if len(last) <= many:
            continue
        if found and last[0] <= found[-1].ends_at:
            found[-1] = Flood(found[-1].begins_at, at, found[-1].raised + 1)
        else:
            found.append(Flood(last[0], at, len(last)))
    return found
