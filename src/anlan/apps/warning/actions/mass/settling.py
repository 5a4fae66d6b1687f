"""What became of recipients, written into their parcels: merged, never written over.

What is decided stays decided, so the same may be written twice. Only `handed` goes on, to what the
far end says later: delivered, or refused after all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from anlan.apps.warning.actions.mass.naming import place_of
from anlan.apps.warning.actions.mass.slips import wholes
from anlan.apps.warning.models import Subscription
from anlan.apps.warning.models.mass import Outcome, Parcel, code_of, is_waiting, tally
from anlan.channels import Fault, Receipt, State
from anlan.channels.heard import Heard

Codes = NDArray[np.uint8]
Changes = Mapping[int, Sequence[tuple[int, int]]]
"""By parcel the places of recipients and their new octets, in the order in which they came."""
_GONE = code_of(Receipt.refused(0, Fault.RECIPIENT, "gone"))
_BECOMES = {State.DELIVERED: Outcome.DELIVERED, State.REFUSED: Outcome.REFUSED,
            State.FAILED: Outcome.REFUSED}  # fmt: skip
_WAYS = Subscription.Way


def write_down(changes: Changes, now: datetime) -> None:
    """Writes what is known so far, in one transaction."""
    with transaction.atomic():
        found = Parcel.objects.select_for_update().filter(pk__in=list(changes)).defer("ids")
        found = found.order_by("pk")
        for parcel in found:
            codes = parcel.codes
            _merge(codes, changes[parcel.pk])
            _keep(parcel, codes)
            _end_gone(parcel, changes[parcel.pk], now)


def _merge(codes: Codes, news: Sequence[tuple[int, int]]) -> None:
    for place, code in news:
        if codes[place] < Outcome.HANDED:
            codes[place] = code


def _keep(parcel: Parcel, codes: Codes, *more: str) -> None:
    parcel.outcomes, parcel.counts = codes.tobytes(), tally(codes)
    parcel.save(update_fields=["outcomes", "counts", *more])


def _end_gone(parcel: Parcel, news: Sequence[tuple[int, int]], now: datetime) -> None:
    """A browser that is no more is not asked for again."""
    if parcel.way != _WAYS.PUSH:
        return
    gone = [int(parcel.recipients[place]) for place, code in news if code == _GONE]
    for start in range(0, len(gone), 500):
        known = Subscription.objects.filter(pk__in=gone[start : start + 500])
        known.filter(state=Subscription.State.CONFIRMED).update(
            state=Subscription.State.STOPPED,
            reason=Subscription.Reason.EXPIRED,
            stopped_at=now,
            address="",
        )


def close(parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """Ends a parcel: whoever waits in it has this outcome, with the last fault."""
    codes = parcel.codes
    waiting = is_waiting(codes)
    codes[waiting] = codes[waiting] | outcome
    parcel.is_open, parcel.holder, parcel.lease_at, parcel.ended_at = False, "", None, now
    _keep(parcel, codes, "is_open", "holder", "lease_at", "ended_at")


def settle(words: Sequence[Heard]) -> Collection[str]:
    """Receipts that come later, by the names that recipients were given or that the centre gave
    their parts; the keys of those known.

    Runs in the caller's transaction.
    """
    known, whole = wholes(words)
    for one in words:
        if (named := place_of(one.reference)) is not None:
            whole.append((*named, one))
    news = defaultdict[int, list[tuple[int, int]]](list)
    for pk, place, one in whole:
        if one.receipt is not None and one.receipt.state in _BECOMES:
            fault = code_of(one.receipt) & 0x0F
            news[pk].append((place, _BECOMES[one.receipt.state] | fault))
            known.add(one.key)
    found = Parcel.objects.select_for_update().filter(pk__in=list(news)).defer("ids")
    for parcel in found.order_by("pk"):
        codes = parcel.codes
        _hear(codes, news[parcel.pk])
        _keep(parcel, codes)
    return known


def _hear(codes: Codes, news: Iterable[tuple[int, int]]) -> None:
    """What is known to have arrived stays so, and so does what a person has stopped."""
    for place, code in news:
        if place < len(codes) and codes[place] < Outcome.DELIVERED:
            codes[place] = code
