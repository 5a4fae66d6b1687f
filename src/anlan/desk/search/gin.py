"""The index of words on PostgreSQL: GIN, whose lists of rows are cut into blocks of ids.

GIN answers with all rows of a word at once, in no order of ids: half of all enterprises for a word
of every second name. So each lexeme carries the block of its row (`3:水库`), and the blocks are
asked one after another until there are enough ids. Beginnings are lexemes of their own (`3.919`).
"""

from typing import Any

from anlan.desk.search.field import WordsField
from anlan.desk.search.words import BEGINNINGS, Match, Term

_LEXEMES = "anlan_lexemes_1"
"""The function that makes them; it gets the next number when it makes others."""
_BLOCK_BITS = 16
_PENDING_KB = 256
"""How much GIN may leave unsorted; every block that is asked reads through it."""

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {_LEXEMES}(id bigint, words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
SELECT array_to_tsvector(array(
    SELECT (id >> {_BLOCK_BITS}) || ':' || word FROM unnest(string_to_array(words, ' ')) word
    UNION ALL
    SELECT (id >> {_BLOCK_BITS}) || '.' || left(word, size)
    FROM unnest(string_to_array(words, ' ')) word, unnest(ARRAY{list(BEGINNINGS)}) size
    WHERE size < length(word)
)) $$
"""  # noqa: S608 - our own numbers


def is_whole(cursor: Any, field: WordsField) -> bool:
    """Whether the index is there with the lexemes of today."""
    cursor.execute(
        "SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema()"
        " AND indexname = %s AND indexdef LIKE %s",
        [field.index_name, f"%{_LEXEMES}(%"],
    )
    return bool(cursor.fetchone()[0])


def lines(field: WordsField) -> list[str]:
    """What makes the index from the rows."""
    name, table = field.index_name, field.model._meta.db_table
    return [
        _FUNCTION,
        f'DROP INDEX IF EXISTS "{name}"',
        f'CREATE INDEX "{name}" ON "{table}" USING gin ({_vector(field)})'
        f" WITH (gin_pending_list_limit = {_PENDING_KB})",
    ]


def question(field: WordsField, match: Match, after: int, limit: int) -> tuple[str, list[Any]]:
    """The SQL of the next ids, and its values."""
    table, key = field.model._meta.db_table, field.model._meta.pk.column
    # Each OFFSET 0 keeps the planner from joining what is inside with what is outside: the blocks
    # come in order, and none is asked once the limit is reached.
    sql = f"""
        SELECT found.id FROM (
            SELECT number FROM generate_series(
                %s::bigint >> {_BLOCK_BITS}, (SELECT max("{key}") FROM "{table}") >> {_BLOCK_BITS}
            ) number ORDER BY number OFFSET 0
        ) block CROSS JOIN LATERAL (
            SELECT "{key}" AS id FROM "{table}"
            WHERE {_vector(field)} @@ replace(%s, '~', number::text)::tsquery OFFSET 0
        ) found
        WHERE found.id > %s ORDER BY number, found.id LIMIT %s
    """  # noqa: S608 - our own names
    return sql, [after, _words(match), after, limit]


def _vector(field: WordsField) -> str:
    table = field.model._meta.db_table
    return f'{_LEXEMES}("{table}"."{field.model._meta.pk.column}", "{table}"."{field.column}")'


def _words(match: Match) -> str:
    """A tsquery with ~ for the block; words hold letters and digits only (see `words`)."""
    parts = [_term(term) for term in match.terms]
    ways = [" & ".join(f"'~:{word}'" for word in way) for way in match.alternatives]
    if ways:
        parts.append("(" + " | ".join(f"({way})" for way in ways) + ")")
    return " & ".join(parts)


def _term(term: Term) -> str:
    if not term.is_prefix:
        return f"'~:{term.word}'"
    if len(term.word) in BEGINNINGS:
        return f"('~:{term.word}' | '~.{term.word}')"
    return f"'~:{term.word}':*"
