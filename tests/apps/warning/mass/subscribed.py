"""Subscribers of a town, and a warning of it that is handed over."""

from datetime import datetime

from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.actions.mass.packing import pack_next
from anlan.apps.warning.models import Message, Parcel, Subscription
from anlan.apps.warning.models.mass import name_of
from anlan.apps.warning.models.subscribing import digest_of_address
from tests.apps.conftest import VILLAGE
from tests.apps.warning.conftest import Office

NOW_AND_LATER = 3
"""Seconds after which the mass waits for nobody responsible any more."""


def subscribe(way: str, *addresses: str, **fields: object) -> list[Subscription]:
    """Confirmed subscribers of a village, by their addresses."""
    return [
        Subscription.objects.create(**{
            "way": way, "address": address, "digest": digest_of_address(way, address),
            "region": VILLAGE, "spot": str(fields.get("region", VILLAGE)), "state": "confirmed",
            "least": 1, "asked_at": datetime.fromisoformat("2026-07-01T00:00:00+00:00"), **fields,
        })
        for address in addresses
    ]  # fmt: skip


def handed(office: Office, status: str = "") -> Message:
    """An issued warning, handed over and packed."""
    one = office.issued(status=status)
    hand_over(office.now)
    office.later(seconds=NOW_AND_LATER)
    while pack_next(office.now):
        pass
    return one.messages.get()


def outcomes(way: str, step: int = 1) -> list[str]:
    """What became of each by a way, in order, as words."""
    found: list[str] = []
    for parcel in Parcel.objects.filter(way=way, step=step).order_by("order"):
        found += [name_of(int(code))[0].name for code in parcel.codes]
    return found
