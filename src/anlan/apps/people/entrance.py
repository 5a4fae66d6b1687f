"""The entrance: who signs in, in which language, and as whom each request asks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.cookie import parse_cookie
from django.utils import timezone, translation

from anlan.apps.people.actions.signin import check_password
from anlan.apps.people.asker import Nobody, Person
from anlan.apps.people.models import ApiKey, Session, User
from anlan.apps.people.queries import person_of, person_of_key, still_valid, user_in

_Next = Callable[[HttpRequest], HttpResponse]
_BEARER = "bearer "
_SEEN = timedelta(minutes=1)
_FREE = ("/account/password", "/logout", "/language", "/static/", "/healthz")
"""Where somebody may go whose password somebody else has set."""

_SOURCES = ("/api/sensorthings/",)
"""Where a key may also be that of a source, which is looked at there."""


class KeyBackend:
    """Finds and checks a user by key and password, with all the care of the sign-in action."""

    def authenticate(
        self, request: HttpRequest | None, key: str = "", password: str = ""
    ) -> User | None:
        """The user, or None; an unknown key takes as long as a wrong password."""
        return check_password(key=key, password=password, now=timezone.now())

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def is_known(cookies: str, authorization: str) -> bool:
    """Whether a request with these headers comes from somebody, before Django has seen it."""
    now, secret = timezone.now(), _secret_in(authorization)
    if secret is not None:
        return person_of_key(secret, now) is not None
    return still_valid(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, ""), now)


class LanguageMiddleware:
    """Chinese unless a cookie says otherwise; the browser's own wish does not count."""

    def __init__(self, get_response: _Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _ in settings.LANGUAGES}
        with translation.override(wanted if wanted in known else settings.LANGUAGE_CODE):
            response = self._next(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


class AskerMiddleware:
    """Puts the asker on the request: `request.asker`, with the clock read once.

    A person comes with a session, a program with `Authorization: Bearer` and its key.
    """

    def __init__(self, get_response: _Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("a NUL sign in the address")
        now = timezone.now()
        secret = _secret_in(request.headers.get("Authorization", ""))
        if secret is not None:
            return self._program(request, secret, now)
        user = user_in(request.session)
        asker = person_of(user, now) if user else Nobody(now)
        request.asker = asker  # type: ignore[attr-defined]  # ours, beside Django's own
        if user and user.must_change and not request.path.startswith(_FREE):
            return _to_password(request)
        if user:
            _see(request, now)
        return self._next(request)

    def _program(self, request: HttpRequest, secret: str, now: datetime) -> HttpResponse:
        asker: Person | Nobody | None = person_of_key(secret, now)
        if asker is None and request.method == "POST" and request.path.startswith(_SOURCES):
            asker = Nobody(now)
        if asker is None:
            return HttpResponse("this key is none, or no longer\n", "text/plain", 401,
                                headers={"WWW-Authenticate": "Bearer"})  # fmt: skip
        # A foreign page cannot send this header, so the form's token has nothing to guard.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's own switch
        request.asker = asker  # type: ignore[attr-defined]  # ours, beside Django's own
        if isinstance(asker, Person):
            use(asker, now)
        return self._next(request)


def _secret_in(authorization: str) -> str | None:
    """A program's key; None where it comes without one."""
    is_bearer = authorization[: len(_BEARER)].lower() == _BEARER
    return authorization[len(_BEARER) :].strip() if is_bearer else None


def _to_password(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403, headers={"HX-Redirect": "/account/password"})
    return HttpResponseRedirect("/account/password")


def _see(request: HttpRequest, now: datetime) -> None:
    """Writes down once a minute that a session is at work."""
    seen = getattr(request.session, "seen_at", None)
    if seen is None or now - seen > _SEEN:
        Session.objects.filter(session_key=request.session.session_key).update(seen_at=now)


def use(asker: Person, now: datetime) -> None:
    """Writes down once a minute that a key is in use."""
    ApiKey.objects.filter(key=asker.program).exclude(used_at__gt=now - _SEEN).update(used_at=now)
