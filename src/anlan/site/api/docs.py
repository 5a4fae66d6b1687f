"""The API described: for programs, and at /api/docs for people, all of it from here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ninja
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

_FOLDER = Path(ninja.__file__).parent / "static" / "ninja"
_KINDS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-init.js": "text/javascript",
}
_GEOJSON = "application/geo+json"
_FAULT = {
    "type": "object",
    "required": ["error", "where"],
    "properties": {
        "error": {"type": "string", "description": "What is wrong, in a sentence."},
        "where": {"type": "string", "description": "Field or parameter; empty where it is none."},
    },
}
_REFUSALS = {
    "4XX": "400 cannot be understood, 401 no key or session, 403 not allowed, 404 not there or "
    "not in the jurisdiction, 409 somebody else was first, 422 wrong value or refused.",
    "503": "The store cannot be asked now; Retry-After says when.",
}


class Described(NinjaAPI):
    """An API whose document names its faults, and GeoJSON where it is given."""

    def get_openapi_schema(self, **words: Any) -> OpenAPISchema:
        """The document, as OpenAPI 3.1."""
        document = super().get_openapi_schema(**words)
        document["components"]["schemas"]["Fault"] = _FAULT
        for methods in document["paths"].values():
            for told in methods.values():
                _complete(told)
        return document


def _complete(told: dict[str, Any]) -> None:
    """One operation's answers."""
    fault = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
    for status, words in _REFUSALS.items():
        told["responses"][status] = {"description": words, "content": fault}
    if any(one["name"] == "f" for one in told.get("parameters", ())):
        told["responses"][200]["content"][_GEOJSON] = {"schema": {"type": "object"}}


def docs_of(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """The page of an API."""

    def docs(request: HttpRequest) -> HttpResponse:
        """Its operations, to be tried with a key or as whoever has signed in."""
        return render(request, "api_docs.html", {"title": api.title})

    return docs


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A script or style of the page, out of the package that brings it."""
    if name not in _KINDS:
        raise Http404
    answer = HttpResponse((_FOLDER / name).read_bytes(), content_type=_KINDS[name])
    answer.headers["Cache-Control"] = "max-age=3600"
    return answer
