"""What is answered at each address: landing page, conformance, collections, features."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja.errors import HttpError

from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of
from anlan.site.api.features import flow, links
from anlan.site.api.features.asking.crs import CRS84, URIS, crs_named
from anlan.site.api.features.asking.wish import only, wish_of
from anlan.site.api.features.collections import Collection, collection_named, collections_for
from anlan.site.api.features.conformance import CLASSES
from anlan.site.api.features.described import document
from anlan.site.api.features.door import Answer, answer
from anlan.site.api.features.extent import extent_of
from anlan.site.api.features.pages import page

_PLAIN = ("f",)


@answer(is_open=True)
def landing(request: HttpRequest, form: str) -> Answer:
    """Where everything begins."""
    only(request, _PLAIN)
    told = {"title": _title(), "description": _about(), "links": links.of_landing(request)}
    return page(request, "landing", told) if form == "html" else told


def _title() -> str:
    return _("Anlan: features")


def _about() -> str:
    return _("What stands where, standing alarms and warnings in force, of one's own jurisdiction.")


@answer(is_open=True)
def conformance(request: HttpRequest, form: str) -> Answer:
    """Which parts of which standards hold."""
    only(request, _PLAIN)
    told = {"conformsTo": CLASSES}
    return page(request, "conformance", told) if form == "html" else told


@answer(is_open=True)
def api(request: HttpRequest, form: str) -> Answer:
    """How all of this is asked."""
    only(request, _PLAIN)
    if form == "html":
        return page(request, "docs", {"title": _title()})
    body = flow.dumped(document(request, _title(), _about()))
    return HttpResponse(body, content_type=links.OPENAPI)


@answer()
def collections(request: HttpRequest, form: str) -> Answer:
    """All that the asker may see."""
    only(request, _PLAIN)
    asker = asker_of(request)
    extent = extent_of(asker)
    known = [_told(request, one, extent) for one in collections_for(asker)]
    told = {"links": links.itself(request, links.JSON), "crs": URIS, "collections": known}
    return page(request, "collections", told) if form == "html" else told


@answer()
def collection(request: HttpRequest, form: str, key: str) -> Answer:
    """One of them."""
    only(request, _PLAIN)
    asker = asker_of(request)
    told = _told(request, _seen(asker, key), extent_of(asker))
    return page(request, "collection", told) if form == "html" else told


@answer()
def queryables(request: HttpRequest, form: str, key: str) -> Answer:
    """What may be asked of a collection's features, as a JSON schema."""
    only(request, _PLAIN)
    one = _seen(asker_of(request), key)
    told: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": links.at(request, "collections", key, "queryables"),
        "type": "object",
        "title": str(one.title),
        "properties": {
            "geometry": {"title": _("Place"), "x-ogc-role": "primary-geometry",
                         "format": "geometry-any"},
            **{name: field.schema for name, field in one.queryables.items()},
        },
        "additionalProperties": False,
    }  # fmt: skip
    if form == "html":
        return page(request, "queryables", told | {"key": key})
    return HttpResponse(flow.dumped(told), content_type=links.SCHEMA)


@answer(form="geojson")
def items(request: HttpRequest, form: str, key: str) -> Answer:
    """A page of features."""
    asker = asker_of(request)
    one = _seen(asker, key)
    wish = wish_of(request, asker, one)
    if form == "html":
        found = flow.first(wish)
        shown = flow.features_of(one, found.rows, wish.crs)
        onward = links.onward(request, found.next)["href"] if found.next else ""
        return page(request, "items", {"one": one, "features": shown, "next": onward})
    body = flow.collected(request, asker, wish)
    return _sent(StreamingHttpResponse(body, content_type=links.GEOJSON), wish.crs.uri)


@answer(form="geojson")
def item(request: HttpRequest, form: str, key: str, feature: str) -> Answer:
    """One feature."""
    only(request, (*_PLAIN, "crs"))
    asker = asker_of(request)
    one, crs = _seen(asker, key), crs_named(request.GET.get("crs", ""), "crs")
    rows = list(one.rows(asker).filter(one.keyed(feature))[:1])
    found = flow.features_of(one, rows, crs)
    if not found:
        raise Http404
    if form == "html":
        return page(request, "item", {"one": one, "feature": found[0]})
    ways = flow.dumped(links.of_feature(request, key, one.title))
    body = f'{found[0].text},"links":{ways}}}'
    return _sent(HttpResponse(body, content_type=links.GEOJSON), crs.uri)


def _seen(asker: Asker, key: str) -> Collection:
    """A collection that the asker may see."""
    found = collection_named(key)
    if found is None:
        raise Http404
    if not asker.may(found.act):
        raise HttpError(403, f"This needs the right {found.act}.")
    return found


def _told(request: HttpRequest, one: Collection, extent: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": one.key,
        "title": str(one.title),
        "description": str(one.about),
        "extent": extent,
        "itemType": "feature",
        "crs": URIS,
        "storageCrs": CRS84.uri,
        "links": links.of_collection(request, one.key, one.title),
    }


def _sent(
    body: HttpResponse | StreamingHttpResponse, uri: str
) -> HttpResponse | StreamingHttpResponse:
    body.headers["Content-Crs"] = f"<{uri}>"
    return body
