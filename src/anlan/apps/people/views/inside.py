"""What the pages of people share: who asks, in person, and how a refusal is shown."""

from typing import cast

from django.http import HttpRequest

from anlan.apps.people.asker import Person
from anlan.desk.doors import asker_of


def person_in(request: HttpRequest) -> Person:
    """The person who asks; only behind a door that lets nobody else in."""
    return cast(Person, asker_of(request))


def typed(request: HttpRequest, name: str, most: int = 256) -> str:
    """What was typed into a field, cut to a length, without signs that no database keeps."""
    return request.POST.get(name, "").replace("\0", "")[:most]
