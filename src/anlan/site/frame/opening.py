"""While the site opens: every page says so, until the records are ready."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_OPEN = ("/healthz", "/static/")


class OpeningMiddleware:
    """Answers 503 with a page that loads itself again, until `prepare` is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next, self._is_open = get_response, False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self._is_open = self._is_open or settings.PLACE.ready_file.exists()
        if self._is_open or request.path.startswith(_OPEN):
            return self._next(request)
        page = render(request, "opening.html", status=503)
        page.headers["Refresh"] = "2"
        return page
