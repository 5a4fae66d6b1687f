"""The entrance: who signs in, in which language, and as whom each request asks."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from anlan.apps.people.asker import Nobody
from anlan.apps.people.models import User
from anlan.apps.people.queries import person_of


class KeyBackend:
    """Finds and checks a user by key and password; lockout is the sign-in action's matter."""

    def authenticate(
        self, request: HttpRequest | None, key: str = "", password: str = ""
    ) -> User | None:
        """The user, or None; an unknown key takes as long as a wrong password."""
        user = User.objects.filter(key=key, is_active=True).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session."""
        return User.objects.filter(pk=user_id, is_active=True).first()


class LanguageMiddleware:
    """Chinese unless a cookie says otherwise; the browser's own wish does not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _ in settings.LANGUAGES}
        with translation.override(wanted if wanted in known else settings.LANGUAGE_CODE):
            response = self._next(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


class AskerMiddleware:
    """Puts the asker on the request: `request.asker`, with the clock read once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.asker = _asker(request)  # type: ignore[attr-defined]  # ours, beside Django's own
        return self._next(request)


def _asker(request: HttpRequest) -> Any:
    now = timezone.now()
    pk = request.session.get(SESSION_KEY)
    user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    return person_of(user, now) if user else Nobody(now)
