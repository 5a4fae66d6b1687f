"""What stands around the pages that are made when somebody asks; none of them is kept anywhere."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from anlan.apps.portal.press.edition import Edition, Site
from anlan.apps.portal.press.pages import frame
from anlan.apps.portal.press.words import LANGUAGES
from anlan.apps.portal.queries import Place, place_in, places_named, thing_at


def wished(request: HttpRequest, language: str) -> str:
    """The language of an address, else of the browser."""
    told = language or request.headers.get("Accept-Language", "")[:2].lower()
    return told if told in LANGUAGES else "zh"


def around(language: str) -> dict[str, Any]:
    """The facts of the frame, at this moment."""
    here = settings.PLACE
    site = Site(here.options.name, here.options.address, here.is_demo)
    return frame(Edition(site, timezone.now(), "", (), ()), language)


def unkept(page: HttpResponse, language: str) -> HttpResponse:
    """The page, for this reader alone; where it leads does not hear of it."""
    kept = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    for name, value in {**kept, "Content-Language": language}.items():
        page.headers[name] = value
    return page


def asked_place(told: Any, q: str) -> tuple[Place | None, list[Place]]:
    """The place that a link or a name means, and the others that it may mean."""
    found = places_named(q) if q else []
    place = chosen(told) or next(iter(found), None)
    if place is None:
        return None, []
    others = [one for one in found if (one.region, one.name) != (place.region, place.name)]
    return place, others


def chosen(told: Any) -> Place | None:
    """The place that a link names: a thing by its row, or a district by its code."""
    thing, place = told.get("thing", ""), told.get("place", "")
    return thing_at(thing) if thing else place_in(place[:12].replace("\0", ""))
