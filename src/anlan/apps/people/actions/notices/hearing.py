"""What the far ends say later, written down once: receipts beside their notices, and replies.

What is written down is committed before the channel is told that it was: a crash between the two
makes it come again, and what came before changes nothing. A receipt may come before the outbox has
written down what it is of: one that belongs to nothing is asked again for a while.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from anlan.apps.people.models import Notice, Reply
from anlan.channels import Channel, State
from anlan.channels.heard import Asks, Heard, Hearing

_MOST = 500
"""So many words are written down at once: however many come, others get to write in between."""
_PATIENCE = timedelta(seconds=10)
"""So long a receipt waits for its notice; sending and writing down are no further apart."""
_ASKED = timedelta(hours=2)
"""So long a far end that says nothing unasked is asked for what became of a notice."""
_STATES = Notice.State
_BECOMES = {State.DELIVERED: _STATES.DELIVERED, State.REFUSED: _STATES.REFUSED,
            State.FAILED: _STATES.REFUSED}  # fmt: skip
"""A message that the next hop took over is not sent again: what failed later is refused."""

Others = Callable[[Sequence[Heard]], Collection[str]]
"""Settles receipts that belong to no notice; the keys of those that it knows."""


def hear(ways: Iterable[Channel | Hearing], now: datetime, *, others: Others | None = None) -> int:
    """One step of the worker: takes what has come by each channel that hears; how many words.

    others: is asked, in the same transaction, for the receipts that belong to no notice.
    """
    return sum(_hear_one(way, now, others) for way in ways if isinstance(way, Hearing))


def ask_on(ways: Iterable[Channel | Asks], now: datetime) -> bool:
    """Lets channels ask for what was sent of late and is not known to have arrived; False: done.

    They remember it themselves, but not beyond the end of their process.
    """
    for way in ways:
        if isinstance(way, Asks):
            sent = Notice.objects.filter(
                kind=way.name, state=_STATES.SENT, answered_at__gt=now - _ASKED
            ).exclude(reference="")
            way.expect(list(sent.values_list("reference", flat=True)))
    return False


def _hear_one(way: Hearing, now: datetime, others: Others | None) -> int:
    """Takes the oldest that can be taken: what waits for its notice keeps back nothing else."""
    kept = 0
    while words := way.heard(kept + _MOST)[kept:]:
        late = _hear_some(words, now, others)
        taken = [one.key for one in words if one.key not in late]
        if taken:
            way.take(taken)
            return len(taken)
        kept += len(words)
    return 0


def _hear_some(words: Sequence[Heard], now: datetime, others: Others | None) -> set[str]:
    """Writes words down in one transaction; the keys of those that still wait for their notice."""
    with transaction.atomic():
        strange = _settle_all([one for one in words if one.receipt is not None])
        _keep([one for one in words if one.receipt is None])
        known = others(strange) if others is not None and strange else ()
    return {one.key for one in strange if one.key not in known and not _is_old(one, now)}


def _is_old(word: Heard, now: datetime) -> bool:
    return now - _moment(word.at) > _PATIENCE


def _settle_all(words: Sequence[Heard]) -> list[Heard]:
    """Writes receipts beside their notices; those that belong to none."""
    notices, strange = _notices(words), list[Heard]()
    for one in words:
        notice = notices.get((one.kind, one.reference))
        if notice is None:
            strange.append(one)
        else:
            _settle(notice, one)
    return strange


def _notices(words: Sequence[Heard]) -> dict[tuple[str, str], Notice]:
    """By kind and reference the notices that the words are of."""
    asked = sorted({one.reference for one in words if one.reference})
    found = dict[tuple[str, str], Notice]()
    kinds = {one.kind for one in words}
    for start in range(0, len(asked), 500):
        some = Notice.objects.select_for_update().filter(
            reference__in=asked[start : start + 500], kind__in=kinds
        )
        found |= {(notice.kind, notice.reference): notice for notice in some}
    return found


def _settle(notice: Notice, word: Heard) -> None:
    """What is known to have arrived stays so, whatever is said later."""
    receipt = word.receipt
    if receipt is None or receipt.state not in _BECOMES or notice.state == _STATES.DELIVERED:
        return
    notice.state, notice.reason = _BECOMES[receipt.state], receipt.reason[:512]
    notice.answered_at, notice.due_at = _moment(word.at), None
    notice.save(update_fields=["state", "reason", "answered_at", "due_at"])


def _keep(words: Sequence[Heard]) -> None:
    """Keeps replies, each with the newest notice that its address was written to."""
    rows = [
        Reply(
            key=f"{one.kind}:{one.key}"[:160], kind=one.kind, address=one.address[:512],
            text=one.text.replace("\0", "")[:1024], heard_at=_moment(one.at),
            notice=_answered(one),
        )
        for one in words
    ]  # fmt: skip
    Reply.objects.bulk_create(rows, ignore_conflicts=True)


def _answered(word: Heard) -> Notice | None:
    """The notice that the channel names, or of that reference, else the newest to that address."""
    asked = Notice.objects.filter(kind=word.kind)
    if word.message:
        return asked.filter(key=word.message).first()
    if word.reference:
        named = asked.filter(reference=word.reference).first()
        if named is not None:
            return named
    return asked.filter(address=word.address).order_by("-pk").first()


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
