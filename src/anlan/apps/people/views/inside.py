"""What the pages of people share: who asks, in person, and how a refusal is shown."""

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


def typed(request: HttpRequest, name: str, most: int = 256) -> str:
    """What was typed into a field, cut to a length, without signs that no database keeps."""
    return request.POST.get(name, "").replace("\0", "")[:most]
