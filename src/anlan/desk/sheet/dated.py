"""Writing dated rows: an edit ends the standing row and begins a new one."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connections, router
from django.utils.translation import gettext as _

from anlan.desk.asker import Asker
from anlan.desk.seams import deed
from anlan.desk.sheet.declare import Sheet
from anlan.desk.sheet.writer import Change
from anlan.desk.sheet.writing import cannot_use, folded
from anlan.terms.errors import Refused

_BATCH = 500
_STEP = timedelta(microseconds=1)


@dataclass(frozen=True)
class DatedWriter:
    """Writes rows that hold for a time; words: of a row, for the search · after: what follows from
    rows that were written, in the same transaction."""

    words: Callable[[Any], str]
    after: Callable[[list[Any]], None] = lambda rows: None

    def version(self, row: Any) -> str:
        return str(row.pk)

    def write(
        self, asker: Asker, sheet: Sheet, changes: Sequence[Change], *, note: str = ""
    ) -> None:
        """Writes; Refused where somebody else changed a row since, or a key was taken."""
        key = changes[0].row.key if changes[0].row else changes[0].values["key"]  # type: ignore[index]  # a new row has values
        one = len(changes) == 1
        region = _region(changes[0]) if one else ""
        try:
            with deed(asker, sheet.change, f"{sheet.name}/{key if one else '*'}",
                      region=region) as detail:  # fmt: skip
                self._write(asker.now, sheet, changes)
                detail.update(_counted(changes, note))
        except IntegrityError as error:
            raise Refused(cannot_use()) from error

    def _write(self, now: datetime, sheet: Sheet, changes: Sequence[Change]) -> None:
        _take_turn(sheet.model)
        old = [change.row for change in changes if change.row is not None]
        moment = max([now, *(row.since + _STEP for row in old)])
        self._end(sheet, old, moment)
        rows = [self._row(sheet, c, moment) for c in changes if c.values is not None]
        sheet.model.objects.bulk_create(rows, batch_size=_BATCH)
        self.after([*rows, *(c.row for c in changes if c.values is None)])

    def _end(self, sheet: Sheet, rows: list[Any], moment: datetime) -> None:
        for start in range(0, len(rows), _BATCH):
            keys = [row.pk for row in rows[start : start + _BATCH]]
            standing = sheet.model.objects.filter(pk__in=keys, until=None)
            if standing.update(until=moment, words="") != len(keys):
                raise Refused(
                    _("Somebody else changed this since you opened it. Load it again; "
                      "nothing of yours was written over theirs.")
                )  # fmt: skip

    def _row(self, sheet: Sheet, change: Change, moment: datetime) -> Any:
        row = copy(change.row) if change.row is not None else sheet.model()
        row.pk, row.since, row.until = None, moment, None
        row._state = sheet.model()._state
        for name, value in folded(sheet, change.values or {}).items():
            setattr(row, name, value)
        row.words = self.words(row)
        return row


def _take_turn(model: Any) -> None:
    """Writers of a table stand in a row until they are done.

    Then ids grow in the order of commits, and who reads on from the highest misses none. SQLite
    has one writer in any case.
    """
    connection = connections[router.db_for_write(model)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [model._meta.db_table])


def _region(change: Change) -> str:
    values = change.values or {}
    return str(values.get("region") or getattr(change.row, "region", ""))


def _counted(changes: Sequence[Change], note: str) -> dict[str, Any]:
    made = sum(c.row is None for c in changes)
    ended = sum(c.values is None for c in changes)
    counts = {"made": made, "ended": ended, "changed": len(changes) - made - ended}
    told: dict[str, Any] = {name: count for name, count in counts.items() if count}
    return {**told, "file": note} if note else told
