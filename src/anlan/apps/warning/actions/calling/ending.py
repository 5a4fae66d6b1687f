"""The ends of calls; each is written once, under the lock of its call-down."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from anlan.apps.people.actions import deed
from anlan.apps.people.actions.notices.withdrawing import withdraw
from anlan.apps.warning.models import Call, CallDown, CallLetter
from anlan.desk.asker import Asker

_STATES = Call.State


def locked(pk: int) -> CallDown:
    """A call-down that nobody else writes to until the transaction ends."""
    found = CallDown.objects.select_for_update().get(pk=pk)
    # Read beside the lock: PostgreSQL locks no row of an outer join.
    found.message = type(found.message).objects.select_related("warning").get(pk=found.message_id)
    return found


@contextmanager
def calling(asker: Asker, act: str, pk: int) -> Iterator[tuple[CallDown, dict[str, Any]]]:
    """One write to a call-down: locked, with its audit line, and ended where nothing is open."""
    with transaction.atomic():
        one = locked(pk)
        with deed(asker, act, one.message.identifier, region=one.message.warning.region) as detail:
            yield one, detail
            settle(one, asker.now)


def settle(one: CallDown, now: datetime) -> None:
    """Ends a call-down whose every call has ended."""
    if one.ended_at is None and not one.calls.filter(state__in=Call.OPEN).exists():
        one.ended_at = now
        one.save(update_fields=["ended_at"])
        ring_no_more(one.letters.all(), now)


def end_open(one: CallDown, now: datetime) -> int:
    """Ends what is open as no longer needed; how many."""
    rows = one.calls.filter(state__in=Call.OPEN)
    return int(rows.update(state=_STATES.NOT_NEEDED, ended_at=now, due_at=None))


def answer(calls: list[Call], way: str, now: datetime) -> int:
    """Writes an answer beside calls: the open ones end; of others it is noted that it came late."""
    done = 0
    for one in calls:
        if one.is_open:
            one.state, one.way, one.ended_at, one.due_at = _STATES.ANSWERED, way, now, None
        elif one.state == _STATES.ESCALATED and one.late_at is None:
            one.way, one.late_at = way, now
        else:
            continue
        done += 1
        one.save(update_fields=["state", "way", "ended_at", "due_at", "late_at"])
    ring_no_more(CallLetter.objects.filter(calls__in=calls).distinct(), now)
    return done


def ring_no_more(letters: QuerySet[CallLetter], now: datetime) -> None:
    """Whoever has answered by another way, or need not answer any more, is not called again."""
    open_ones = Call.objects.filter(letter=OuterRef("pk"), state__in=Call.OPEN)
    # The call in which the key was pressed ends by itself.
    pressed = Call.objects.filter(letter=OuterRef("pk"), way=Call.Way.VOICE)
    settled = letters.filter(~Exists(open_ones), ~Exists(pressed))
    withdraw((letter.cause for letter in settled), Call.Way.VOICE, now)
