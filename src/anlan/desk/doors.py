"""Who may enter a page: signed in, and with the act that it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed

View = Callable[..., HttpResponse]


def asker_of(request: HttpRequest) -> Asker:
    """Who asks, as the entrance found out."""
    return cast(Asker, request.asker)  # type: ignore[attr-defined]  # put there by the entrance


def shown_version(request: HttpRequest) -> int:
    """The state of a thing that the page showed; Malformed where the request does not say."""
    text = request.POST.get("version") or request.GET.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Malformed(_("Load the page again: it does not say which state it shows."))
    return int(text)


def signed_in(view: View) -> View:
    """For every person who has signed in; strangers are sent to the sign-in page, or away (401).

    A program is refused: its key names acts, and this page asks for none.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        if asker_of(request).program:
            raise PermissionDenied
        return view(request, *args, **words)

    return _known(wrapped)


def needs(act: str) -> Callable[[View], View]:
    """Refuses whoever has no post for the act, before anything is looked up."""

    def around(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
            if not asker_of(request).may(act):
                raise PermissionDenied
            return view(request, *args, **words)

        return _known(wrapped)

    return around


def _known(view: View) -> View:
    """Leads strangers to the sign-in page; what is no page's request is sent away with 401."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        if asker_of(request).is_known:
            return view(request, *args, **words)
        wants_page = "text/html" in request.headers.get("Accept", "")
        if request.headers.get("HX-Request") or not wants_page:
            return HttpResponse(status=401)
        return HttpResponseRedirect("/login?" + urlencode({"next": request.get_full_path()}))

    return wrapped
