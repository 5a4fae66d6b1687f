"""Counts the subscribers of a message out into parcels, once, whoever is killed.

What was made with the hand-over is packed by any sender; parcels and the mark that they are there
come to be in one transaction. Whoever an earlier message of the course was packed for hears how it
goes on; what of the earlier one has not left yet is replaced by the later.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.mass.settling import close
from anlan.apps.warning.models import Message, Subscription
from anlan.apps.warning.models.mass import Mass, Outcome, Parcel
from anlan.apps.warning.queries.audience import subscribers
from anlan.apps.warning.queries.audience.subscribers import districts_of, each_once

Ids = NDArray[np.int64]
SIZE = 2_000
_PATIENCE = timedelta(seconds=2)
"""So long the mass lets those who are responsible go first; a mail server that hangs keeps nobody
longer."""
_WAY = Subscription.Way
_ORDER = (_WAY.SMS, _WAY.PUSH, _WAY.WEBHOOK, _WAY.MQTT, _WAY.EMAIL)
"""What is soon counted leaves soon."""
_WRITE = 50
_TABLE = Subscription._meta.db_table


class Packer:
    """Packs what waits for it, one way after the other; while those who are responsible go first
    it counts already, so that the mass leaves at once after them.

    turn: with which way it begins: several who pack at once count different ways.
    """

    def __init__(self, turn: int = 0) -> None:
        turn %= len(_ORDER)
        self._ways = _ORDER[turn:] + _ORDER[:turn]
        self._ahead: dict[tuple[int, str], Ids] = {}

    def next(self, now: datetime) -> int:
        """Packs the message in most haste that waits for it, by one way; how many recipients, 0
        where there is none."""
        while (mass := next((one for one in _waiting() if _may_pack(one, now)), None)) is not None:
            for way in self._ways:
                if n := pack(mass, way, now, self._ahead.pop((mass.pk, way), None)):
                    return n
            Mass.objects.filter(pk=mass.pk, packed_at=None).update(packed_at=now)
        self._count_ahead()
        return 0

    def _count_ahead(self) -> None:
        """Of what is to leave next the first way that somebody is told by."""
        mass = _waiting().first()
        if mass is None or any(pk == mass.pk for pk, _way in self._ahead):
            return
        self._ahead.clear()
        for way in self._ways:
            ids = self._ahead[mass.pk, way] = audience(mass, way)
            if len(ids):
                return


def pack_next(now: datetime, turn: int = 0) -> int:
    """One step of a packer that has counted nothing ahead."""
    return Packer(turn).next(now)


def _may_pack(mass: Mass, now: datetime) -> bool:
    return mass.made_at + _PATIENCE < now or not _people_wait(mass.message)


def _waiting() -> QuerySet[Mass]:
    """What is to be packed; of one course the earlier first, however grave the later is: packed
    after it, the earlier would leave after it."""
    earlier = Mass.objects.filter(
        message__warning=OuterRef("message__warning"), packed_at=None,
        message__order__lt=OuterRef("message__order"),
    )  # fmt: skip
    waiting = Mass.objects.filter(~Exists(earlier), packed_at=None)
    return waiting.select_related("message__warning").order_by("-haste", "pk")


def pack(mass: Mass, way: str, now: datetime, ids: Ids | None = None) -> int:
    """Packs one way of one message; how many recipients, 0 where somebody else has or did.

    ids: of whom it is for, where they were counted since the message was handed over.
    """
    done = Parcel.objects.filter(message=mass.message_id, way=way)
    if done.exists():
        return 0
    if ids is None:  # before the lock: counting a million keeps nobody from writing
        ids = audience(mass, way)
    with transaction.atomic():
        ours = Mass.objects.select_for_update().filter(pk=mass.pk, packed_at=None).first()
        if ours is None or done.exists():
            return 0
        _replace(mass.message, way, now)
        Parcel.objects.bulk_create(_parcels(mass, way, ids, now), batch_size=_WRITE)
    return len(ids)


def audience(mass: Mass, way: str) -> Ids:
    """The ids of all it is for by a way, each address once; of what is over, those told before."""
    message, parts = mass.message, _told_before(mass.message, way)
    if not _is_over(message, mass.made_at):
        parts += [subscribers(message, [way]).ways[way]]
    ids = each_once(parts)
    return ids if way == _WAY.MQTT or not len(ids) else _once(ids, _twice())


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
    # The condition is written as the index has it, which then answers by itself.
    some = f"FROM {_TABLE} WHERE NOT (state = 'stopped')"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, digest {some} AND digest IN"
            f" (SELECT digest {some} GROUP BY digest HAVING count(*) > 1)"
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


def _parcels(mass: Mass, way: str, ids: Ids, now: datetime) -> Iterator[Parcel]:
    message = mass.message
    parts = _by_topic(ids, message.status) if way == _WAY.MQTT else _cut(ids)
    for order, part in enumerate(parts):
        yield Parcel(
            message=message, way=way, order=order, course=message.warning_id, step=message.order,
            haste=mass.haste, size=len(part), ids=part.astype("<i8").tobytes(),
            outcomes=bytes(len(part)), counts={str(int(Outcome.WAITING)): len(part)}, due_at=now,
        )  # fmt: skip


def _cut(ids: Ids) -> Iterator[Ids]:
    for start in range(0, len(ids), SIZE):
        yield ids[start : start + SIZE]


def _by_topic(ids: Ids, status: str) -> Iterator[Ids]:
    """Parcels of whole districts: one message to a topic tells all who follow it, and only once."""
    found = districts_of(_WAY.MQTT, status)
    known, region = found["id"].astype(np.int64), found["region"].astype(np.int64)
    order = np.lexsort((known, region))
    order = order[np.isin(known[order], ids)]
    known, region = known[order], region[order]
    ends = [*(np.flatnonzero(np.diff(region)) + 1).tolist(), len(known)]
    start = 0
    for end in ends:
        if end - start >= SIZE or end == len(known):
            if end > start:
                yield known[start:end]
            start = end
    gone = ids[np.isin(ids, known, invert=True)]
    if len(gone):  # told before, stopped since: they are counted
        yield gone


def _replace(message: Message, way: str, now: datetime) -> None:
    """What of earlier messages has not left by this way will not: the later one says more."""
    earlier = Parcel.objects.filter(
        course=message.warning_id, way=way, step__lt=message.order, is_open=True
    )
    earlier.update(is_halted=True)
    for one in earlier.filter(Q(holder="") | Q(lease_at__lt=now)).select_for_update():
        close(one, Outcome.REPLACED, now)
