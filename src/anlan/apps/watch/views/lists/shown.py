"""An alarm as lists show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from anlan.apps.atlas.models import ObservedObject
from anlan.apps.watch import acts
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.sentence import lasting, sentence
from anlan.desk.asker import Asker
from anlan.terms.levels import Level


@dataclass(frozen=True)
class Shown:
    """A row. level: to be shown, the peak of one that has recovered · phone: of whom to call."""

    row: Alarm
    sentence: str
    lasting: str
    level: int
    word: str
    contact: str
    phone: str
    may_acknowledge: bool
    may_assign: bool


def shown(asker: Asker, rows: Iterable[Alarm]) -> list[Shown]:
    """Alarms with their words, whom to call, and what the asker may do; one query beside."""
    alarms = list(rows)
    keys = {alarm.object_key for alarm in alarms}
    found = ObservedObject.objects.standing().filter(key__in=keys)
    calls = {key: (contact, phone) for key, contact, phone in
             found.values_list("key", "contact", "phone")}  # fmt: skip
    return [_shown(asker, alarm, calls.get(alarm.object_key, ("", ""))) for alarm in alarms]


def _shown(asker: Asker, alarm: Alarm, call: tuple[str, str]) -> Shown:
    place: tuple[Any, Any] = (alarm.region, alarm.owner)
    is_open = alarm.state != Alarm.State.CLOSED
    is_new = alarm.state == Alarm.State.RAISED
    return Shown(
        row=alarm,
        sentence=sentence(alarm),
        lasting=lasting(alarm, asker.now),
        level=alarm.level,
        word=Level(alarm.level).word or "none",
        contact=call[0],
        phone=call[1],
        may_acknowledge=is_new and asker.may(acts.ACKNOWLEDGE, *place),
        may_assign=is_open and asker.may(acts.ASSIGN, *place),
    )
