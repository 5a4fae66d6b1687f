"""Who may come in: a program with its key, or a browser that has signed in."""

from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer

from anlan.apps.people.asker import Person
from anlan.desk.doors import asker_of


class Key(HttpBearer):
    """`Authorization: Bearer` with a key; the entrance has already turned it into a person."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The asker of a key that holds."""
        asker = asker_of(request)
        return asker if getattr(asker, "program", "") else None


class Browser(APIKeyCookie):
    """A session; what it writes carries the token against foreign forms in `X-CSRFToken`."""

    param_name = "anlan"

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The asker who has signed in."""
        asker = asker_of(request)
        return asker if asker.is_known and not getattr(asker, "program", "") else None


def asker_with(request: HttpRequest, act: str) -> Person:
    """Who asks, where a post and, for a program, its key allow an act; else 403."""
    asker = asker_of(request)
    if not isinstance(asker, Person) or not asker.may(act):
        raise HttpError(403, f"This needs the right {act}.")
    return asker
