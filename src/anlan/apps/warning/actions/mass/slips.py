"""Slips: what a message centre calls the parts of a text, and what it says of them later.

A recipient has the text when all its parts are there, and has not when one is lost. A part that
went twice is there when one of the two is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from anlan.apps.people.actions.notices.inbox import put_in
from anlan.apps.warning.actions.mass.naming import place_of
from anlan.apps.warning.models.mass import Slip
from anlan.channels import State
from anlan.channels.heard import Heard

KEPT = timedelta(days=4)
"""Longer than any network tries."""
_AT_ONCE = 500
Whole = tuple[int, int, Heard]
"""Parcel and place of a recipient whose fate is known now, and the word that made it so."""


class Records:
    """Keeps names and words for a way that is told them; for one thread."""

    def name(self, named: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        """By which names the parts for each recipient are spoken of."""
        now = timezone.now()
        rows = [
            Slip(name=name[:80], parcel_id=place[0], place=place[1], number=number,
                 total=len(names), made_at=now)
            for key, names in named if (place := place_of(key)) is not None
            for number, name in enumerate(names, 1) if name
        ]  # fmt: skip
        try:
            Slip.objects.bulk_create(rows, batch_size=_AT_ONCE)
        except DatabaseError:
            connection.close()
            raise

    def keep(self, words: Sequence[Heard]) -> None:
        """What came; the worker settles it."""
        try:
            put_in(words)
        except DatabaseError:
            connection.close()
            raise


def wholes(words: Sequence[Heard]) -> tuple[set[str], list[Whole]]:
    """Notes what is said of parts: the keys of the words that are known, and whose fate is whole.

    Runs in the caller's transaction.
    """
    slips, known = _slips([one.reference for one in words]), set[str]()
    last, changed = dict[tuple[int, int], Heard](), list[Slip]()
    for one in words:
        slip = slips.get(one.reference)
        if slip is None or one.receipt is None:
            continue
        known.add(one.key)
        last[slip.parcel_id, slip.place] = one
        if slip.fate != State.DELIVERED.value:
            is_there = one.receipt.state is State.DELIVERED
            slip.fate = (State.DELIVERED if is_there else State.REFUSED).value
            changed.append(slip)
    Slip.objects.bulk_update(changed, ["fate"], batch_size=_AT_ONCE)
    return known, list(_whole(last))


def forget_slips(now: datetime) -> bool:
    """Of what left so long ago nothing is heard any more; whether there may be more to forget."""
    old = Slip.objects.filter(made_at__lt=now - KEPT).values_list("pk", flat=True)[:_AT_ONCE]
    count, _ = Slip.objects.filter(pk__in=list(old)).delete()
    return count == _AT_ONCE


def _slips(names: Sequence[str]) -> dict[str, Slip]:
    """The newest of each name: a centre may begin anew with its numbers."""
    asked, found = sorted({name for name in names if name}), dict[str, Slip]()
    for start in range(0, len(asked), _AT_ONCE):
        rows = Slip.objects.filter(name__in=asked[start : start + _AT_ONCE])
        found |= {slip.name: slip for slip in rows}
    return found


def _whole(last: Mapping[tuple[int, int], Heard]) -> Iterator[Whole]:
    """The recipients of whom one part is lost, or all have come."""
    by_parcel: dict[int, list[int]] = defaultdict(list)
    for parcel, place in last:
        by_parcel[parcel].append(place)
    for parcel, places in by_parcel.items():
        for place, (total, fates) in _fates(parcel, places).items():
            come = sum(State.DELIVERED.value in one for one in fates.values())
            if come == total or {State.REFUSED.value} in fates.values():
                yield parcel, place, last[parcel, place]


def _fates(parcel: int, places: Sequence[int]) -> dict[int, tuple[int, dict[int, set[str]]]]:
    """By place how many parts there are, and by their numbers what is said of each."""
    found: dict[int, tuple[int, dict[int, set[str]]]] = {}
    for start in range(0, len(places), _AT_ONCE):
        rows = Slip.objects.filter(parcel=parcel, place__in=places[start : start + _AT_ONCE])
        for place, number, total, fate in rows.values_list("place", "number", "total", "fate"):
            found.setdefault(place, (total, {}))[1].setdefault(number, set()).add(fate)
    return found
