"""How long after something else a moment was, counted by the database in whole seconds."""

from typing import Any

from django.db.models import Func, IntegerField


class Lag(Func):
    """Seconds from the second moment to the first, rounded up to whole ones, never below nothing;
    NULL where either moment is.

    SQLite counts in milliseconds, PostgreSQL in microseconds; a group for each second is what
    thousands of rows become.
    """

    output_field = IntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **words: Any) -> Any:
        """By the days since the beginning of its calendar."""
        span = "(julianday(%(left)s) - julianday(%(right)s)) * 86400.0"
        form = f"MAX(0, CAST({span} + 0.9995 AS INTEGER))"
        return self._filled(compiler, form)

    def as_postgresql(self, compiler: Any, connection: Any, **words: Any) -> Any:
        """By its own spans of time."""
        form = "GREATEST(0, CEIL(EXTRACT(EPOCH FROM (%(left)s - %(right)s))))::integer"
        return self._filled(compiler, form)

    def _filled(self, compiler: Any, form: str) -> Any:
        """Asked first whether both are there: GREATEST of PostgreSQL passes over what is not."""
        (left, some), (right, more) = (compiler.compile(one) for one in self.source_expressions)
        whole = f"CASE WHEN %(left)s IS NULL OR %(right)s IS NULL THEN NULL ELSE {form} END"
        return whole % {"left": left, "right": right}, (*some, *more, *some, *more)
