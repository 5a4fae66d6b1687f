"""Asking for a subscription: nothing holds before its addressee has pressed a button."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.apps.people.actions.notices.outbox import notify
from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.actions.subscribing.knocking import may_ask
from anlan.apps.warning.models import Subscription
from anlan.apps.warning.models.subscribing import digest_of_address, spot_of
from anlan.apps.warning.queries.audience.subscribing import Link, Wish, address_in
from anlan.terms.errors import Refused

MOST_BY_NETWORK, MOST_BY_ADDRESS = 40, 4
"""Questions a day; in the hours of a storm many people stand behind one network."""
_WAITS = timedelta(days=3)
"""So long an address is kept whose owner has not answered."""
_STATE, _WAY = Subscription.State, Subscription.Way


def ask(wish: Wish, *, network: str, now: datetime) -> None:
    """Writes to the address that somebody gave; what they see is the same whoever it belongs to.

    Refused where the network asks too often. An address that was written to too often is not
    written to again, and nobody is told.
    """
    digest = digest_of_address(wish.way, wish.address)
    with transaction.atomic():
        is_welcome = _is_welcome(network, now)
        if is_welcome and may_ask(f"address:{digest}", MOST_BY_ADDRESS, now):
            _write_to(_row(wish, digest, now), wish, now)
    if not is_welcome:
        raise Refused(_("Too many questions came from your network. Please try again tomorrow."))


def ask_browser(wish: Wish, *, network: str, now: datetime) -> Link:
    """Notes what somebody asks at the browser that is to be told; the link that confirms it.

    Nothing is written to the browser: whoever has its keys stands before it. Refused where the
    network asks too often.
    """
    digest = digest_of_address(wish.way, wish.address)
    with transaction.atomic():
        is_welcome = _is_welcome(network, now)
        row = _row(wish, digest, now) if is_welcome else None
    if row is None:
        raise Refused(_("Too many questions came from your network. Please try again tomorrow."))
    return Link(row.digest, row.key, wish.kinds, wish.least)


def _is_welcome(network: str, now: datetime) -> bool:
    """Whether a network may ask; questions that nobody answered are forgotten first."""
    old = Subscription.objects.filter(state=_STATE.WAITING, asked_at__lt=now - _WAITS)
    old.delete()
    return may_ask(f"network:{network}", MOST_BY_NETWORK, now)


def _row(wish: Wish, digest: str, now: datetime) -> Subscription:
    """The live subscription of this address and place, made where there is none."""
    live = Subscription.objects.exclude(state=_STATE.STOPPED)
    spot = spot_of(wish.region, wish.lon, wish.lat)
    row, _made = live.get_or_create(
        digest=digest, spot=spot,
        defaults={
            "way": wish.way, "address": wish.address, "lon": wish.lon, "lat": wish.lat,
            "region": wish.region, "place": wish.place, "language": wish.language,
            "asked_at": now,
        },
    )  # fmt: skip
    return row


def _write_to(row: Subscription, wish: Wish, now: datetime) -> None:
    """The letter whose link opens a page with a button."""
    link = Link(row.digest, row.key, wish.kinds, wish.least)
    tongue = "en" if wish.language == "en" else "zh"
    with override(wish.language):
        words = {"place": row.place, "link": address_in(tongue, "subscriptions", link)}
        subject = _("Confirm: warnings for %(place)s") % words
        text = _(
            "Somebody asked that this address be told of warnings for %(place)s. Open the page and"
            " press the button to confirm:\n\n%(link)s\n\nIf it was not you, do nothing: nothing"
            " will be sent, and the address is forgotten after three days."
        )
        short = _("To be told of warnings for %(place)s, open %(link)s and press the button.")
        notify(
            now=now, key=f"sub-{new_key()}", kind=row.way, address=row.address, subject=subject,
            text=(short if row.way == _WAY.SMS else text) % words, region=row.region,
            language="en" if tongue == "en" else "zh-Hans", cause=f"subscription:{row.key}",
        )  # fmt: skip
