"""The look-up of a place: warnings in force there, and the nearest shelters; nothing is kept."""

from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from anlan.apps.portal.press.words import LANGUAGES, Card, cards
from anlan.apps.portal.queries import Place, Reader, Shelter, in_force, shelters_near
from anlan.apps.portal.views.framing import around, asked_place, unkept, wished
from anlan.desk.templatetags.desk import named

_READER = Reader()


def here(request: HttpRequest, language: str = "") -> HttpResponse:
    """The page, by a name that somebody typed or by a place that they chose."""
    language = wished(request, language)
    q = request.GET.get("q", "")[:60]
    with translation.override(LANGUAGES[language]):
        facts = {"q": q, "path": "here", **around(language)}
        try:
            told = _answer(request, q, language)
            page = render(request, "portal/here.html", {**facts, **told})
        except Error:
            page = render(request, "portal/here.html", {**facts, "fault": True}, status=503)
    return unkept(page, language)


def _answer(request: HttpRequest, q: str, language: str) -> dict[str, Any]:
    place, others = asked_place(request.GET, q)
    if place is None:
        return {}
    now = timezone.now()
    every = in_force(_READER.courses(), now)

    def told(at: Place) -> list[Card]:
        own = [one for one in every if one.warns(at.region, at.shape)]
        return cards(own, language, now)

    near = shelters_near(place.point) if place.point is not None else []
    warned = [one.last.shape for one in every]
    return {
        "place": place,
        "within": place.path,
        "others": [{"place": one, "within": one.path, "cards": told(one)[:1]} for one in others],
        "is_one_of_many": any(one.name == place.name for one in others),
        "cards": told(place),
        "shelters": [_shown(one, [shape for shape in warned if shape is not None]) for one in near],
    }


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
