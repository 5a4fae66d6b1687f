"""Goes on to the next of the responsibility tree; at its end the desk must."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.people.actions.notices.outbox import NoticeFields, notify_all
from anlan.apps.people.models import User
from anlan.apps.people.queries import on_duty
from anlan.apps.warning.actions.calling.asking import Asking
from anlan.apps.warning.models import Call, CallDown
from anlan.apps.warning.queries.calling.seats import Post, next_of
from anlan.apps.warning.queries.calling.ways import Ways
from anlan.apps.warning.queries.writing.wording import marked
from anlan.desk.asker import Asker

_STATES = Call.State
_HASTE = 3


def pass_all(one: CallDown, calls: Sequence[Call], asker: Asker) -> dict[str, int]:
    """Asks the next for each of these; how many were asked, and how many fell to the desk."""
    told, askings = {"asked": 0, "desk": 0}, dict[int, Asking]()
    seats = next_of(_post(call) for call in calls if call.tier < one.tiers)
    alike = dict[str, list[Call]]()
    for call in calls:
        found = seats.get(_post(call), [])
        if found:
            asking = askings.setdefault(call.tier, Asking(one, call.tier + 1, asker.now))
            asking.add(found)
        else:
            told["desk"] += 1
        passed_to = "、".join(dict.fromkeys(a.line.person for a in found))[:256]
        alike.setdefault(passed_to, []).append(call)
    for passed_to, several in alike.items():
        _write(several, passed_to, asker.now)
    told["asked"] = sum(asking.post() for asking in askings.values())
    if told["desk"]:
        _tell_duty(one, asker.now)
    return told


def _post(call: Call) -> tuple[Post, int]:
    """What a call is for, and the next tier."""
    return Post(call.region, call.thing, call.thing_name), call.tier + 1


def _write(calls: Sequence[Call], passed_to: str, now: datetime) -> None:
    """What became of calls that went on to the same people; to nobody: to the desk."""
    what: dict[str, Any] = {"state": _STATES.DESK, "due_at": None}
    if passed_to:
        what |= {"state": _STATES.ESCALATED, "ended_at": now, "passed_to": passed_to}
    for call in calls:
        for name, value in what.items():
            setattr(call, name, value)
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(**what)


def _tell_duty(one: CallDown, now: datetime) -> None:
    """Tells the nearest duty officer that calls are to be handled by hand; again in each minute
    that brings more."""
    message, ways = one.message, Ways(one.message)
    waiting = one.calls.filter(state=_STATES.DESK).count()
    address = settings.PLACE.options.address
    text = _("Nobody answered %(n)d calls of the call-down. Handle them by hand.") % {"n": waiting}
    subject = marked(text, message.status, "zh")
    if address:
        text += f"\n\n{address}/warnings/{message.warning.key}/calls"
    many = list[NoticeFields]()
    for duty in on_duty(message.warning.region, now)[:1]:
        user = User.objects.filter(key=duty.user_key).first() if duty.user_key else None
        for kind, end in ways.of(user.email if user else "", duty.phone).items():
            said = f"{message.identifier} {kind} {now:%Y%m%d%H%M}"
            many.append({
                "key": sha256(said.encode()).hexdigest(), "kind": kind,
                "address": end, "person": duty.person, "subject": subject,
                "text": marked(text, message.status, "zh"), "haste": _HASTE,
                "cause": f"message:{message.identifier}", "region": message.warning.region,
                "owner": message.warning.owner, "status": message.status,
            })  # fmt: skip
    notify_all(many, now)
