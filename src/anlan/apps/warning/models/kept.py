"""Rows that are written once: refused here, and by triggers in the database itself."""

from typing import Any, ClassVar, Never

from django.db import connections, models
from django.utils.translation import gettext as _

from anlan.terms.errors import Refused


class KeptRows(models.QuerySet[Any]):
    """Rows that are added, and never changed or removed."""

    def update(self, **_values: Any) -> Never:
        """Refused."""
        raise Refused(_("What was written down stays as it is."))

    def delete(self) -> Never:
        """Refused."""
        raise Refused(_("What was written down stays as it is."))


class Kept(models.Model):
    """A row that is written once."""

    objects: ClassVar[models.Manager[Any]] = KeptRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **words: Any) -> None:
        """Adds the row; Refused where it is there."""
        if not self._state.adding:
            raise Refused(_("What was written down stays as it is."))
        super().save(*args, **{**words, "force_insert": True})

    def delete(self, *args: Any, **words: Any) -> Never:
        """Refused."""
        raise Refused(_("What was written down stays as it is."))


_ROWS = (
    "warning_message", "warning_edit", "warning_step", "warning_handover", "warning_addressee",
    "warning_incomingmessage", "warning_incomingreference", "warning_incomingrefusal",
    "warning_riskpush", "warning_riskstep", "warning_monthreport",
)  # fmt: skip
_WARNINGS = "warning_warning"
_SEALED = ("key", "region", "owner", "status", "pack", "cause", "rule")


def keep_rows(using: str = "default") -> None:
    """Puts the triggers in place, where the tables are."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    if not {*_ROWS, _WARNINGS} <= there:
        return
    lines = _sqlite() if connection.vendor == "sqlite" else _postgresql()
    with connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)


_CHANGED = " OR ".join(f'OLD."{name}" <> NEW."{name}"' for name in _SEALED)


def _sqlite() -> list[str]:
    stop = "BEGIN SELECT RAISE(ABORT, 'what was written down stays as it is'); END"
    lines = [
        f"CREATE TRIGGER IF NOT EXISTS {table}_kept_{when.lower()} BEFORE {when} ON {table} {stop}"
        for table in _ROWS
        for when in ("UPDATE", "DELETE")
    ]
    name = f"{_WARNINGS}_sealed"
    return [
        *lines,
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE UPDATE ON {_WARNINGS} WHEN {_CHANGED} {stop}",
        f"CREATE TRIGGER IF NOT EXISTS {_WARNINGS}_kept BEFORE DELETE ON {_WARNINGS} {stop}",
    ]


def _postgresql() -> list[str]:
    run = "FOR EACH ROW EXECUTE FUNCTION warning_stays()"
    lines = [
        f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} {run}"
        for table in _ROWS
    ]
    return [
        "CREATE OR REPLACE FUNCTION warning_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what was written down stays as it is'; END $$",
        *lines,
        f"CREATE OR REPLACE TRIGGER {_WARNINGS}_sealed BEFORE UPDATE ON {_WARNINGS} "
        f"FOR EACH ROW WHEN ({_CHANGED}) EXECUTE FUNCTION warning_stays()",
        f"CREATE OR REPLACE TRIGGER {_WARNINGS}_kept BEFORE DELETE ON {_WARNINGS} {run}",
    ]
