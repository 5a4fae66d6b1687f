"""Limits are put in force from a file, through the door of the ordered log."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.registry import follow_to
from anlan.apps.atlas.actions.sensors import enter
from anlan.apps.atlas.models import Limit
from anlan.desk.asker import Asker
from anlan.desk.seams import deed
from anlan.desk.sheet.declare import Sheet
from anlan.desk.sheet.writer import Change
from anlan.history.registry import limits_entry
from anlan.terms.errors import Refused
from anlan.terms.levels import Level, level_named
from anlan.terms.sensors import Limit as Entry
from anlan.terms.times import FOREVER, NEVER

_FIELDS = ("value", "deadband", "until", "source")


class LimitsWriter:
    """Writes all limits of each sensor anew: those that stand, with what changes in their place."""

    def version(self, row: Any) -> str:
        return repr([getattr(row, name) for name in _FIELDS])

    def write(
        self, asker: Asker, sheet: Sheet, changes: Sequence[Change], *, note: str = ""
    ) -> None:
        """Enters all of them, or none; Refused where one was changed since."""
        follow_to(settings.PLACE.data, asker.now)
        keys = sorted({_sensor(change) for change in changes})
        standing = _standing(keys)
        for change in changes:
            self._check(change, standing)
        limits = {**{key: _entry(vars(row)) for key, row in standing.items()}, **_told(changes)}
        entries = [limits_entry(key, rows) for key, rows in _by_sensor(limits.values()).items()]
        one = keys[0] if len(keys) == 1 else "*"
        with deed(asker, sheet.change, f"{sheet.name}/{one}") as detail:
            detail.update({"entered": len(changes), **({"file": note} if note else {})})
            enter(entries)
        follow_to(settings.PLACE.data, asker.now)

    def _check(self, change: Change, standing: Mapping[str, Any]) -> None:
        row = standing.get(str((change.values or {}).get("key") or change.row.key))
        known = [None if one is None else self.version(one) for one in (row, change.row)]
        if known[0] != known[1]:
            raise Refused(
                _("Somebody else changed this since you opened it. Load it again; "
                  "nothing of yours was written over theirs.")
            )  # fmt: skip


def _standing(keys: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in range(0, len(keys), 500):
        rows = Limit.objects.filter(sensor_key__in=keys[start : start + 500])
        found |= {row.key: row for row in rows}
    return found


def _told(changes: Iterable[Change]) -> dict[str, Entry]:
    return {str(c.values["key"]): _entry(c.values) for c in changes if c.values is not None}


def _by_sensor(limits: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for limit in sorted(limits, key=lambda one: (one.sensor, one.level, one.valid_from)):
        found.setdefault(limit.sensor, []).append(limit)
    return found


def _sensor(change: Change) -> str:
    return str(change.row.sensor_key if change.row else (change.values or {})["sensor_key"])


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
