"""GET /healthz: the loop's own health, for whoever watches over the site."""

import http.client
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from anlan import __version__
from anlan.live.reach import running
from anlan.terms.errors import AnlanError

_FIELDS = ("status", "version", "readings", "changes", "last_reading_at", "lag_s")


def healthz(request: HttpRequest) -> JsonResponse:
    """What the live process says of itself; 503 while it does not, with what is known."""
    told = ask_live()
    if told is None:
        status = "cut off" if settings.PLACE.ready_file.exists() else "starting"
        told = dict.fromkeys(_FIELDS) | {"status": status, "version": __version__}
    body = {name: told.get(name) for name in _FIELDS}
    return JsonResponse(body, status=200 if told["status"] == "ok" else 503)


def ask_live() -> dict[str, Any] | None:
    """The health of the live process; None where it does not answer."""
    try:
        live = running(settings.PLACE.data)
        if live is None:
            return None
        try:
            told = live.ask("GET", "/healthz")
        finally:
            live.close()
    except (AnlanError, OSError, ValueError, http.client.HTTPException):
        return None
    return told if isinstance(told, dict) and "status" in told else None
