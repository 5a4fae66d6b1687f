"""Limits and proposals the way a person reads them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from anlan.apps.atlas.actions.limits_preview import state_of
from anlan.apps.atlas.actions.registry import moment_of
from anlan.apps.atlas.meaning import mark_title, quantity_title, rule_title, unit_of_quantity
from anlan.apps.atlas.models import LimitChange, LimitFile, Sensor
from anlan.apps.atlas.queries.limits import Line, why_not_decide, why_not_withdraw
from anlan.apps.atlas.queries.objects import objects, sensors
from anlan.apps.atlas.trial import DAYS
from anlan.desk.asker import Asker
from anlan.history.registry import limit_of
from anlan.packs.units import shown
from anlan.terms.levels import RAISED_LEVELS, level_named
from anlan.terms.times import parse_time

_MOST_ROWS = 500


def sensor_title(sensor: Sensor) -> str:
    """The quantity of a sensor, and its name where it has one."""
    return f"{quantity_title(sensor.quantity)} · {sensor.name or sensor.key}"


def line_facts(line: Line, sensor: Sensor) -> dict[str, Any]:
    """A limit of a sensor with its unit."""
    unit = unit_of_quantity(sensor.quantity)
    return {
        "limit": line.limit,
        "holds": line.holds,
        "value": shown(line.limit.value, unit),
        "deadband": shown(line.limit.deadband, unit),
    }


def change_facts(asker: Asker, one: LimitChange) -> dict[str, Any]:
    """A proposal, what it changes, what the asker may do about it, and its preview."""
    return changes_facts(asker, [one])[0]


def changes_facts(asker: Asker, rows: Iterable[LimitChange]) -> list[dict[str, Any]]:
    """The same of several; sensors and objects are asked for once."""
    found = list(rows)
    gauges = sensors(asker).filter(key__in=[one.sensor_key for one in found])
    things = objects(asker).filter(key__in=[one.object_key for one in found])
    known = ({one.key: one for one in gauges}, {one.key: one for one in things})
    return [_facts(asker, one, known) for one in found]


def _facts(asker: Asker, one: LimitChange, known: tuple[dict[str, Sensor], Any]) -> dict[str, Any]:
    sensor = known[0].get(one.sensor_key)
    unit = unit_of_quantity(sensor.quantity) if sensor else ""
    return {
        "change": one,
        "sensor": sensor,
        "title": sensor_title(sensor) if sensor else one.sensor_key,
        "object": known[1].get(one.object_key),
        "before": shown(one.before, unit),
        "value": shown(one.value, unit),
        "deadband": shown(one.deadband, unit),
        "bar": why_not_decide(asker, one),
        "may_withdraw": why_not_withdraw(asker, one) is None,
        "preview_state": state_of(asker, one),
        "preview": _preview(one.preview),
        "preview_days": DAYS,
    }


def file_facts(asker: Asker, file: LimitFile) -> dict[str, Any]:
    """A file, its first rows beside what they replace, and what the asker may do about it."""
    told = file.rows[:_MOST_ROWS]
    gauges = sensors(asker).filter(key__in={row["entry"]["sensor"] for row in told})
    known = {one.key: one for one in gauges}
    return {
        "change": file,
        "rows": [_row_facts(row, known.get(row["entry"]["sensor"])) for row in told],
        "hidden": file.count - len(told),
        "bar": why_not_decide(asker, file),
        "may_withdraw": why_not_withdraw(asker, file) is None,
    }


def _row_facts(row: dict[str, Any], sensor: Sensor | None) -> dict[str, Any]:
    limit = limit_of(row["entry"])
    unit = unit_of_quantity(sensor.quantity) if sensor else ""
    return {
        "limit": limit,
        "title": sensor_title(sensor) if sensor else limit.sensor,
        "before": shown(row["before"], unit),
        "value": shown(limit.value, unit),
        "deadband": shown(limit.deadband, unit),
        "since": moment_of(limit.valid_from),
        "until": moment_of(limit.valid_to),
    }


def _preview(told: dict[str, Any]) -> dict[str, Any]:
    """The figures by level, the worst first, and the differences with their times."""
    if not told.get("readings"):
        return {}
    sides = (told["present"], told["candidate"])
    levels = [
        (int(level), *(_of(side, part, level) for part in ("raises", "hours") for side in sides))
        for level in reversed(RAISED_LEVELS)
    ]
    return {
        "levels": levels,
        "raised": [sum(side["raises"].values()) for side in sides],
        "days": told["days"],
        "readings": told["readings"],
        "same": told["same"],
        "differences": [difference_facts(one) for one in told["differences"]],
        "more": told["more"],
    }


def _of(side: dict[str, Any], part: str, level: int) -> Any:
    found = side[part]
    value = found.get(str(int(level)), found.get(int(level), 0))
    return round(value, 1) if part == "hours" else value


def difference_facts(told: dict[str, Any]) -> dict[str, Any]:
    """An episode that two sets of rules do not tell alike."""
    return {
        "place": told["sensor"] or told["object"],
        "rule": rule_title(told["rule"]),
        "mark": mark_title(told["rule"], _peak(told)),
        "a": _episode(told["a"]),
        "b": _episode(told["b"]),
    }


def _peak(told: dict[str, Any]) -> int:
    side = told["b"] or told["a"] or {}
    return int(level_named(side.get("level")))


def _episode(side: dict[str, Any] | None) -> dict[str, Any] | None:
    if side is None:
        return None
    end = side["end"]
    return {
        "level": int(level_named(side["level"])),
        "start": _moment(side["start"]),
        "end": None if end is None else _moment(end),
    }


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(parse_time(text) / 1000, UTC)
