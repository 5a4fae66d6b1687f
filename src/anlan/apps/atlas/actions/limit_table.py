"""The limits of a file are proposed by one person and put in force together by another."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.deciding import put_in_force
from anlan.apps.atlas.actions.registry import follow_to
from anlan.apps.atlas.models import Limit, LimitFile
from anlan.apps.atlas.queries.limits import file_for
from anlan.apps.people.models.naming import new_key
from anlan.desk.asker import Asker
from anlan.desk.seams import deed
from anlan.desk.sheet.declare import Sheet
from anlan.desk.sheet.writer import Change
from anlan.history.registry import limit_entry, limit_of, limits_entry
from anlan.terms.errors import Refused
from anlan.terms.levels import Level, level_named
from anlan.terms.places import above_all
from anlan.terms.sensors import Limit as Entry
from anlan.terms.times import FOREVER, NEVER

_FIELDS = ("value", "deadband", "until", "source")


class LimitsWriter:
    """Proposes what a file changes; nothing holds before another person has approved it."""

    def version(self, row: Any) -> str:
        return _version(row)

    def write(
        self, asker: Asker, sheet: Sheet, changes: Sequence[Change], *, note: str = ""
    ) -> None:
        """Puts all of them forward as one proposal; Refused where one was changed since."""
        follow_to(settings.PLACE.data, asker.now)
        rows = [_row(change) for change in changes]
        _check(rows)
        region = above_all(str((change.values or {})["region"]) for change in changes)
        if not region:
            raise Refused(
                _("The file names sensors of several provinces: make a file for each of them.")
            )
        key = new_key()
        with deed(asker, sheet.change, f"limits/files/{key}", region=region) as detail:
            detail.update({"rows": len(rows), "file": note})
            LimitFile.objects.create(
                key=key, region=region, digest=note, count=len(rows), rows=rows,
                proposed_by=asker.key, proposed_name=asker.name, proposed_at=asker.now,
            )  # fmt: skip


def approve_file(asker: Asker, key: str, *, version: int) -> None:
    """Approves a file and enters its limits, all or none; other limits of its sensors stay."""
    file = file_for(asker, key)

    def entries() -> list[dict[str, Any]]:
        standing = _check(file.rows)
        limits = {key: _entry(vars(row)) for key, row in standing.items()}
        limits |= {row["key"]: limit_of(row["entry"]) for row in file.rows}
        return [limits_entry(key, rows) for key, rows in _by_sensor(limits.values()).items()]

    put_in_force(asker, file, entries, version=version, rows=file.count)


def _row(change: Change) -> dict[str, Any]:
    values, row = change.values or {}, change.row
    return {
        "key": values["key"],
        "entry": limit_entry(_entry(values)),
        "before": None if row is None else row.value,
        "version": None if row is None else _version(row),
    }


def _check(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All limits of the sensors of some rows, by key; Refused where one is not as it was."""
    standing = _standing(sorted({row["entry"]["sensor"] for row in rows}))
    for row in rows:
        found = standing.get(row["key"])
        if (None if found is None else _version(found)) != row["version"]:
            raise Refused(
                _("A limit of the file was changed after the file was checked. "
                  "Check the file again; nothing was written over the change.")
            )  # fmt: skip
    return standing


def _version(row: Any) -> str:
    return repr([getattr(row, name) for name in _FIELDS])


def _standing(keys: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in range(0, len(keys), 500):
        rows = Limit.objects.filter(sensor_key__in=keys[start : start + 500])
        found |= {row.key: row for row in rows}
    return found


def _by_sensor(limits: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for limit in sorted(limits, key=lambda one: (one.sensor, one.level, one.valid_from)):
        found.setdefault(limit.sensor, []).append(limit)
    return found


def _entry(told: Mapping[str, Any]) -> Entry:
    level = told["level"]
    return Entry(
        sensor=told["sensor_key"],
        level=Level(level) if isinstance(level, int) else level_named(level),
        value=told["value"],
        direction=told["direction"],
        deadband=told.get("deadband") or 0.0,
        valid_from=_ms(told.get("since"), NEVER),
        valid_to=_ms(told.get("until"), FOREVER),
        source=told.get("source") or "",
    )


def _ms(moment: Any, open_: int) -> int:
    return open_ if moment is None else round(moment.timestamp() * 1000)
