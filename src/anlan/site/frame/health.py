"""GET /healthz: the loop's own health, for whoever watches over the site."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from anlan import __version__
from anlan.site.frame.live import ask_live

_FIELDS = ("status", "version", "readings", "changes", "last_reading_at", "lag_s")


def healthz(request: HttpRequest) -> JsonResponse:
    """What the live process says of itself; 503 while it does not, with what is known."""
    told = ask_live("/healthz")
    if told is None or "status" not in told:
        status = "cut off" if settings.PLACE.ready_file.exists() else "starting"
        told = {"status": status, "version": __version__}
    body = {name: told.get(name) for name in _FIELDS}
    return JsonResponse(body, status=200 if told["status"] == "ok" else 503)
