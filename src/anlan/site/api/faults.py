"""What went wrong, always as JSON: {"error": a sentence, "where": the place, or empty}."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from anlan.terms.errors import AnlanError, Malformed, Unavailable

_PATH = "/api/"
_ABSENT = "There is nothing here, or it is not in your jurisdiction."
_PLAIN = {
    400: "This request cannot be understood.",
    401: "Sign in, or send a key that holds: Authorization: Bearer KEY.",
    403: "This is not allowed.",
    404: _ABSENT,
    405: "This address does not know that method.",
    503: "The site is opening; try again.",
}


class JsonMiddleware:
    """Turns whatever page the frame answers with, for an address of the API, into JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._next(request)
        is_ours = request.path.startswith(_PATH)
        status = 403 if response.status_code == HTTPStatus.FOUND else response.status_code
        is_told = _is_json(response) or _leads_in(response)
        if not is_ours or status < HTTPStatus.BAD_REQUEST or is_told:
            return response
        told = "Set a password of your own first." if status != response.status_code else ""
        answer = fault(status, told)
        for name in ("WWW-Authenticate", "Allow", "Retry-After"):
            if name in response.headers:
                answer.headers[name] = response.headers[name]
        return answer


def _is_json(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("application/json")


def _leads_in(response: HttpResponse) -> bool:
    """Whether somebody with a browser is sent to the sign-in page, by a page among the API."""
    return response.headers.get("Location", "").startswith("/login?")


def fault(status: int, error: str = "", where: str = "") -> JsonResponse:
    """An answer that says what is wrong."""
    told = error or _PLAIN.get(status) or HTTPStatus(status).phrase
    answer = JsonResponse({"error": told, "where": where}, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def absent(request: HttpRequest) -> HttpResponse:
    """An address of the API that does not exist."""
    return fault(404)


def wire(api: NinjaAPI) -> None:
    """Tells an API how each fault is answered."""
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AnlanError, _ours)
    api.add_exception_handler(Http404, lambda request, error: fault(404))
    api.add_exception_handler(SuspiciousOperation, lambda request, error: fault(400))
    # A number, a time or a sign that no database holds cannot be known before it is asked.
    for beyond in (OverflowError, UnicodeError, DataError):
        api.add_exception_handler(beyond, lambda request, error: fault(422, "A value is too far."))


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    known = "" if error.status_code == HTTPStatus.UNAUTHORIZED else str(error)
    return fault(error.status_code, known)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    # The first two name where ninja looked: `query` and the group, or `body` and its name.
    place = [str(one) for one in first.get("loc", ())]
    return fault(422, str(first.get("msg", "")), place[-1] if place else "")


def _ours(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, Unavailable):
        answer = fault(503, str(error))
        answer.headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
        return answer
    if isinstance(error, Malformed):
        return fault(422, error.message, error.where)
    return fault(422, str(error))
