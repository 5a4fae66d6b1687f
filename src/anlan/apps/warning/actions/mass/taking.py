"""Who has a parcel in hand: taken with a lease, kept by writing down, let go when it is tried."""

import random
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from anlan.apps.warning.actions.mass.settling import close
from anlan.apps.warning.models.mass import Mass, Outcome, Parcel, is_waiting
from anlan.channels import LONGEST_WAIT_S, retry_at

LEASE = timedelta(seconds=30)
MOST_TRIES = 10
_ANY = (
    f"SELECT EXISTS(SELECT 1 FROM {Mass._meta.db_table} WHERE packed_at IS NULL),"  # noqa: S608 - the names of our own tables
    f" EXISTS(SELECT 1 FROM {Parcel._meta.db_table} WHERE is_open)"
)
_FURTHEST = timedelta(seconds=2 * LONGEST_WAIT_S)


def take(way: str, holder: str, now: datetime, *, has: Collection[int] = ()) -> Parcel | None:
    """The parcel of most haste that is due, in this holder's hands for the time of a lease.

    Of one course nothing leaves by a way before what is earlier has ended there. has: what this
    holder has in hand already: where the clock steps ahead its own leases have ended, and it would
    tell everybody twice.
    """
    with transaction.atomic():
        due = _due(now).filter(way=way).exclude(pk__in=has)
        parcel = due.order_by("-haste", "pk").select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        ).first()  # fmt: skip
        if parcel is None:
            return None
        if parcel.is_halted or _is_over(parcel, now):
            close(parcel, Outcome.REPLACED if parcel.is_halted else Outcome.OVER, now)
            return parcel
        parcel.holder, parcel.lease_at = holder, now + LEASE
        parcel.begun_at = parcel.begun_at or now
        parcel.save(update_fields=["holder", "lease_at", "begun_at"])
        return parcel


def is_idle() -> bool:
    """Whether nothing waits to be packed and no parcel is open: what a sender asks all day long,
    in one short question."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY)
        return not any(cursor.fetchone())


def ways_due(now: datetime) -> set[str]:
    """The ways by which something is to be taken now."""
    return set(_due(now).order_by().values_list("way", flat=True).distinct())


def _due(now: datetime) -> QuerySet[Parcel]:
    earlier = Parcel.objects.filter(
        course=OuterRef("course"), way=OuterRef("way"), step__lt=OuterRef("step"), is_open=True
    )
    # What lies further off than any wait was written by a clock that ran ahead.
    is_due = Q(due_at__lte=now) | Q(due_at__gt=now + _FURTHEST)
    is_free = Q(lease_at=None) | Q(lease_at__lt=now) | Q(lease_at__gt=now + 4 * LEASE)
    return Parcel.objects.filter(~Exists(earlier), is_due, is_free, is_open=True)


def _is_over(parcel: Parcel, now: datetime) -> bool:
    """Whether what it says has ended; an end is told all the same."""
    if parcel.message.kind == "Cancel":
        return False
    expires = parcel.message.content["expires"]
    return bool(expires) and datetime.fromisoformat(expires) <= now


def keep(parcels: Collection[int], holder: str, now: datetime) -> set[int]:
    """Renews the leases; the parcels to let go of: replaced, or in somebody else's hands."""
    ours = Parcel.objects.filter(pk__in=parcels, holder=holder, is_open=True)
    kept = set(ours.filter(is_halted=False).values_list("pk", flat=True))
    ours.update(lease_at=now + LEASE)
    return set(parcels) - kept


def let_go(pk: int, holder: str, now: datetime, *, wait_s: int = 0) -> bool:
    """After a try: ended where nobody waits in it any more, or it was tried often enough; else
    due again later. Whether it is ended."""
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update().filter(pk=pk, holder=holder, is_open=True)
        one = parcel.first()
        if one is None:
            return True
        one.tries += 1
        one.save(update_fields=["tries"])
        if one.is_halted:
            close(one, Outcome.REPLACED, now)
        elif not is_waiting(one.codes).any() or one.tries >= MOST_TRIES:
            close(one, Outcome.GIVEN_UP, now)
        else:
            chance = random.random()  # noqa: S311 - spreads tries, guards nothing
            at_ms = retry_at(one.tries, round(now.timestamp() * 1000), jitter=chance, wait_s=wait_s)
            one.due_at = datetime.fromtimestamp(at_ms / 1000, UTC)
            one.holder, one.lease_at = "", None
            one.save(update_fields=["due_at", "holder", "lease_at"])
        return not one.is_open


def put_down(holder: str) -> int:
    """What a holder had in hand when it ended may be taken at once; how many parcels."""
    return Parcel.objects.filter(holder=holder, is_open=True).update(holder="", lease_at=None)
