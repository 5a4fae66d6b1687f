"""The index of words, made where it is missing or of an older make."""

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db import connections

from anlan.desk.search import fts, gin
from anlan.desk.search.field import WordsField

_MAKES = {"sqlite": fts, "postgresql": gin}


def make_of(vendor: str) -> ModuleType:
    """How a database makes its index and asks it: `is_whole`, `lines`, `question`."""
    return _MAKES[vendor]


def word_field(model: Any) -> WordsField:
    """The words of a model; LookupError where it has none."""
    for field in _fields([model]):
        return field
    raise LookupError(f"{model.__name__} has no words")


def build_word_indexes(
    models: Iterable[Any] | None = None, using: str = "default", *, anew: bool = False
) -> None:
    """Makes the indexes that are not whole; anew: all of them from the rows."""
    connection = connections[using]
    make = make_of(connection.vendor)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for field in _fields(models):
            if field.model._meta.db_table not in tables:
                continue
            if anew or not make.is_whole(cursor, field):
                for line in make.lines(field):
                    cursor.execute(line)


def _fields(models: Iterable[Any] | None) -> Iterator[WordsField]:
    for model in apps.get_models() if models is None else models:
        yield from (f for f in model._meta.local_fields if isinstance(f, WordsField))
