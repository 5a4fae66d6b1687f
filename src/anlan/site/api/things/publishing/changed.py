"""Observed objects that are new or changed: each change is a row, numbered upwards."""

from typing import Final

from django.db import connection

from anlan.apps.atlas.models import ObservedObject

_AT_ONCE: Final = 500
_IS_WRITTEN: Final = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
    AND relation = %s::regclass AND pid IS DISTINCT FROM pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)"""


def changed(after: int) -> list[int]:
    """Some rows after one, in order, before which none can appear any more.

    PostgreSQL numbers a row before it commits, so a lower number may become visible later. Whoever
    has taken one holds a lock on the table until then: where nobody does, all up to the highest
    that was there before are to be seen. While one writes, none.
    """
    rows = ObservedObject.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    found = list(rows[:_AT_ONCE])
    if not found or connection.vendor != "postgresql":
        return found
    return [] if _is_written() else list(rows.filter(pk__lte=found[-1]))


def _is_written() -> bool:
    """Whether a transaction of another connection has written observed objects and goes on."""
    table = connection.ops.quote_name(ObservedObject._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_IS_WRITTEN, [table])
        return bool(cursor.fetchone()[0])
