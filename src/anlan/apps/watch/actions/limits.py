"""The limit of the level that a sensor is at, where a change tells that of the one it left."""

from collections.abc import Iterable

from anlan.apps.atlas.models import Limit
from anlan.apps.watch.actions.standing import moment
from anlan.apps.watch.queries.placing import chunks
from anlan.terms.changes import Change


class Limits:
    """The limits of some sensors, by sensor and level."""

    def __init__(self, rows: Iterable[Limit] = ()) -> None:
        self._rows: dict[tuple[str, int], list[Limit]] = {}
        for row in rows:
            self._rows.setdefault((row.sensor_key, row.level), []).append(row)

    @classmethod
    def of(cls, changes: Iterable[Change]) -> "Limits":
        """The limits of the sensors of some changes, as the registry's projection has them."""
        keys = sorted({change.sensor for change in changes if change.sensor})
        return cls(
            row for some in chunks(keys) for row in Limit.objects.filter(sensor_key__in=some)
        )

    def at(self, change: Change) -> float | None:
        """The limit of the level that a change ends at, in force then; None where none is known.

        Only the rule named `level` goes by the limits of the sensors.
        """
        if not change.rule.endswith(".level") or not change.sensor:
            return None
        then = moment(change.at)
        held = [
            row
            for row in self._rows.get((change.sensor, int(change.after)), ())
            if (row.since or then) <= then and (row.until is None or then < row.until)
        ]
        # Of rows that overlap the one that began later holds, as in the engine.
        newest = max(
            held, key=lambda row: row.since.timestamp() if row.since else 0.0, default=None
        )
        return None if newest is None else newest.value
