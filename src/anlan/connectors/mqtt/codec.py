"""Payloads → readings, by shape. Pure; nothing but Malformed leaves it.

flat    {"sensor": …, "time": …, "value": …[, "quality": …][, "received": …]}, or a list of them
values  {"ts": …, "values": {name: value, …}}, or a list of them (ThingsBoard's telemetry)
senml   a pack of RFC 8428: [{"bn": …, "bt": …}, {"n": …, "v": …, "t": …}, …]

A reading without a time of its own is a fault: a time made up at reception would differ when the
message is delivered again, and the reading would be stored twice.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from anlan.connectors import Fault, Reading
from anlan.connectors.mqtt.mapping import Mapping, Topic
from anlan.terms.errors import Malformed
from anlan.terms.quality import quality_named
from anlan.terms.sensors import is_key
from anlan.terms.times import NEVER, parse_time

UNREADABLE = "unreadable"
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # years 1 to 9999
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SENML_VERSION = 10
_SENML_RELATIVE_S = 2**28
"""Below this a SenML time counts from the moment of reception (RFC 8428 §4.5.3)."""

Row = tuple[Any, Any, Any, Any, Any]
"""Name in the payload, then time, value, quality and received as they stand there."""


def read_message(mapping: Mapping, topic: str, payload: bytes) -> tuple[list[Reading], list[Fault]]:
    """The readings of a message, and a fault for each part that is none.

    Raises Malformed where the message as a whole cannot be read.
    """
    form = mapping.topic_of(topic)
    try:
        content = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"not JSON ({error})", where=topic) from error
    readings: list[Reading] = []
    faults: list[Fault] = []
    for part in _parts(form, content, topic):
        try:
            readings += _SHAPES[form.shape](form, topic, part)
        except Malformed as error:
            reason = f"{topic}: {error}"
            faults.append(Fault(UNREADABLE, reason, _as_text(part)))
    return readings, faults


def _parts(form: Topic, content: Any, topic: str) -> list[Any]:
    """What is judged by itself: one object, or one value of it."""
    if form.shape == "senml":
        return _resolved(content, topic)
    parts = content if isinstance(content, list) else [content]
    if form.shape != "values":
        return parts
    return [single for part in parts for single in _singles(part)]


def _singles(part: Any) -> Iterator[Any]:
    """An object with many values as objects with one each, so that a bad one costs only itself."""
    if isinstance(part, dict) and isinstance(part.get("values"), dict):
        for name, value in part["values"].items():
            yield {**part, "values": {name: value}}
    else:
        yield part


def _flat(form: Topic, topic: str, part: Any) -> list[Reading]:
    if not isinstance(part, dict):
        raise Malformed(f"not an object: {_shown(part)}")
    names = {name: form.fields.get(name, name) for name in ("sensor", "time", "value")}
    named = "{key}" in form.sensor
    for name, there in names.items():
        if there not in part and (named or name != "sensor"):
            raise Malformed(f"has no {there}")
    name = part[names["sensor"]] if named else ""
    rest = (part.get(form.fields.get(n, n)) for n in ("quality", "received"))
    return _reading(form, topic, (name, part[names["time"]], part[names["value"]], *rest))


def _values(form: Topic, topic: str, part: Any) -> list[Reading]:
    if not isinstance(part, dict) or not isinstance(part.get("values"), dict):
        raise Malformed('not an object with "ts" and "values"')
    (name, value), *_ = part["values"].items()
    if form.keys and name not in form.keys:
        return []
    if "ts" not in part:
        raise Malformed("has no ts")
    return _reading(form, topic, (name, part["ts"], value, None, None))


def _resolved(content: Any, topic: str) -> list[Any]:
    """The records of a SenML pack with the base fields carried into each.

    Raises Malformed for a pack that must not be read: a newer version, or a bad base field.
    """
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise Malformed("no SenML pack: not a list of records", where=topic)
    base: dict[str, Any] = {}
    records = []
    for record in content:
        base |= {name: cell for name, cell in record.items() if name in _BASES}
        _check_bases(base, topic)
        own = {name: cell for name, cell in record.items() if name not in _BASES}
        if own or "bv" in record:
            records.append({**base, **own})
    return records


_BASES = {"bn": str, "bt": float, "bu": str, "bv": float, "bs": float, "bver": int}


def _check_bases(base: dict[str, Any], topic: str) -> None:
    for name, cell in base.items():
        wanted = (int, float) if _BASES[name] is float else _BASES[name]
        if not isinstance(cell, wanted) or isinstance(cell, bool):
            raise Malformed(f"the base field {name} is {_shown(cell)}", where=topic)
    if base.get("bver", _SENML_VERSION) > _SENML_VERSION:
        raise Malformed(f"SenML version {base['bver']} is newer than 10", where=topic)


def _senml(form: Topic, topic: str, part: Any) -> list[Reading]:
    unknown = [name for name in part if name.endswith("_")]
    if unknown:
        raise Malformed(f"must be understood, and is not: {_shown(unknown[0])}")
    name = part.get("n", "")
    if not isinstance(name, str):
        raise Malformed(f"n is no text: {_shown(name)}")
    name = part.get("bn", "") + name
    if form.keys and name not in form.keys:
        return []
    unit = part.get("u", part.get("bu"))
    if form.unit and unit is not None and unit != form.unit:
        raise Malformed(f"unit is {_shown(unit)}, the mapping says {form.unit}")
    return _reading(form, topic, (name, _senml_time(part), _senml_value(part), None, None))


def _senml_time(part: dict[str, Any]) -> int:
    seconds = _sum(part, "bt", "t")
    if seconds is None or seconds < _SENML_RELATIVE_S:
        raise Malformed("has no absolute time (bt + t)")
    return _in_calendar(seconds * 1000, seconds)


def _senml_value(part: dict[str, Any]) -> float:
    if "vb" in part and isinstance(part["vb"], bool):
        return float(part["vb"])
    if any(name in part for name in ("vs", "vd", "vb")):
        raise Malformed("the value is no number")
    value = _sum(part, "bv", "v")
    if value is None:
        raise Malformed("has no value")
    return value


def _sum(part: dict[str, Any], base: str, own: str) -> float | None:
    """Base and own field together; None where both are missing."""
    found = [part[name] for name in (base, own) if name in part]
    if any(isinstance(cell, bool) or not isinstance(cell, int | float) for cell in found):
        raise Malformed(f"{own} is no number: {_shown(part[own])}")
    try:
        total = float(sum(found))
    except OverflowError:
        raise Malformed(f"{own} is beyond all bounds") from None
    return total if found else None


_SHAPES = {"flat": _flat, "values": _values, "senml": _senml}


def _reading(form: Topic, topic: str, row: Row) -> list[Reading]:
    """The reading of a row; none where its key is passed over."""
    name, time, value, quality, received = row
    if isinstance(name, int) and not isinstance(name, bool):
        name = _shown(name)
    if not isinstance(name, str):
        raise Malformed(f"sensor is no text: {_shown(name)}")
    key = form.key(topic, name.strip())
    if key is None:
        return []
    if not is_key(key):
        raise Malformed(f"sensor is no key of 1 to 128 printable characters: {_shown(key)}")
    at = NEVER if _is_empty(received) else _time(form, received, "received")
    return [Reading(key, _time(form, time, "time"), _value(value), _quality(quality), at)]


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _time(form: Topic, cell: Any, name: str) -> int:
    """Milliseconds of a number in the topic's unit of time, or of an ISO 8601 text."""
    if isinstance(cell, str) and form.time_unit == "s" and _NUMBER.fullmatch(cell.strip()):
        cell = float(cell)
    if isinstance(cell, str):
        try:
            return _in_calendar(parse_time(cell), cell)
        except OverflowError:
            raise Malformed(f"{name} lies outside the calendar: {_shown(cell)}") from None
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not _is_finite(cell):
        raise Malformed(f"{name} is neither ISO 8601 with a zone nor a number: {_shown(cell)}")
    if form.shape != "senml" and form.time_unit == "s":
        return _in_calendar(cell * 1000, cell)
    return _in_calendar(cell, cell)


def _is_finite(cell: float) -> bool:
    try:
        return math.isfinite(cell)
    except OverflowError:
        return False


def _in_calendar(ms: float, cell: Any) -> int:
    if not _FIRST_MS <= ms <= _LAST_MS:
        raise Malformed(f"time lies outside the calendar: {_shown(cell)}")
    return round(ms)


def _value(cell: Any) -> float:
    """A number, or a text that is one; NaN for nothing."""
    if _is_empty(cell):
        return math.nan
    try:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return float(cell)
        if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
            return float(cell)
    except OverflowError:
        pass
    raise Malformed(f"value is no number: {_shown(cell)}")


def _quality(cell: Any) -> int:
    if _is_empty(cell):
        return 0
    try:
        return int(quality_named(cell if isinstance(cell, str) else "?"))
    except ValueError:
        raise Malformed(f"quality is not good, uncertain or bad: {_shown(cell)}") from None


def _shown(cell: Any) -> str:
    try:
        text = repr(cell)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 80 else text[:77] + "..."


def _as_text(part: Any) -> bytes:
    try:
        return msgspec.json.encode(part)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return _shown(part).encode()
