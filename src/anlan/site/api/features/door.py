"""Who may come in, and in which form the answer goes out."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import DataError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from ninja.errors import HttpError

from anlan.desk.doors import asker_of
from anlan.site.api.faults import fault
from anlan.site.api.features.flow import dumped
from anlan.site.api.features.links import JSON
from anlan.terms.errors import Malformed, Unavailable

Answer = dict[str, Any] | HttpResponse | StreamingHttpResponse
_Whole = HttpResponse | StreamingHttpResponse
_ASKED = ("GET", "HEAD", "OPTIONS")


def answer(
    *, form: str = "json", is_open: bool = False
) -> Callable[[Callable[..., Answer]], Callable[..., _Whole]]:
    """Turns what a view gives into an answer, and what goes wrong into a fault that names it.

    form: the word for what programs read · is_open: also for strangers.
    """

    def around(view: Callable[..., Answer]) -> Callable[..., _Whole]:
        @wraps(view)
        def wrapped(request: HttpRequest, **words: str) -> _Whole:
            if request.method not in _ASKED:
                return _allowed(fault(405))
            if request.method == "OPTIONS":
                return _allowed(HttpResponse(status=204))
            try:
                wanted = _form(request, form)
                return _stranger(request, wanted, is_open) or _whole(view(request, wanted, **words))
            except (Malformed, Unavailable, Http404, HttpError) as error:
                return _told(error)
            except (OverflowError, UnicodeError, DataError):
                # A number, a time or a sign that no database holds.
                return fault(400, "A value is too far.")

        return wrapped

    return around


def _form(request: HttpRequest, form: str) -> str:
    """`html`, or what programs read."""
    wanted = request.GET.get("f", "")
    if wanted not in ("", form, "json", "html"):
        raise Malformed(f"It is one of {form} html.", where="f")
    accepts = request.headers.get("Accept", "")
    return "html" if wanted == "html" or (not wanted and "text/html" in accepts) else form


def _stranger(request: HttpRequest, form: str, is_open: bool) -> HttpResponse | None:
    """Who is not known is sent to the sign-in page, or told that a key is needed."""
    if is_open or asker_of(request).is_known:
        return None
    if form == "html":
        return HttpResponseRedirect("/login?" + urlencode({"next": request.get_full_path()}))
    return fault(401)


def _whole(given: Answer) -> _Whole:
    body = given if not isinstance(given, dict) else HttpResponse(dumped(given), content_type=JSON)
    body.headers["Vary"] = "Accept, Authorization, Cookie"
    return body


def _allowed(body: HttpResponse) -> HttpResponse:
    body.headers["Allow"] = ", ".join(_ASKED)
    return body


def _told(error: Exception) -> HttpResponse:
    if isinstance(error, Malformed):
        return fault(400, error.message, error.where)
    if isinstance(error, Unavailable):
        body = fault(503, str(error))
        body.headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
        return body
    return fault(error.status_code, str(error)) if isinstance(error, HttpError) else fault(404)
