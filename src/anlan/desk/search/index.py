"""The index of words: FTS5 with triggers on SQLite, GIN on PostgreSQL.

Made where it is missing: Django rebuilds a table when it alters it on SQLite, and the triggers go
with the old one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connections

from anlan.desk.search.field import WordsField

_PREFIXES = "1 2 3 4 5 6 8"
"""Lengths of beginnings with an index of their own: most codes begin alike, and without it a search
for the beginning of one would join the lists of all."""


def word_table(field: Any) -> str:
    """The name of a field's index."""
    return f"{field.model._meta.db_table}_{field.column}_fts"


def word_field(model: Any) -> Any:
    """The words of a model; LookupError where it has none."""
    for field in model._meta.local_fields:
        if isinstance(field, WordsField):
            return field
    raise LookupError(f"{model.__name__} has no words")


def vector_sql(field: Any) -> str:
    """The words of a row as PostgreSQL indexes them."""
    column = f'"{field.model._meta.db_table}"."{field.column}"'
    return f"array_to_tsvector(string_to_array({column}, ' '))"


def build_word_indexes(
    models: Iterable[Any] | None = None, using: str = "default", *, anew: bool = False
) -> None:
    """Makes the indexes that are missing; anew: all of them from the rows."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for field in _fields(models):
            if field.model._meta.db_table not in tables:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(_gin(field))
            elif anew or not _is_whole(cursor, field):
                for line in _lines(field):
                    cursor.execute(line)


def _fields(models: Iterable[Any] | None) -> Iterator[Any]:
    for model in apps.get_models() if models is None else models:
        yield from (f for f in model._meta.local_fields if isinstance(f, WordsField))


def _gin(field: Any) -> str:
    table, name = field.model._meta.db_table, word_table(field)
    return f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" USING gin ({vector_sql(field)})'


def _is_whole(cursor: Any, field: Any) -> bool:
    name = word_table(field)
    wanted = [f"{name}_{when}" for when in "iud"]
    cursor.execute(
        "SELECT count(*) FROM sqlite_master WHERE name IN (%s, %s, %s, %s)", [name, *wanted]
    )
    return bool(cursor.fetchone()[0] == 4)


def _lines(field: Any) -> list[str]:
    table, column, name = field.model._meta.db_table, field.column, word_table(field)
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
        f" content_rowid='{key}', detail='none', columnsize=0, prefix='{_PREFIXES}',"
        " tokenize='unicode61 remove_diacritics 0')",
        f'INSERT INTO "{name}"("{name}") VALUES (\'rebuild\')',  # noqa: S608 - our own names
        f'CREATE TRIGGER "{name}_i" AFTER INSERT ON "{table}" BEGIN {put}; END',
        f'CREATE TRIGGER "{name}_d" AFTER DELETE ON "{table}" BEGIN {drop}; END',
        f'CREATE TRIGGER "{name}_u" AFTER UPDATE OF "{key}", "{column}" ON "{table}"'
        f" BEGIN {drop}; {put}; END",
    ]
