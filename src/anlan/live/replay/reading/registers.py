"""SENSORS, LIMITS and EVENTS files: a wrong row is an error that names file and line."""

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from anlan.live.replay.reading.files import kind_of, unreadable
from anlan.live.replay.reading.text import encoding_of, header_of, open_text, require_columns
from anlan.terms.errors import Malformed
from anlan.terms.levels import RAISED_LEVELS, Level
from anlan.terms.sensors import Direction, Limit, Sensor, is_key
from anlan.terms.times import FOREVER, NEVER, format_time, parse_time

_MAX_INTERVAL_S = 366 * 86_400
_LEVELS = {level.name.lower(): level for level in RAISED_LEVELS}
_DIRECTIONS: dict[str, Direction] = {"high": "high", "low": "low"}


class Row(NamedTuple):
    """One row's cells as trimmed text by column, and where it stands."""

    cells: dict[str, str]
    where: str

    def cell(self, name: str) -> str:
        """The cell, empty where the column is missing."""
        return self.cells.get(name, "")

    def wrong(self, reason: str) -> Malformed:
        return Malformed(reason, where=self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened in truth: an object stood at a level from start to end, ms UTC."""

    object: str
    start: int
    end: int
    level: Level


def read_sensors(path: Path, *, quantities: dict[str, Any], pack: str) -> list[Sensor]:
    """The sensors in order of key; Malformed names the line of a wrong row."""
    sensors: dict[str, Sensor] = {}
    for row in _rows(path, ("sensor", "quantity", "object")):
        sensor = _sensor(row, quantities, pack)
        if sensor.key in sensors:
            raise row.wrong(f"sensor {sensor.key} stands twice")
        sensors[sensor.key] = sensor
    if not sensors:
        raise Malformed("has no sensor", where=path.name)
    return [sensors[key] for key in sorted(sensors)]


def read_limits(path: Path, sensors: list[Sensor]) -> tuple[list[Limit], list[str]]:
    """The limits in file order, and warnings; Malformed names the line of a wrong row."""
    known = {sensor.key for sensor in sensors}
    limits = []
    for row in _rows(path, ("sensor", "level", "value", "direction")):
        key = row.cell("sensor")
        if key not in known:
            raise row.wrong(f"limit for a sensor that SENSORS does not name: {key[:140]!r}")
        limits.append(_limit(row, key))
    return limits, [f"{path.name}: no limit at all"] if not limits else []


def read_events(path: Path) -> list[Event]:
    """What happened in truth, in order of time; Malformed names the line of a wrong row."""
    events = [_event(row) for row in _rows(path, ("object", "start", "end", "level"))]
    return sorted(events, key=lambda event: (event.start, event.object))


def _sensor(row: Row, quantities: dict[str, Any], pack: str) -> Sensor:
    quantity = row.cell("quantity").removeprefix(f"{pack}.")
    if quantity not in quantities:
        raise row.wrong(f"pack {pack} has no quantity {quantity!r} ({', '.join(quantities)})")
    seconds = _number(row, "interval_s", (0.001, _MAX_INTERVAL_S))
    return Sensor(
        key=_key(row, "sensor"),
        quantity=quantity,
        object=_key(row, "object"),
        name=row.cell("name"),
        lon=_number(row, "lon", (-180, 180)),
        lat=_number(row, "lat", (-90, 90)),
        interval_ms=None if seconds is None else max(1, round(seconds * 1000)),
    )


def _limit(row: Row, key: str) -> Limit:
    value = _number(row, "value", (-math.inf, math.inf))
    if value is None:
        raise row.wrong("value is empty")
    begin, end = _time(row, "valid_from", NEVER), _time(row, "valid_to", FOREVER)
    if end <= begin:
        raise row.wrong("valid_to must be later than valid_from")
    return Limit(
        sensor=key,
        level=_level(row),
        value=value,
        direction=_direction(row),
        deadband=_number(row, "deadband", (0, math.inf)) or 0.0,
        valid_from=begin,
        valid_to=end,
        source=row.cell("source"),
    )


def _event(row: Row) -> Event:
    start, end = _time(row, "start", None), _time(row, "end", None)
    if end < start:
        raise row.wrong("end lies before start")
    return Event(object=_key(row, "object"), start=start, end=end, level=_level(row))


def _key(row: Row, name: str) -> str:
    key = row.cell(name)
    if not is_key(key):
        raise row.wrong(f"{name} is no key of 1 to 128 printable characters: {key[:140]!r}")
    return key


def _level(row: Row) -> Level:
    level = _LEVELS.get(row.cell("level").lower())
    if level is None:
        raise row.wrong(f"no such level: {row.cell('level')!r} (blue, yellow, orange, red)")
    return level


def _direction(row: Row) -> Direction:
    direction = _DIRECTIONS.get(row.cell("direction").lower())
    if direction is None:
        raise row.wrong(f"direction must be high or low, not {row.cell('direction')!r}")
    return direction


def _number(row: Row, name: str, bounds: tuple[float, float]) -> float | None:
    """The cell's number within both bounds; None where it is empty."""
    text = row.cell(name)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if "_" in text or not math.isfinite(number):
        raise row.wrong(f"{name} is not a number: {text!r}")
    low, high = bounds
    if not low <= number <= high:
        raise row.wrong(f"{name} lies outside {low:g} to {high:g}: {text}")
    return number


def _time(row: Row, name: str, empty: int | None) -> int:
    text = row.cell(name)
    if not text:
        if empty is None:
            raise row.wrong(f"{name} is empty")
        return empty
    try:
        ms = parse_time(text)
        format_time(ms)
    except (Malformed, OverflowError) as error:
        raise row.wrong(f"{name}: {getattr(error, 'message', 'outside the calendar')}") from error
    return ms


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    readers: dict[str, Callable[[Path, tuple[str, ...]], Iterator[Row]]] = {
        "csv": _csv_rows,
        "ndjson": _ndjson_rows,
        "parquet": _parquet_rows,
    }
    try:
        yield from readers[kind_of(path)](path, needed)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from error


def _csv_rows(path: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    encoding = encoding_of(path)
    if encoding.lossy:
        raise Malformed("is neither UTF-8 nor GB18030", where=path.name)
    names, head = header_of(path, encoding)
    require_columns(path, names, needed)
    with open_text(path, encoding) as text:
        for _ in range(head):
            text.readline()
        reader = csv.reader(text, strict=True)
        try:
            for fields in reader:
                where = f"{path.name}:{head + reader.line_num}"
                if not fields:
                    continue
                if len(fields) != len(names):
                    raise Malformed(f"{len(fields)} fields, not {len(names)}", where=where)
                yield Row(dict(zip(names, map(str.strip, fields), strict=True)), where)
        except csv.Error as error:
            raise Malformed(str(error), where=f"{path.name}:{head + reader.line_num}") from error


def _ndjson_rows(path: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    with open_text(path, encoding_of(path)) as text:
        for number, line in enumerate(text, start=1):
            where = f"{path.name}:{number}"
            if not line.strip():
                continue
            try:
                cells = msgspec.json.decode(line.encode(), type=dict[str, Any])
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
                raise Malformed(str(error), where=where) from error
            yield _row_of(cells, needed, where)


def _parquet_rows(path: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    table = pq.read_table(path)
    require_columns(path, table.column_names, needed)
    for number, cells in enumerate(table.to_pylist(), start=1):
        yield _row_of(cells, needed, f"{path.name}:{number}")


def _row_of(cells: dict[str, Any], needed: tuple[str, ...], where: str) -> Row:
    missing = [name for name in needed if cells.get(name) is None]
    if missing:
        raise Malformed(f"has no {', '.join(missing)}", where=where)
    text = {name: "" if cell is None else str(cell).strip() for name, cell in cells.items()}
    return Row(text, where)
