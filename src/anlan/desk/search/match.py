"""Which rows hold some words: ids in ascending order, so that a page stops when it is full."""

from dataclasses import dataclass
from typing import Any

from django.db import connections, router

from anlan.desk.search.index import vector_sql, word_field, word_table
from anlan.desk.search.words import Term

MOST_IDS = 10_000


@dataclass(frozen=True, slots=True)
class Match:
    """All of these terms; and of the alternatives, each a set of words, at least one whole."""

    terms: tuple[Term, ...]
    alternatives: tuple[tuple[str, ...], ...] = ()


def matching(model: Any, match: Match, *, after: int = 0, limit: int = MOST_IDS) -> list[int]:
    """The ids of the next rows after an id that hold the words, ascending, at most `limit`."""
    if not match.terms:
        return []
    field, connection = word_field(model), connections[router.db_for_read(model)]
    key, table = model._meta.pk.column, model._meta.db_table
    if connection.vendor == "postgresql":
        sql = (
            f'SELECT "{key}" FROM "{table}" WHERE {vector_sql(field)} @@ %s::tsquery'  # noqa: S608 - the model's own names
            f' AND "{key}" > %s ORDER BY "{key}" LIMIT %s'
        )
        words = _as_tsquery(match)
    else:
        name = word_table(field)
        sql = (
            f'SELECT rowid FROM "{name}" WHERE "{name}" MATCH %s AND rowid > %s'  # noqa: S608 - the model's own names
            " ORDER BY rowid LIMIT %s"
        )
        words = _as_fts5(match)
    with connection.cursor() as cursor:
        cursor.execute(sql, [words, after, limit])
        return [int(row[0]) for row in cursor.fetchall()]


def _as_fts5(match: Match) -> str:
    # Words hold letters and digits only (see `words`), so quotes are all the escaping there is.
    parts = [f'"{t.word}"*' if t.is_prefix else f'"{t.word}"' for t in match.terms]
    ways = [" AND ".join(f'"{word}"' for word in way) for way in match.alternatives]
    if ways:
        parts.append("(" + " OR ".join(f"({way})" for way in ways) + ")")
    return " AND ".join(parts)


def _as_tsquery(match: Match) -> str:
    parts = [f"'{t.word}':*" if t.is_prefix else f"'{t.word}'" for t in match.terms]
    ways = [" & ".join(f"'{word}'" for word in way) for way in match.alternatives]
    if ways:
        parts.append("(" + " | ".join(f"({way})" for way in ways) + ")")
    return " & ".join(parts)
