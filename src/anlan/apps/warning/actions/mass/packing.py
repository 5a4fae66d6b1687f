"""Counts the subscribers of a message out into parcels, once, whoever is killed.

What was made with the hand-over is packed by any sender; parcels and the mark that they are there
come to be in one transaction. Whoever an earlier message of the course was packed for hears how it
goes on; what of the earlier one has not left yet is replaced by the later.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from numpy.typing import NDArray

from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.mass.settling import close
from anlan.apps.warning.models import Message, Subscription
from anlan.apps.warning.models.mass import Mass, Outcome, Parcel
from anlan.apps.warning.queries.audience import subscribers

Ids = NDArray[np.int64]
SIZE = 2_000
_PATIENCE = timedelta(seconds=2)
"""So long the mass lets those who are responsible go first; a mail server that hangs keeps nobody
longer."""
_WAY = Subscription.Way
_WRITE = 50
_TABLE = Subscription._meta.db_table


def pack_next(now: datetime) -> int:
    """Packs the message in most haste that waits for it; how many recipients, 0 where none."""
    waiting = Mass.objects.filter(packed_at=None).select_related("message__warning")
    for mass in waiting.order_by("-haste", "pk"):
        if mass.made_at + _PATIENCE < now or not _people_wait(mass.message):
            return pack(mass, now)
    return 0


def pack(mass: Mass, now: datetime) -> int:
    """Packs one; nothing where somebody else did meanwhile."""
    message = mass.message
    ways = dict(audience(message, mass.made_at))
    with transaction.atomic():
        if not Mass.objects.filter(pk=mass.pk, packed_at=None).update(packed_at=now):
            return 0
        for way, ids in ways.items():
            _replace(message, way, now)
            Parcel.objects.bulk_create(_parcels(mass, way, ids, now), batch_size=_WRITE)
    return sum(map(len, ways.values()))


def audience(message: Message, now: datetime) -> Iterator[tuple[str, Ids]]:
    """By way the ids of all it is for, each address once; of what is over, those told before."""
    told = {} if _is_over(message, now) else dict(subscribers(message).ways)
    twice = _twice() if told else {}
    for way in _WAY.values:
        parts = [told.get(way, np.array([], np.int64)), *_told_before(message, way)]
        ids = np.unique(np.concatenate(parts))
        if len(ids):
            yield way, _by_region(ids) if way == _WAY.MQTT else _once(ids, twice)


def _is_over(message: Message, now: datetime) -> bool:
    expires = message.content["expires"]
    return bool(expires) and datetime.fromisoformat(expires) <= now


def _people_wait(message: Message) -> bool:
    """Whether somebody responsible has not been written to yet."""
    cause = f"message:{message.identifier}"
    waiting = Notice.objects.filter(cause=cause, state=Notice.State.WAITING, tries=0)
    return waiting.exclude(kind=_WAY.WEBHOOK).exists()


def _told_before(message: Message, way: str) -> list[Ids]:
    earlier = Parcel.objects.filter(course=message.warning_id, way=way, step__lt=message.order)
    return [one.recipients for one in earlier.only("ids")]


def _twice() -> dict[int, str]:
    """The subscriptions whose address has another one too, by the digest of the address."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, digest FROM {_TABLE} WHERE state <> 'stopped' AND digest IN (SELECT digest"  # noqa: S608 - our own names
            f" FROM {_TABLE} WHERE state <> 'stopped' GROUP BY digest HAVING count(*) > 1)"
        )
        return dict(cursor.fetchall())


def _once(ids: Ids, twice: dict[int, str]) -> Ids:
    """Of the subscriptions of one address the first."""
    if not twice:
        return ids
    seen, keep = set[str](), np.ones(len(ids), bool)
    doubtful = np.flatnonzero(np.isin(ids, np.fromiter(twice, np.int64, len(twice))))
    for place in doubtful.tolist():
        digest = twice[int(ids[place])]
        keep[place] = digest not in seen
        seen.add(digest)
    return ids[keep]


def _by_region(ids: Ids) -> Ids:
    """In the order of their districts: one message to a topic tells all who follow it."""
    rows = Subscription.objects.filter(state=Subscription.State.CONFIRMED, way=_WAY.MQTT)
    known = np.fromiter(rows.order_by("region", "pk").values_list("pk", flat=True), np.int64)
    known = known[np.isin(known, ids)]
    return np.concatenate([known, np.setdiff1d(ids, known)])


def _parcels(mass: Mass, way: str, ids: Ids, now: datetime) -> Iterator[Parcel]:
    message = mass.message
    for order, part in enumerate(_parts(way, ids)):
        yield Parcel(
            message=message, way=way, order=order, course=message.warning_id, step=message.order,
            haste=mass.haste, size=len(part), ids=part.astype("<i8").tobytes(),
            outcomes=bytes(len(part)), counts={str(int(Outcome.WAITING)): len(part)}, due_at=now,
        )  # fmt: skip


def _parts(way: str, ids: Ids) -> list[Ids]:
    """The ids in parcels; those of one topic are never parted, it would be told twice."""
    if way != _WAY.MQTT:
        return [ids[start : start + SIZE] for start in range(0, len(ids), SIZE)]
    return [ids] if len(ids) else []


def _replace(message: Message, way: str, now: datetime) -> None:
    """What of earlier messages has not left by this way will not: the later one says more."""
    earlier = Parcel.objects.filter(
        course=message.warning_id, way=way, step__lt=message.order, is_open=True
    )
    earlier.update(is_halted=True)
    for one in earlier.filter(Q(holder="") | Q(lease_at__lt=now)).select_for_update():
        close(one, Outcome.REPLACED, now)
