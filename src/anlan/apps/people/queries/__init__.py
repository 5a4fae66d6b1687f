"""Reads of people, limited to the asker's jurisdiction."""

from anlan.apps.people.queries.asker import (
    person_of,
    person_of_key,
    person_of_program,
    renewed,
    still_valid,
    user_in,
)
from anlan.apps.people.queries.duty import (
    Mailbox,
    answering_for,
    mailboxes_of,
    on_duty,
    responsible_for,
    steps_for,
    steps_of,
)
from anlan.apps.people.queries.reach import within
from anlan.apps.people.queries.same import same_person
from anlan.apps.people.queries.users import names_of

__all__ = [
    "Mailbox",
    "answering_for",
    "mailboxes_of",
    "names_of",
    "on_duty",
    "person_of",
    "person_of_key",
    "person_of_program",
    "renewed",
    "responsible_for",
    "same_person",
    "steps_for",
    "steps_of",
    "still_valid",
    "user_in",
    "within",
]
