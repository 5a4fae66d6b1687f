"""Links between what is answered, each with its relation and its media type."""

from typing import Any, Final
from urllib.parse import quote

from django.http import HttpRequest
from django.utils.translation import gettext as _

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
HTML: Final = "text/html"
SCHEMA: Final = "application/schema+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
Link = dict[str, str]


def at(request: HttpRequest, *parts: str) -> str:
    """The address of something below the landing page."""
    path = "/".join(quote(part, safe="") for part in parts)
    return request.build_absolute_uri(f"/api/features/{path}")


def link(href: str, rel: str, kind: str, title: Any = "") -> Link:
    """A link."""
    found = {"href": href, "rel": rel, "type": kind}
    return found | {"title": str(title)} if title else found


def itself(request: HttpRequest, kind: str) -> list[Link]:
    """To this document, and to its page; told the other way round on the page itself."""
    return [
        link(request.build_absolute_uri(), "self", kind, _("This document")),
        link(_asked(request, f="html"), "alternate", HTML, _("This document as a page")),
    ]


def onward(request: HttpRequest, mark: str) -> Link:
    """To the next page of features."""
    return link(_asked(request, after=mark), "next", GEOJSON, _("Next page"))


def _asked(request: HttpRequest, **words: str) -> str:
    """This address with other parameters."""
    query = request.GET.copy()
    for name, value in words.items():
        query[name] = value
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def of_landing(request: HttpRequest) -> list[Link]:
    """From the landing page to everything."""
    docs = at(request, "api")
    return [
        *itself(request, JSON),
        link(docs, "service-desc", OPENAPI, _("How this is asked, for programs")),
        link(docs + "?f=html", "service-doc", HTML, _("How this is asked, for people")),
        link(at(request, "conformance"), "conformance", JSON, _("What it conforms to")),
        link(at(request, "collections"), "data", JSON, _("Collections")),
    ]


def of_collection(request: HttpRequest, key: str, title: Any) -> list[Link]:
    """From a collection to its features, and to what may be asked of them."""
    here, items = at(request, "collections", key), at(request, "collections", key, "items")
    return [
        link(here, "self", JSON, title),
        link(here + "?f=html", "alternate", HTML, title),
        link(items, "items", GEOJSON, title),
        link(items + "?f=html", "items", HTML, title),
        link(here + "/queryables", QUERYABLES, SCHEMA, _("What may be asked")),
    ]


def of_feature(request: HttpRequest, key: str, title: Any) -> list[Link]:
    """From a feature to itself and its collection."""
    return [
        *itself(request, GEOJSON),
        link(at(request, "collections", key), "collection", JSON, title),
    ]
