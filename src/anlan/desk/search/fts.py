"""The index of words on SQLite: FTS5, kept by triggers.

Django rebuilds a table when it alters it, and the triggers go with the old one.
"""

from typing import Any

from anlan.desk.search.field import WordsField
from anlan.desk.search.words import BEGINNINGS, Match


def is_whole(cursor: Any, field: WordsField) -> bool:
    """Whether the index is there with all its triggers."""
    name = field.index_name
    wanted = [f"{name}_{when}" for when in "iud"]
    cursor.execute(
        "SELECT count(*) FROM sqlite_master WHERE name IN (%s, %s, %s, %s)", [name, *wanted]
    )
    return bool(cursor.fetchone()[0] == 4)


def lines(field: WordsField) -> list[str]:
    """What makes the index from the rows."""
    table, column, name = field.model._meta.db_table, field.column, field.index_name
    key = field.model._meta.pk.column
    put = f'INSERT INTO "{name}"(rowid, words) VALUES (new."{key}", new."{column}")'  # noqa: S608 - our own names
    drop = (
        f'INSERT INTO "{name}"("{name}", rowid, words)'  # noqa: S608 - our own names
        f' VALUES (\'delete\', old."{key}", old."{column}")'
    )
    return [
        *(f'DROP TRIGGER IF EXISTS "{name}_{when}"' for when in "iud"),
        f'DROP TABLE IF EXISTS "{name}"',
        f"CREATE VIRTUAL TABLE \"{name}\" USING fts5(words, content='{table}',"
        f" content_rowid='{key}', detail='none', columnsize=0,"
        f" prefix='{' '.join(map(str, BEGINNINGS))}', tokenize='unicode61 remove_diacritics 0')",
        f'INSERT INTO "{name}"("{name}") VALUES (\'rebuild\')',  # noqa: S608 - our own names
        f'CREATE TRIGGER "{name}_i" AFTER INSERT ON "{table}" BEGIN {put}; END',
        f'CREATE TRIGGER "{name}_d" AFTER DELETE ON "{table}" BEGIN {drop}; END',
        f'CREATE TRIGGER "{name}_u" AFTER UPDATE OF "{key}", "{column}" ON "{table}"'
        f" BEGIN {drop}; {put}; END",
    ]


def question(field: WordsField, match: Match, after: int, limit: int) -> tuple[str, list[Any]]:
    """The SQL of the next ids, and its values."""
    name = field.index_name
    sql = (
        f'SELECT rowid FROM "{name}" WHERE "{name}" MATCH %s AND rowid > %s'  # noqa: S608 - our own names
        " ORDER BY rowid LIMIT %s"
    )
    return sql, [_words(match), after, limit]


def _words(match: Match) -> str:
    # Words hold letters and digits only (see `words`), so quotes are all the escaping there is.
    parts = [f'"{t.word}"*' if t.is_prefix else f'"{t.word}"' for t in match.terms]
    ways = [" AND ".join(f'"{word}"' for word in way) for way in match.alternatives]
    if ways:
        parts.append("(" + " OR ".join(f"({way})" for way in ways) + ")")
    return " AND ".join(parts)
