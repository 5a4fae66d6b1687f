"""The description for programs: OpenAPI 3.0, made from the collections themselves."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from anlan import __version__
from anlan.site.api.features import links
from anlan.site.api.features.asking.crs import CRS84, URIS
from anlan.site.api.features.asking.wish import MOST, USUAL
from anlan.site.api.features.collections import Collection, Field
from anlan.site.api.features.collections.listed import collections

Told = dict[str, Any]
_TEXT: Told = {"type": "string"}
_CRS: Told = {"type": "string", "format": "uri", "enum": URIS, "default": CRS84.uri}


def document(request: HttpRequest, title: str, about: str) -> Told:
    """The whole description."""
    paths: Told = {
        "/": _get("landing", _("Landing page"), (links.JSON, "Landing"), open_=True),
        "/conformance": _get("conformance", _("What it conforms to"), (links.JSON, "Conformance"),
                             open_=True),
        "/api": _get("api", _("How this is asked"), (links.OPENAPI, "Any"), open_=True),
        "/collections": _get("collections", _("Collections"), (links.JSON, "Collections")),
        "/collections/{collectionId}": _get(
            "collection", _("One collection"), (links.JSON, "Collection"), ["collectionId"]),
        "/collections/{collectionId}/queryables": _get(
            "queryables", _("What may be asked"), (links.SCHEMA, "Any"), ["collectionId"]),
    }  # fmt: skip
    for one in collections():
        paths |= _paths_of(one)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "description": about, "version": __version__},
        "servers": [{"url": links.at(request).rstrip("/")}],
        "paths": paths,
        "components": {
            "parameters": _PARAMETERS,
            "responses": _RESPONSES,
            "schemas": _SCHEMAS,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "anlan"},
            },
        },
        "security": [{"key": []}, {"session": []}],
    }


def _paths_of(one: Collection) -> Told:
    """The features of a collection, and one of them."""
    here = f"/collections/{one.key}/items"
    title = str(one.title)
    many = _get(f"items.{one.key}", title, (links.GEOJSON, "Features"),
                ["limit", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang",
                 "filter-crs"])  # fmt: skip
    many["get"]["parameters"] += [_asked(field) for field in one.queryables.values()]
    single = _get(f"item.{one.key}", title, (links.GEOJSON, "Feature"), ["featureId", "crs"])
    return {here: many, here + "/{featureId}": single}


def _asked(field: Field) -> Told:
    schema = {name: value for name, value in field.schema.items() if name != "title"}
    return {"name": field.name, "in": "query", "description": str(field.title),
            "required": False, "style": "form", "explode": False, "schema": schema}  # fmt: skip


def _get(
    name: str,
    title: str,
    answer: tuple[str, str],
    asked: Iterable[str] = (),
    *,
    open_: bool = False,
) -> Told:
    kind, schema = answer
    content = {kind: {"schema": _ref("schemas", schema)}, links.HTML: {"schema": _TEXT}}
    told: Told = {
        "operationId": name,
        "summary": title,
        "parameters": [_ref("parameters", one) for one in (*asked, "f")],
        "responses": {
            "200": {"description": title, "content": content},
            **{status: _ref("responses", status) for status in _RESPONSES},
        },
    }
    return {"get": told | ({"security": []} if open_ else {})}


def _ref(kind: str, name: str) -> Told:
    return {"$ref": f"#/components/{kind}/{name}"}


def _parameter(name: str, schema: Told, about: str, *, where: str = "query") -> Told:
    told = {"name": name, "in": where, "description": about, "schema": schema,
            "required": where == "path"}  # fmt: skip
    return told if where == "path" else told | {"style": "form", "explode": False}


def _object(required: Iterable[str], **properties: Told) -> Told:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(of: Told) -> Told:
    return {"type": "array", "items": of}


_PARAMETERS: Told = {
    one["name"]: one
    for one in (
        _parameter("collectionId", _TEXT, "A collection.", where="path"),
        _parameter("featureId", _TEXT, "A feature.", where="path"),
        _parameter("f", {"type": "string", "enum": ["json", "geojson", "html"]}, "Also by Accept."),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
                   "Features of a page at most."),
        _parameter("after", _TEXT, "Where the page before ended; see its link `next`."),
        _parameter("bbox", {"type": "array", "minItems": 4, "maxItems": 6,
                            "items": {"type": "number"}},
                   "West, south, east, north; in the order of bbox-crs."),
        _parameter("bbox-crs", _CRS, "The system of bbox."),
        _parameter("crs", _CRS, "The system of the answer."),
        _parameter("filter", _TEXT, "A condition in CQL2."),
        _parameter("filter-lang", {"type": "string", "enum": ["cql2-text", "cql2-json"],
                                   "default": "cql2-text"}, "How the condition is written."),
        _parameter("filter-crs", _CRS, "The system of shapes in the condition."),
        _parameter("datetime", _TEXT, "A time, or a stretch A/B; open where an end is `..`."),
    )
}  # fmt: skip
_FAULT = {links.JSON: {"schema": _ref("schemas", "Fault")}}
_RESPONSES: Told = {
    status: {"description": words, "content": _FAULT}
    for status, words in {
        "400": "A parameter is unknown or wrong; `where` names it.",
        "401": "No key or session.",
        "403": "The post or the key does not allow it.",
        "404": "Not there, or not in the jurisdiction.",
        "503": "Try again after Retry-After.",
    }.items()
}
_LINKS = _list(_ref("schemas", "Link"))
_SCHEMAS: Told = {
    "Any": {"type": "object"},
    "Fault": _object(("error", "where"), error=_TEXT, where=_TEXT),
    "Link": _object(("href",), href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
    "Landing": _object(("links",), title=_TEXT, description=_TEXT, links=_LINKS),
    "Conformance": _object(("conformsTo",), conformsTo=_list(_TEXT)),
    "Collection": _object(("id", "links"), id=_TEXT, title=_TEXT, description=_TEXT,
                          itemType=_TEXT, crs=_list(_TEXT), storageCrs=_TEXT, links=_LINKS),
    "Collections": _object(("links", "collections"), links=_LINKS, crs=_list(_TEXT),
                           collections=_list(_ref("schemas", "Collection"))),
    "Feature": _object(("type", "geometry", "properties"),
                       type={"type": "string", "enum": ["Feature"]}, id=_TEXT,
                       geometry={"type": "object", "nullable": True},
                       properties={"type": "object", "nullable": True}, links=_LINKS),
    "Features": _object(("type", "features"),
                        type={"type": "string", "enum": ["FeatureCollection"]},
                        features=_list(_ref("schemas", "Feature")), links=_LINKS,
                        timeStamp={"type": "string", "format": "date-time"},
                        numberMatched={"type": "integer", "minimum": 0},
                        numberReturned={"type": "integer", "minimum": 0}),
}  # fmt: skip
