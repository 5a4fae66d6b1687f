"""Reads of people, limited to the asker's jurisdiction."""

from anlan.apps.people.queries.asker import person_of, person_of_key, renewed, still_valid, user_in
from anlan.apps.people.queries.duty import (
    answering_for,
    mailboxes_of,
    on_duty,
    responsible_for,
    steps_for,
)
from anlan.apps.people.queries.reach import within
from anlan.apps.people.queries.same import same_person
from anlan.apps.people.queries.users import names_of

__all__ = [
    "answering_for",
    "mailboxes_of",
    "names_of",
    "on_duty",
    "person_of",
    "person_of_key",
    "renewed",
    "responsible_for",
    "same_person",
    "steps_for",
    "still_valid",
    "user_in",
    "within",
]
