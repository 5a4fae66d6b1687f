"""In the earlier storm people were warned, and the warning was lifted: by the demo's own people."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from anlan.apps.people.actions.founding import DEMO_PASSWORD
from anlan.apps.people.asker import Person
from anlan.apps.people.models import User
from anlan.apps.people.queries import person_of
from anlan.apps.warning import actions
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries import Seat, event_for
from anlan.apps.watch.models import Alarm
from anlan.terms.errors import AnlanError

_RECENT = timedelta(hours=6)
_COUNTY, _CHIEF = "990101", "county-chief"
_OF_A_HOME = ("co",)
"""Alarms that concern a household: nobody tells a city of them."""
_INVENTED = {"description_zh": "（本预警为演示数据，纯属虚构。）",
             "description_en": " (Invented for a demonstration.)"}  # fmt: skip


def warn_past(tell: Callable[[str], None]) -> bool:
    """Issues and lifts one warning for the gravest alarm of the past; False where it did before,
    or nothing is old enough."""
    before = timezone.now() - _RECENT
    rows = Alarm.objects.filter(
        level=0, recovered_at__lt=before, region__startswith=_COUNTY
    ).exclude(pack__in=_OF_A_HOME)
    rows = rows.order_by("-peak", "raised_at")
    alarm = next((one for one in rows if event_for(one.pack, one.rule) is not None), None)
    if alarm is None or alarm.recovered_at is None or Message.objects.exists():
        return False
    try:
        with transaction.atomic():
            one = _issue(alarm, alarm.raised_at + timedelta(minutes=6))
            _lift(one, alarm.recovered_at + timedelta(minutes=30))
    except AnlanError as error:
        tell(f"the past has no warning: {error}")
        return False
    tell("a warning of the past was issued and lifted")
    return True


def _issue(alarm: Alarm, at: datetime) -> Warning:
    one = actions.draft_from_alarm(_who("county", at), alarm.key)
    said = {name: getattr(one, name) + text for name, text in _INVENTED.items()}
    at += timedelta(minutes=2)
    one = actions.edit(_who("county", at), one.key, version=one.version, fields=said)
    seats = [Seat(one.owner, _CHIEF)]
    one = actions.submit(_who("county", at), one.key, version=one.version, seats=seats)
    return _sign(one, at)


def _lift(one: Warning, at: datetime) -> Warning:
    reason = "险情已解除"
    one = actions.cancel(_who("county", at), one.key, version=one.version, reason=reason)
    return _sign(one, at)


def _sign(one: Warning, at: datetime) -> Warning:
    """The county's chief reviews and signs, some minutes later."""
    chief = _who(_CHIEF, at + timedelta(minutes=3))
    return actions.approve(chief, one.key, version=one.version, password=DEMO_PASSWORD)


def _who(key: str, at: datetime) -> Person:
    return person_of(User.objects.get(key=key), at)
