"""The hand-over: every message, once, to all whom it is for, through the outbox alone.

What was handed over has a row; whatever has none is to be. So nothing is passed over or told twice,
whoever is killed and however many workers there are: row, addressees and notices come to be in one
transaction, and a notice is known by its message, kind and address.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from anlan.apps.people.actions import deed
from anlan.apps.people.actions.notices.outbox import NoticeFields, hasten, notify_all
from anlan.apps.people.asker import Machine
from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.letters import Letters
from anlan.apps.warning.acts import HAND_OVER
from anlan.apps.warning.models import Addressee, HandOver, Mass, Message
from anlan.apps.warning.queries.audience import (
    Sink,
    answering,
    end_of,
    lacking,
    route,
    systems,
    told_before,
)
from anlan.terms.levels import Level

_AT_ONCE = 50
_HASTE = {Level.RED: 2, Level.ORANGE: 1}
_BY = Addressee.By


def hand_over(now: datetime) -> int:
    """One step of the worker: what has been issued and is not handed over yet; how many messages.

    A message that cannot be handed over keeps back those of its own course, no other; its fault is
    raised at the end.
    """
    waiting = Message.objects.filter(hand_over=None).select_related("warning").order_by("pk")
    done, stuck, faults = 0, set[int](), list[Exception]()
    for message in waiting[:_AT_ONCE]:
        if message.warning_id in stuck:
            continue
        try:
            done += _hand_one(message, now)
        except Exception as error:  # noqa: BLE001 - raised below, after the other courses
            stuck.add(message.warning_id)
            faults.append(error)
    if faults:
        raise faults[0]
    return done


def _hand_one(message: Message, now: datetime) -> int:
    """Hands one message over; nothing where another worker did meanwhile."""
    before = told_before(message)
    if _is_over(message, now) and not before:
        sinks, without = [], ["over"]
    else:
        sinks = route(message, [*answering(message, now), *before, *systems(message)])
        without = lacking(message)
    clock = Machine("anlan", now)
    try:
        with deed(clock, HAND_OVER, message.identifier, region=message.warning.region) as detail:
            HandOver(message=message, at=now, lacking=without).save()
            Mass.objects.create(message=message, haste=_haste(message), made_at=now)
            notices = _notices(message, sinks, now)
            _list(message, sinks, notices)
            detail |= {kind: sum(one.kind == kind for one in sinks) for kind in _BY.values}
            detail |= {"status": message.status, "lacking": without}
    except IntegrityError:
        if not HandOver.objects.filter(message=message).exists():
            raise
        return 0
    return 1


def _is_over(message: Message, now: datetime) -> bool:
    """Whether what it says has ended: nobody is told of it any more who was not before."""
    expires = message.content["expires"]
    return bool(expires) and datetime.fromisoformat(expires) <= now


def _notices(
    message: Message, sinks: Sequence[Sink], now: datetime
) -> dict[tuple[str, str], Notice]:
    """Puts one notice for each end into the outbox."""
    ends = {sink.end: sink for sink in reversed(sinks) if sink.address}
    letters, earlier = Letters(message), _earlier(message)
    many = [_fields(message, sink, letters, earlier.get(end)) for end, sink in ends.items()]
    notices = notify_all(many, now)
    hasten(notices, now)
    return dict(zip(ends, notices, strict=True))


def _fields(message: Message, sink: Sink, letters: Letters, after: Notice | None) -> NoticeFields:
    warning = message.warning
    return {
        **letters.for_sink(sink), "key": key_of(message, sink), "kind": sink.kind,
        "address": sink.address, "person": sink.name[:64], "after": after,
        "cause": f"message:{message.identifier}", "region": warning.region,
        "owner": warning.owner, "status": message.status,
        "haste": _haste(message),
    }  # fmt: skip


def _haste(message: Message) -> int:
    return _HASTE.get(Level(message.content["level"]), 0)


def key_of(message: Message, sink: Sink) -> str:
    """The name of the only notice of a message to an end."""
    said = "\n".join((message.identifier, message.status, *sink.end))
    return hashlib.sha256(said.encode()).hexdigest()


def _earlier(message: Message) -> dict[tuple[str, str], Notice]:
    """By end the notice of the last message of the same course that went there."""
    rows = Addressee.objects.filter(
        message__warning=message.warning_id, message__order__lt=message.order
    ).exclude(notice=None)
    notices = [one.notice for one in rows.select_related("notice").order_by("message__order")]
    return {end_of(one.kind, one.address): one for one in notices if one is not None}


def _list(message: Message, sinks: Sequence[Sink], notices: dict[tuple[str, str], Notice]) -> None:
    """Writes down whom it was for, and by which notice."""
    Addressee.objects.bulk_create(
        [
            Addressee(
                message=message, kind=sink.kind, name=sink.name, organisation=sink.organisation,
                region=sink.region, owner=sink.owner, phone=sink.phone, language=sink.language,
                notice=notices.get(sink.end),
            )
            for sink in sinks
        ],
        batch_size=200,
    )  # fmt: skip
