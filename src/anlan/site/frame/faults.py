"""Pages for what went wrong: in the user's words, what happened and what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anlan.terms.errors import AnlanError, Unavailable


class FaultsMiddleware:
    """Turns an error of the family that a page let through into a page that says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._next(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """422 for what was asked wrongly or may not be, 503 for what cannot be done now."""
        if isinstance(error, Unavailable):
            return _page(request, 503, str(error))
        return _page(request, 422, str(error)) if isinstance(error, AnlanError) else None


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not ours, or too old."""
    return _page(request, 403, _("This form is too old. Go back, load the page again, and retry."))


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(request, 400, _("This request cannot be understood."))


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    told = str(exception) or _("Your post does not allow this.")
    return _page(request, 403, told)


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there and not yours look the same."""
    return _page(request, 404, _("There is nothing here, or it is not in your jurisdiction."))


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    told = _("Something is wrong here. Nothing of your entry was stored; the fault is in the log.")
    return _page(request, 500, told)


def _page(request: HttpRequest, status: int, told: str) -> HttpResponse:
    return render(request, "desk/fault.html", {"status": status, "told": told}, status=status)
