"""Subscribing: by place, kinds and level; what a letter's link opens; stopping by one press.

A link only opens a page, since scanners of mail fetch links: whatever changes is a press. Nobody
has a session here: the link's own signature is all that counts, so other sites can forge nothing.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from anlan.apps.portal.press.words import LANGUAGES
from anlan.apps.portal.queries import Place
from anlan.apps.portal.views.framing import around, asked_place, unkept, wished
from anlan.apps.warning.actions.subscribing import ask, ask_browser, confirm
from anlan.apps.warning.actions.subscribing import stop as end
from anlan.apps.warning.models import Subscription
from anlan.apps.warning.models.subscribing import digest_of_address
from anlan.apps.warning.queries.audience.subscribing import (
    Link,
    Wish,
    address_of,
    browser_told,
    held_by,
    kinds_offered,
    link_of,
    push_public,
    token_of,
    ways_open,
    wished_by,
)
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import Malformed, Refused
from anlan.terms.levels import RAISED_LEVELS

_Page = tuple[dict[str, Any], int]


def _shown(template: str, answer: Callable[[HttpRequest, str], _Page]) -> Any:
    """A page in the reader's language that is kept nowhere; in words where the records are gone."""

    @csrf_exempt
    def view(request: HttpRequest, language: str = "") -> HttpResponse:
        language = wished(request, language)
        with translation.override(LANGUAGES[language]):
            facts: dict[str, Any] = {**around(language), "path": template}
            try:
                told, status = answer(request, language)
                if "leads_to" in told:
                    return unkept(HttpResponseRedirect(told["leads_to"]), language)
                page = render(
                    request, f"portal/own/{template}.html", {**facts, **told}, status=status
                )
            except Error:
                page = render(request, f"portal/own/{template}.html", {**facts, "fault": True},
                              status=503)  # fmt: skip
        return unkept(page, language)

    return view


def _subscribe(request: HttpRequest, language: str) -> _Page:
    told = request.POST if request.method == "POST" else request.GET
    q = told.get("q", "")[:60]
    place, others = asked_place(told, q)
    ways = [(way, Subscription.Way(way).label) for way in ways_open()]
    facts = {
        "q": q, "place": place, "ways": ways, "told": told, "kinds": _kinds(told, language),
        "push": push_public(),
        "others": [{"place": one, "within": one.path} for one in others],
        "levels": [(int(one), level_word(int(one)), one.roman) for one in RAISED_LEVELS],
    }  # fmt: skip
    if request.method != "POST" or place is None or not (ways or facts["push"]):
        return facts, 200
    try:
        wish, now = _wish(told, place, language), timezone.now()
        if wish.way == Subscription.Way.PUSH:
            return _leads_to(ask_browser(wish, network=_network(request), now=now), language)
        ask(wish, network=_network(request), now=now)
    except Malformed as error:
        return {**facts, "wrong": str(error)}, 400
    except Refused as error:
        return {**facts, "wrong": str(error)}, 429
    return {**facts, "is_asked": True}, 200


def _kinds(told: QueryDict, language: str) -> list[tuple[str, str, bool]]:
    """The kinds to choose from, and which are chosen."""
    names, wanted = kinds_offered(), told.getlist("kind")
    return [(code, both[language == "en"], code in wanted) for code, both in sorted(names.items())]


def _wish(told: QueryDict, place: Place, language: str) -> Wish:
    """What the form says; Malformed where it says nothing that can be."""
    # The button of a browser is pressed in a form where one of the others is chosen.
    way = told.get("way", "")
    if way not in (*ways_open(), *([Subscription.Way.PUSH] if push_public() else [])):
        raise Malformed(_("This way is not open."), where="way")
    is_browser = way == Subscription.Way.PUSH
    address = told.get("browser", "") if is_browser else told.get("address", "")[:254]
    # A district is meant as a whole; a quarter or a street by a point of it.
    point = place.point if place.thing else None
    least = told.get("least", "")
    offered = kinds_offered()
    return Wish(
        way=way, address=address_of(way, address), region=place.region,
        place=place.name[:128], lon=point.x if point else None, lat=point.y if point else None,
        kinds=tuple(sorted(code for code in set(told.getlist("kind")) if code in offered)),
        least=next((int(one) for one in RAISED_LEVELS if least == str(int(one))), 1),
        language=LANGUAGES[language],
    )  # fmt: skip


def _network(request: HttpRequest) -> str:
    """Where a question comes from: an address, of IPv6 the part that one household has."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    return ":".join(address.split(":")[:4]) if ":" in address else address


def _subscriptions(request: HttpRequest, language: str) -> _Page:
    """What is wished by the link, and what its address holds; both only change by a press."""
    if request.method == "POST" and "browser" in request.POST:
        return _own(request.POST["browser"], language)
    link = link_of(request.GET.get("t", ""))
    if link is None:
        return {}, 404
    now, done = timezone.now(), ""
    if request.method == "POST":
        done = _pressed(request.POST, link, now)
    wanted = wished_by(link) if done != "stopped" else None
    is_new = wanted is not None and (
        wanted.state != Subscription.State.CONFIRMED
        or (wanted.codes, wanted.least) != (list(link.kinds), link.least)
    )
    names = kinds_offered()
    rows = [_row(one, one.codes, one.least, (names, language)) for one in held_by(link)[:100]]
    fresh = _row(wanted, list(link.kinds), link.least, (names, language)) if wanted else None
    return {"link": link, "done": done, "rows": rows, "fresh": fresh if is_new else None,
            **_again("subscriptions", request)}, 200  # fmt: skip


def _own(browser: str, language: str) -> _Page:
    """What a browser is told that shows its keys: the same page as by a link."""
    try:
        digest = digest_of_address(Subscription.Way.PUSH, browser_told(browser))
    except Malformed:
        return {}, 400
    return _leads_to(Link(digest), language)


def _leads_to(link: Link, language: str) -> _Page:
    return {"leads_to": f"/public/{language}/subscriptions?t={token_of(link)}"}, 303


def _pressed(told: QueryDict, link: Link, now: Any) -> str:
    """What a press did, as a word for the page."""
    if told.get("act") == "confirm":
        return "confirmed" if confirm(link, now=now) else "gone"
    if told.get("act") == "stop":
        end(link, now=now, key=told.get("key", "")[:16].replace("\0", ""))
        return "stopped"
    return ""


def _row(one: Subscription, codes: list[str], least: int, words: tuple[Any, str]) -> dict[str, Any]:
    names, language = words
    told = [names.get(code, (code, code))[language == "en"] for code in codes]
    return {"key": one.key, "place": one.place, "address": one.masked, "kinds": told,
            "least": level_word(least)}  # fmt: skip


def _stop(request: HttpRequest, language: str) -> _Page:
    """Ends all that a link is for by one press, or by a mail program's own button (RFC 8058)."""
    link = link_of(request.GET.get("t", ""))
    if link is None:
        return {}, 404
    if request.method != "POST":
        return {"link": link, **_again("stop", request)}, 200
    end(link, now=timezone.now(), key=link.key)
    return {"link": link, "done": "stopped"}, 200


def _again(page: str, request: HttpRequest) -> dict[str, str]:
    """The link itself, for the forms of its page and for the page in the other language."""
    token = request.GET["t"]
    return {"t": token, "path": f"{page}?{urlencode({'t': token})}"}


subscribe = _shown("subscribe", _subscribe)
subscriptions = _shown("subscriptions", _subscriptions)
stop = _shown("stop", _stop)
