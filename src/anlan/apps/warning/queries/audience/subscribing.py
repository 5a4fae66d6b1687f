"""What somebody who subscribes may choose from, and what they hold by the link in their letter."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import packs
from anlan.apps.warning.models import Subscription
from anlan.channels.email.mailbox import reason_against
from anlan.channels.push import FORM, Settings, browser_of
from anlan.channels.sms.number import number_of
from anlan.terms.errors import Malformed
from anlan.terms.levels import RAISED_LEVELS

_SALT, _WAY = "anlan.subscription", Subscription.Way
_SAFE = re.compile(r"https://|http://(localhost|127\.0\.0\.1)(:|$)")
"""Where browsers let a page ask to be told; besides, only the own machine."""
_MOST_BROWSER = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for: by which way and where to, of which place, and how much of it."""

    way: str
    address: str
    region: str
    place: str
    lon: float | None = None
    lat: float | None = None
    kinds: tuple[str, ...] = ()
    least: int = int(RAISED_LEVELS[0])
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link of a letter says: whose it is, and what was wished by it, if anything."""

    digest: str
    key: str = ""
    kinds: tuple[str, ...] = ()
    least: int = 0


def ways_open() -> list[str]:
    """By what people may ask to be told: what is set up, where letters can name this site."""
    options = settings.PLACE.options
    known = {_WAY.EMAIL: options.smtp_host and options.mail_from, _WAY.SMS: options.sms_gateway}
    if not options.address:
        return []
    return [str(way) for way, is_set in known.items() if is_set and way not in options.mass_off]


def push_public() -> str:
    """What a browser is given when it agrees to be told; empty where it cannot be told.

    A key that is damaged takes no other way from anybody; `anlan doctor` names it.
    """
    options = settings.PLACE.options
    is_set = options.push_key and options.push_contact and _SAFE.match(options.address)
    if not is_set or _WAY.PUSH in options.mass_off:
        return ""
    try:
        return Settings(key=options.push_key, contact=options.push_contact).public
    except Malformed:
        return ""


def kinds_offered() -> Mapping[str, tuple[str, str]]:
    """The kinds of event that this site may warn of: code to its Chinese and English name."""
    events = (one for pack in packs().values() for one in pack.events.values())
    return {one.code: (one.title.zh, one.title.en) for one in events}


def address_of(way: str, text: str) -> str:
    """An address as it is kept; Malformed, in words for a page, where it is none."""
    said = text.strip()
    if way == _WAY.PUSH:
        return browser_told(said)
    if way == _WAY.EMAIL and reason_against(said) is None:
        return said
    number = number_of(said) if way == _WAY.SMS else None
    if number is not None:
        return str(number)
    if way == _WAY.SMS:
        raise Malformed(_("This is not a mobile number."), where="address")
    raise Malformed(_("This is not an e-mail address."), where="address")


def browser_told(text: str) -> str:
    """A browser as it is kept, from what its script sent; Malformed where that may not be.

    Web addresses of the own machine or network are refused as for webhooks.
    """
    is_private = settings.PLACE.options.webhook_private
    found = browser_of(text, allows_private=is_private) if len(text) <= _MOST_BROWSER else FORM
    if isinstance(found, str) or not (found.target.is_safe or is_private):
        raise Malformed(_("This browser cannot be told."), where="browser")
    told = json.loads(text)
    kept = {"endpoint": told["endpoint"], "keys": {n: told["keys"][n] for n in ("auth", "p256dh")}}
    return json.dumps(kept, separators=(",", ":"))


def token_of(link: Link) -> str:
    """What makes a link one that only its addressee has."""
    told: list[Any] = [link.digest, link.key, list(link.kinds), link.least]
    return signing.Signer(salt=_SALT).sign_object(told, compress=True)


def link_of(token: str) -> Link | None:
    """What a link says; None where nobody here wrote it."""
    try:
        digest, key, kinds, least = signing.Signer(salt=_SALT).unsign_object(token[:4096])
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Link(digest, key, tuple(kinds), least)


def address_in(language: str, page: str, link: Link) -> str:
    """The whole address of a page of one's own, as a letter names it."""
    base = settings.PLACE.options.address
    return f"{base}/public/{language}/{page}?t={token_of(link)}"


def stop_page(language: str, digest: str) -> str:
    """The page by which an address ends all it holds; empty where this site has no address."""
    tongue = "en" if language.startswith("en") else "zh"
    return address_in(tongue, "stop", Link(digest)) if settings.PLACE.options.address else ""


def held_by(link: Link) -> QuerySet[Subscription]:
    """The confirmed subscriptions of the address that a link was sent to."""
    return Subscription.objects.filter(digest=link.digest, state=Subscription.State.CONFIRMED)


def wished_by(link: Link) -> Subscription | None:
    """The subscription that a link confirms; None for none, and where it was stopped."""
    live = Subscription.objects.exclude(state=Subscription.State.STOPPED)
    return live.filter(digest=link.digest, key=link.key).first() if link.key else None
