"""The index of a shape: R*Tree with triggers on SQLite, GiST on PostgreSQL.

Django rebuilds a table when it alters it on SQLite, and its triggers go silently: after every
migration an index whose triggers are not all there is made anew.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connections

from anlan.desk.geometry.field import ShapeField


def index_table(field: Any) -> str:
    """The name of a field's R*Tree."""
    return f"{field.model._meta.db_table}_{field.column}_rtree"


def shape_fields(models: Iterable[Any] | None = None) -> Iterator[Any]:
    """The shape fields of these models, or of all."""
    for model in apps.get_models() if models is None else models:
        for field in model._meta.local_fields:
            if isinstance(field, ShapeField) and model._meta.managed:
                yield field


def build_indexes(
    models: Iterable[Any] | None = None, using: str = "default", *, anew: bool = False
) -> None:
    """Makes the indexes of these models' shapes, or of all, where they are not whole; anew: all."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for field in shape_fields(models):
        if field.model._meta.db_table in tables:
            with connection.cursor() as cursor:
                if not anew and connection.vendor == "sqlite" and _is_whole(cursor, field):
                    continue
                for line in _lines(field, connection.vendor):
                    cursor.execute(line)


def count_indexed(field: Any, using: str = "default") -> tuple[int, int]:
    """(rows with a shape, rows in its index); on PostgreSQL both are the former."""
    connection = connections[using]
    table, column = field.model._meta.db_table, field.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}_w" IS NOT NULL')  # noqa: S608 - our own names
        rows = int(cursor.fetchone()[0])
        if connection.vendor != "sqlite":
            return rows, rows
        cursor.execute(f'SELECT count(*) FROM "{index_table(field)}"')  # noqa: S608 - our own names
        return rows, int(cursor.fetchone()[0])


def _is_whole(cursor: Any, field: Any) -> bool:
    tree = index_table(field)
    parts = [tree, *(f"{tree}_{when}" for when in "iud")]
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE name IN (%s, %s, %s, %s)", parts)
    return bool(cursor.fetchone()[0] == 4)


def _lines(field: Any, vendor: str) -> list[str]:
    table, column, tree = field.model._meta.db_table, field.column, index_table(field)
    if vendor == "postgresql":
        return [f'CREATE INDEX IF NOT EXISTS "{tree}" ON "{table}" USING gist ("{column}")']
    if vendor != "sqlite":
        return []
    sides = ", ".join(f'"{column}_{side}"' for side in ("w", "e", "s", "n"))
    new = ", ".join(f'new."{column}_{side}"' for side in ("w", "e", "s", "n"))
    key = field.model._meta.pk.column
    put = f'INSERT OR REPLACE INTO "{tree}" SELECT new."{key}", {new}'
    drop = f'DELETE FROM "{tree}" WHERE id = old."{key}"'  # noqa: S608 - our own names
    known = f'WHERE new."{column}_w" IS NOT NULL'
    return [
        f'DROP TRIGGER IF EXISTS "{tree}_i"',
        f'DROP TRIGGER IF EXISTS "{tree}_u"',
        f'DROP TRIGGER IF EXISTS "{tree}_d"',
        f'DROP TABLE IF EXISTS "{tree}"',
        f'CREATE VIRTUAL TABLE "{tree}" USING rtree(id, w, e, s, n)',
        f'INSERT INTO "{tree}" SELECT "{key}", {sides} FROM "{table}"'  # noqa: S608 - our own names
        f' WHERE "{column}_w" IS NOT NULL',
        f'CREATE TRIGGER "{tree}_i" AFTER INSERT ON "{table}" BEGIN {put} {known}; END',
        f'CREATE TRIGGER "{tree}_u" AFTER UPDATE ON "{table}" BEGIN {drop}; {put} {known}; END',
        f'CREATE TRIGGER "{tree}_d" AFTER DELETE ON "{table}" BEGIN {drop}; END',
    ]
