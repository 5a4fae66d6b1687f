"""What the far ends say later, written down once: receipts beside their notices, and replies.

What is written down is committed before the channel is told that it was: a crash between the two
makes it come again, and what came before changes nothing. A receipt may come before the outbox has
written down what it is of: one that belongs to nothing is asked again for a while.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from anlan.apps.people.models import Notice, Reply
from anlan.channels import Channel, State
from anlan.channels.heard import Asks, Heard, Hearing

_MOST = 500
"""So many words are written down at once: however many come, others get to write in between."""
_PATIENCE = timedelta(seconds=10)
"""So long a receipt waits for its notice; sending and writing down are no further apart."""
_AGAIN = timedelta(seconds=0.5)
"""So long it is not looked for again: a storm of such words would be asked for at every step."""
_ASKED = timedelta(hours=2)
"""So long a far end that says nothing unasked is asked for what became of a notice."""
_STATES = Notice.State
_BECOMES = {State.DELIVERED: _STATES.DELIVERED, State.REFUSED: _STATES.REFUSED,
            State.FAILED: _STATES.REFUSED}  # fmt: skip
"""A message that the next hop took over is not sent again: what failed later is refused."""

_SETTLE = (
    f"UPDATE {Notice._meta.db_table} SET state = %s, reason = %s, answered_at = %s, due_at = NULL"  # noqa: S608 - the name of our own table
    " WHERE id = %s"
)

Others = Callable[[Sequence[Heard]], Collection[str]]
"""Settles receipts that belong to no notice; the keys of those that it knows."""
Late = dict[str, datetime]
"""When words that belong to nothing yet were looked for last, by their keys."""


def hear(
    ways: Iterable[Channel | Hearing], now: datetime, *, others: Others | None = None,
    late: Late | None = None,
) -> int:  # fmt: skip
    """One step of the worker: takes what has come by each channel that hears; how many words.

    others: is asked, in the same transaction, for the receipts that belong to no notice · late:
    kept by the caller from step to step: when those that wait for their notice were looked for.
    """
    late = {} if late is None else late
    return sum(_hear_one(way, now, others, late) for way in ways if isinstance(way, Hearing))


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


def _hear_one(way: Hearing, now: datetime, others: Others | None, late: Late) -> int:
    """Takes the oldest that can be taken: what waits for its notice keeps back nothing else."""
    while words := _due(way, now, late):
        waiting = _hear_some(words, now, others)
        late |= dict.fromkeys(waiting, now)
        taken = [one.key for one in words if one.key not in waiting]
        if taken:
            way.take(taken)
            for key in taken:
                late.pop(key, None)
            return len(taken)
    return 0


def _due(way: Hearing, now: datetime, late: Late) -> Sequence[Heard]:
    """The oldest that were not looked for just now."""
    most = _MOST
    while True:
        words = way.heard(most)
        due = [one for one in words if one.key not in late or abs(now - late[one.key]) >= _AGAIN]
        if len(due) >= _MOST or len(words) < most:
            return due[:_MOST]
        most *= 4


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
    known, strange, news = _notices(words), list[Heard](), dict[int, tuple[Any, ...]]()
    adapt = connection.ops.adapt_datetimefield_value
    for one in words:
        end, receipt = (one.kind, one.reference), one.receipt
        if end not in known:
            strange.append(one)
            continue
        pk, state = known[end]
        # What is known to have arrived stays so, whatever is said later.
        if receipt is None or receipt.state not in _BECOMES or state == _STATES.DELIVERED:
            continue
        becomes = _BECOMES[receipt.state]
        known[end] = pk, becomes
        news[pk] = becomes.value, receipt.reason[:512], adapt(_moment(one.at)), pk
    if news:
        with connection.cursor() as cursor:
            cursor.executemany(_SETTLE, list(news.values()))
    return strange


def _notices(words: Sequence[Heard]) -> dict[tuple[str, str], tuple[int, str]]:
    """By kind and reference the notices that the words are of: their row and its state."""
    asked = sorted({one.reference for one in words if one.reference})
    kinds = {one.kind for one in words}
    rows = Notice.objects.select_for_update().filter(reference__in=asked, kind__in=kinds)
    told = rows.order_by("pk").values_list("kind", "reference", "pk", "state")
    return {(kind, reference): (pk, state) for kind, reference, pk, state in told}


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
