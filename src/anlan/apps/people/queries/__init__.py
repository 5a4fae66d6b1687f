"""Reads of people, limited to the asker's jurisdiction."""

from anlan.apps.people.queries.asker import person_of
from anlan.apps.people.queries.reach import within

__all__ = ["person_of", "within"]
