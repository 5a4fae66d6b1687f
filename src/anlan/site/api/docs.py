"""/api/docs: the API for people, with every script and style from here."""

from collections.abc import Callable
from pathlib import Path

import ninja
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI

_FOLDER = Path(ninja.__file__).parent / "static" / "ninja"
_KINDS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-init.js": "text/javascript",
}


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
