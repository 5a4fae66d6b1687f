"""The look-up of a place: warnings in force there, and the nearest shelters; nothing is kept."""

from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from anlan.apps.portal.press.edition import Edition, Site
from anlan.apps.portal.press.pages import frame
from anlan.apps.portal.press.words import LANGUAGES, Card, cards
from anlan.apps.portal.queries import (
    Place,
    Reader,
    Shelter,
    in_force,
    place_in,
    places_named,
    shelters_near,
    thing_at,
)
from anlan.desk.templatetags.desk import named

_READER = Reader()


def here(request: HttpRequest, language: str = "") -> HttpResponse:
    """The page, by a name that somebody typed or by a place that they chose."""
    language = language or _wished(request)
    q = request.GET.get("q", "")[:60]
    with translation.override(LANGUAGES[language]):
        facts = {"q": q, "path": "here", **_frame(language)}
        try:
            told = _answer(request, q, language)
            page = render(request, "portal/here.html", {**facts, **told})
        except Error:
            page = render(request, "portal/here.html", {**facts, "fault": True}, status=503)
    kept = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    for name, value in {**kept, "Content-Language": language}.items():
        page.headers[name] = value
    return page


def _wished(request: HttpRequest) -> str:
    wished = request.headers.get("Accept-Language", "")[:2].lower()
    return wished if wished in LANGUAGES else "zh"


def _frame(language: str) -> dict[str, Any]:
    here = settings.PLACE
    site = Site(here.options.name, here.options.address, here.is_demo)
    return frame(Edition(site, timezone.now(), "", (), ()), language)


def _answer(request: HttpRequest, q: str, language: str) -> dict[str, Any]:
    found = places_named(q) if q else []
    place = _chosen(request) or next(iter(found), None)
    if place is None:
        return {}
    now = timezone.now()
    every = in_force(_READER.courses(), now)

    def told(at: Place) -> list[Card]:
        own = [one for one in every if one.warns(at.region, at.shape)]
        return cards(own, language, now)

    near = shelters_near(place.point) if place.point is not None else []
    warned = [one.last.shape for one in every]
    others = [one for one in found if (one.region, one.name) != (place.region, place.name)]
    return {
        "place": place,
        "within": place.path,
        "others": [{"place": one, "within": one.path, "cards": told(one)[:1]} for one in others],
        "is_one_of_many": any(one.name == place.name for one in others),
        "cards": told(place),
        "shelters": [_shown(one, [shape for shape in warned if shape is not None]) for one in near],
    }


def _chosen(request: HttpRequest) -> Place | None:
    """The place that a link names: a thing by its row, or a district by its code."""
    thing, place = request.GET.get("thing", ""), request.GET.get("place", "")
    return thing_at(thing) if thing else place_in(place[:12].replace("\0", ""))


def _shown(one: Shelter, warned: list[Any]) -> dict[str, Any]:
    metres = one.metres
    return {
        "name": named(one.row),
        "distance": f"{metres / 1000:.1f} km" if metres >= 950 else f"{round(metres, -1):.0f} m",
        "people": one.people,
        "address": one.row.address or Place("", one.row.region, None).path,
        "phone": one.row.phone,
        "lon": f"{one.point.x:.5f}",
        "lat": f"{one.point.y:.5f}",
        "is_warned": any(shape.intersects(one.point) for shape in warned),
    }
