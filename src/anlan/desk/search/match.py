"""Which rows hold some words: ids in ascending order, so that a page stops when it is full."""

from typing import Any

from django.db import connections, router

from anlan.desk.search.index import make_of, word_field
from anlan.desk.search.words import Match

MOST_IDS = 10_000


def matching(model: Any, match: Match, *, after: int = 0, limit: int = MOST_IDS) -> list[int]:
    """The ids of the next rows after an id that hold the words, ascending, at most `limit`."""
    if not match.terms:
        return []
    connection = connections[router.db_for_read(model)]
    sql, values = make_of(connection.vendor).question(word_field(model), match, after, limit)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [int(row[0]) for row in cursor.fetchall()]
