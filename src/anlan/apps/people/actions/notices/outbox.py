"""The outbox: the only way out. What is put in is tried until it is answered or given up.

A notice that is due is first claimed, with one more try counted and a lease in which nobody else
takes it; then it is sent; then its receipt is written. A crash between two of these leaves it due
again when the lease ends, with the same key, so that the far end can tell a repetition.

What has more haste goes first; what follows another to the same address waits for it to leave or
to be given up.
"""

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypedDict, Unpack

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anlan.apps.people.actions.audit import deed
from anlan.apps.people.actions.notices.hands import Due, Hands, Tried
from anlan.apps.people.acts import RETRY_NOTICE
from anlan.apps.people.asker import Somebody
from anlan.apps.people.models import Notice
from anlan.apps.people.models.naming import new_key
from anlan.channels import (
    LONGEST_WAIT_S,
    URGENT,
    Address,
    Channel,
    Fault,
    Message,
    Receipt,
    State,
    Status,
    retry_at,
)
from anlan.terms.errors import Malformed, Refused

LEASE = timedelta(minutes=3)
_URGENT = 2
"""From so much haste on a message is told to its channel as urgent."""
_FURTHEST = timedelta(seconds=LONGEST_WAIT_S) + LEASE
"""Nobody else tries a notice so long after somebody took it; longer than any channel waits."""
MOST_TRIES = 10
MOST_SPENT = timedelta(seconds=2)
_PAUSE_S, _AT_ONCE = 0.02, 500
_LOOK_AGAIN = timedelta(seconds=0.3)
"""What is more in haste and comes meanwhile waits no longer for what was seen before it."""
_STATES = Notice.State
_UNSET = {
    "email": gettext_noop("no mail server is set up"),
    "webhook": gettext_noop("no webhook is set up"),
    "sms": gettext_noop("no SMS gateway is set up"),
    "voice": gettext_noop("no telephone exchange is set up"),
    "chat": gettext_noop("no chat group is set up"),
    "screen": gettext_noop("no way to screens is set up"),
    "speaker": gettext_noop("no emergency broadcast platform is set up"),
}
_SETTLE = (
    f"UPDATE {Notice._meta.db_table} SET state = %s, reason = %s, reference = %s, due_at = %s,"  # noqa: S608 - the name of our own table
    " handed_at = %s, answered_at = %s WHERE id = %s AND state = 'waiting' AND tries = %s"
)
_BROKE_DOWN = gettext_noop("no try came to an end")


class NoticeFields(TypedDict, total=False):
    """What a notice says, as `Notice` explains; key: where it is known by what it is for."""

    key: str
    kind: str
    address: str
    person: str
    subject: str
    text: str
    cause: str
    region: str
    owner: str
    status: str
    language: str
    haste: int
    after: Notice | None
    body: str
    media_type: str


def notify(*, now: datetime, **fields: Unpack[NoticeFields]) -> Notice:
    """Puts a notice into the outbox, in the transaction of whatever causes it."""
    return notify_all([fields], now)[0]


def notify_all(many: Sequence[NoticeFields], now: datetime) -> list[Notice]:
    """Puts many in at once, in their order; whose key is there already is not put in again."""
    rows = [_notice(fields, now) for fields in many]
    Notice.objects.bulk_create(rows, batch_size=200, ignore_conflicts=True)
    keys, known = [row.key for row in rows], dict[str, Notice]()
    for start in range(0, len(keys), 500):
        known |= {n.key: n for n in Notice.objects.filter(key__in=keys[start : start + 500])}
    return [known[key] for key in keys]


def _notice(fields: NoticeFields, now: datetime) -> Notice:
    words: NoticeFields = {"key": new_key(), **fields, "subject": fields["subject"][:256]}
    return Notice(created_at=now, due_at=now, **words)


def send_due(
    channels: Mapping[str, Channel] | Iterable[Channel], now: datetime, hands: Hands | None = None
) -> int:
    """Sends what is due, by the channel of its kind; how many were taken.

    now: the clock at the call; many workers may call at once · hands: who sends, the caller's own
    where there are none; what they have not brought back is written down at a later call. It
    returns after `MOST_SPENT`, so that whatever else the caller does is not kept waiting. What a
    channel raises, which is a fault of ours, is raised at the end: it delays no other.
    """
    ways, hands = channels.values() if isinstance(channels, Mapping) else channels, hands or Hands()
    by_name, began, taken = {channel.name: channel for channel in ways}, time.monotonic(), 0
    _again(now)
    moment, looked, faults, known = now, now, list[Exception](), list[Due]()
    while moment - now < MOST_SPENT:
        if moment - looked > _LOOK_AGAIN:
            known.clear()
            looked = moment
        claimed = _claim(known, moment, hands)
        for notice in claimed:
            if notice.state == _STATES.WAITING:
                hands.take(notice, partial(_sent, by_name.get(notice.kind), notice, moment))
        taken += len(claimed)
        wait_s = 0.0 if claimed else _PAUSE_S
        if not _settle_back(hands, moment, wait_s=wait_s, faults=faults) and not claimed:
            break
        moment = now + timedelta(seconds=time.monotonic() - began)
    if faults:
        raise faults[0]
    return taken


def settle_rest(hands: Hands, now: datetime, *, most_s: float) -> None:
    """Writes down what is still brought back within a time; for a worker that is to stop."""
    began, moment, faults = time.monotonic(), now, list[Exception]()
    while hands.addresses() and (left_s := most_s - (moment - now).total_seconds()) > 0:
        _settle_back(hands, moment, wait_s=left_s, faults=faults)
        moment = now + timedelta(seconds=time.monotonic() - began)
    if faults:
        raise faults[0]


def retry(asker: Somebody, notice: Notice) -> None:
    """Tries a notice again that was refused or given up; Refused for any other, and where what
    follows it has been tried at the same address: what is older must not arrive after it."""
    if not asker.may(RETRY_NOTICE, notice.region, notice.owner):
        raise Refused(_("This is not in your jurisdiction."))
    with deed(asker, RETRY_NOTICE, notice.key, region=notice.region):
        followers = list(Notice.objects.select_for_update().filter(after=notice))
        if any(one.tries for one in followers):
            raise Refused(_("A later message went there meanwhile: try that one again."))
        ended = Notice.objects.filter(pk=notice.pk, state__in=(_STATES.REFUSED, _STATES.GIVEN_UP))
        if not ended.update(state=_STATES.WAITING, tries=0, due_at=asker.now, reason=""):
            raise Refused(_("Only what was refused or given up is tried again."))


def _settle_back(
    hands: Hands, now: datetime, *, wait_s: float, faults: list[Exception]
) -> bool:  # fmt: skip
    """Writes down what the hands bring back, at once; whether they brought something in time."""
    began = time.monotonic()
    try:
        found = hands.back(wait_s)
    except Exception as error:  # noqa: BLE001 - raised by the caller, after what others brought
        faults.append(error)
        return True
    moment = now + timedelta(seconds=time.monotonic() - began)
    try:
        if found:
            _settle(found, moment)
    except DatabaseError:
        hands.keep(found)
        raise
    return bool(found)


def _again(now: datetime) -> None:
    """What was taken over, and of which nothing was said in the time that its receipt gave, waits
    to be tried again; not what was followed meanwhile: what is older must not arrive after it."""
    tried = Notice.objects.filter(after=OuterRef("pk"), tries__gt=0)
    silent = Notice.objects.filter(~Exists(tried), state=_STATES.SENT, due_at__lte=now)
    if silent.exists():
        silent.update(state=_STATES.WAITING, answered_at=None)


def _claim(known: list[Due], now: datetime, hands: Hands) -> list[Notice]:
    """Takes of what is due as much as there are hands for, for the time of a lease.

    known: what was seen to be due and is not taken yet; looked up anew when there is no hand for
    any of it. One look serves many claims: to ask for what is most in haste costs more than to
    take it.
    """
    fit = hands.fitting(known)
    if not fit:
        known[:] = _look(now, hands)
        fit = hands.fitting(known)
    gone = {one.pk for one in fit}
    known[:] = [one for one in known if one.pk not in gone]
    return _take([one.pk for one in fit], now) if fit else []


def _look(now: datetime, hands: Hands) -> list[Due]:
    """What is most in haste, of that what has been due longest."""
    # One try at a time for an address: one that hangs occupies one of the hands, not all.
    due = _ready(now).exclude(kind__in=hands.full())
    for kind, addresses in hands.busy().items():
        due = due.exclude(kind=kind, address__in=addresses)
    rows = due.order_by("-haste", "due_at", "pk").values_list(*Due._fields)
    return list(map(Due._make, rows[:_AT_ONCE]))


def _take(keys: list[int], now: datetime) -> list[Notice]:
    """Claims those of some that still wait and that nobody else takes, in their order."""
    with transaction.atomic():
        rows = _ready(now).select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        found = rows.in_bulk(keys)
        claimed = [found[key] for key in keys if key in found]
        for one in (one for one in claimed if one.tries >= MOST_TRIES):
            # Counted but never answered: whoever sent it broke down each time.
            _give_up(one, one.reason or _BROKE_DOWN, now)
            one.save(update_fields=["state", "due_at", "reason", "answered_at"])
        fresh = [one for one in claimed if one.state == _STATES.WAITING]
        Notice.objects.filter(pk__in=[one.pk for one in fresh]).update(
            tries=F("tries") + 1, due_at=now + LEASE
        )
        for one in fresh:
            one.tries, one.due_at = one.tries + 1, now + LEASE
    return claimed


def _ready(now: datetime) -> QuerySet[Notice]:
    """What is to be tried now, and follows nothing that still waits."""
    before = Notice.objects.filter(pk=OuterRef("after"), state=_STATES.WAITING)
    return Notice.objects.filter(~Exists(before), _is_due(now), state=_STATES.WAITING)


def _is_due(now: datetime) -> Q:
    """What is to be tried: also what never was, and what lies further off than any wait is long.

    Both were written by a clock that ran ahead; nobody should wait until it is right again.
    """
    return Q(due_at__lte=now) | Q(tries=0) | Q(due_at__gt=now + _FURTHEST)


def hasten(notices: Iterable[Notice], now: datetime) -> None:
    """What these follow and still waits to be tried again is tried at once.

    What follows may not leave before it: a graver message would wait as long as the earlier one.
    What may be on its way at this moment is left alone.
    """
    earlier = {one.after_id for one in notices if one.after_id}
    while earlier:
        rows = Notice.objects.filter(pk__in=earlier, state=_STATES.WAITING)
        earlier = {pk for pk in rows.values_list("after", flat=True) if pk}
        rows.filter(due_at__gt=now + LEASE).update(due_at=now)


def _sent(channel: Channel | None, notice: Notice, now: datetime) -> Receipt:
    """The receipt of one try; a notice that cannot be a message at all is refused."""
    now_ms = _ms(now)
    if channel is None:
        return Receipt.failed(now_ms, Fault.SETTINGS, _UNSET.get(notice.kind, "no such way out"))
    address = Address(notice.kind, notice.address)
    wrong = channel.check(address)
    if wrong is not None:
        return Receipt.refused(now_ms, Fault.ADDRESS, wrong)
    try:
        message = Message(
            key=notice.key, kind=URGENT if notice.haste >= _URGENT else "notice",
            subject=notice.subject, text=notice.text,
            status=Status(notice.status), cause=notice.cause, created_at=_ms(notice.created_at),
            language=notice.language, media_type=notice.media_type,
            body=notice.body.encode() if notice.media_type else None,
        )  # fmt: skip
    except (Malformed, ValueError) as error:
        return Receipt.refused(now_ms, Fault.CONTENT, str(error))
    return channel.send(message, address, now_ms=now_ms)


def _settle(found: Sequence[Tried], now: datetime) -> None:
    """Writes receipts down, each unless its lease ended and somebody else has tried since."""
    adapt, rows = connection.ops.adapt_datetimefield_value, []
    for one, receipt in found:
        tries = one.tries
        _conclude(one, receipt, now)
        rows.append((
            one.state, one.reason, one.reference, adapt(one.due_at), adapt(one.handed_at),
            adapt(one.answered_at), one.pk, tries,
        ))  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_SETTLE, rows)


def _conclude(notice: Notice, receipt: Receipt, now: datetime) -> None:
    """What a receipt means for a notice."""
    notice.reason, notice.reference = receipt.reason[:512], receipt.reference[:256]
    notice.due_at, notice.answered_at = None, now
    if receipt.state is State.FAILED and receipt.may_retry:
        if notice.tries >= MOST_TRIES:
            _give_up(notice, receipt.reason, now)
        else:
            chance = random.random()  # noqa: S311 - spreads tries, guards nothing
            at = retry_at(notice.tries, _ms(now), jitter=chance, wait_s=receipt.wait_s)
            notice.due_at, notice.answered_at = datetime.fromtimestamp(at / 1000, UTC), None
    elif receipt.state in (State.FAILED, State.REFUSED):
        notice.state = _STATES.REFUSED
    else:
        is_there = receipt.state is State.DELIVERED
        notice.state = _STATES.DELIVERED if is_there else _STATES.SENT
        notice.handed_at = now
        if receipt.wait_s and not is_there and notice.tries < MOST_TRIES:
            notice.due_at = now + timedelta(seconds=receipt.wait_s)


def _give_up(notice: Notice, why: str, now: datetime) -> None:
    notice.state, notice.due_at, notice.answered_at = _STATES.GIVEN_UP, None, now
    notice.reason = why[:512]


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
