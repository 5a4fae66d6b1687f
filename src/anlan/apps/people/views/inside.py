"""What the pages of people share: who asks, in person, and how a refusal is shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from anlan.apps.people.asker import Person
from anlan.desk.doors import View, asker_of, signed_in


def person_in(request: HttpRequest) -> Person:
    """The person who asks; only behind a door that lets nobody else in."""
    return cast(Person, asker_of(request))


def in_person(view: View) -> View:
    """Lets people in, but no program with a key: an account is its owner's matter alone."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        asker = asker_of(request)
        if not isinstance(asker, Person) or asker.program:
            raise PermissionDenied
        return view(request, *args, **words)

    return signed_in(wrapped)


def tried(do: Callable[[], object]) -> str:
    """Does it; why it was refused, or nothing."""
    from anlan.terms.errors import AnlanError

    try:
        do()
    except AnlanError as error:
        return str(error)
    return ""
