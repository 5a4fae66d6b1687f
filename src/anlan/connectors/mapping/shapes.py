"""The shapes that know where everything stands: flat, values and SenML."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from anlan.connectors.mapping.clocks import of_seconds
from anlan.connectors.mapping.form import Form
from anlan.connectors.mapping.trails import Spot
from anlan.terms.errors import Malformed
from anlan.terms.readings import Reading
from anlan.terms.rows import is_empty, key_in, quality_in, shown, value_in
from anlan.terms.times import NEVER

_LONGEST = 128
_SENML_VERSION = 10
_SENML_RELATIVE_S = 2**28
"""Below this a SenML time counts from the moment of reception (RFC 8428 §4.5.3)."""

Row = tuple[Any, Any, Any, Any, Any]
"""Name in the payload, then time, value, quality and received as they stand there."""


def parts_of(form: Form, content: Any) -> list[Any]:
    """What is judged by itself: one object, or one value of it."""
    if form.shape == "senml":
        return _resolved(_labelled(content) if form.payload == "cbor" else content)
    parts = content if isinstance(content, list) else [content]
    if form.shape != "values":
        return parts
    return [single for part in parts for single in _singles(part)]


def _singles(part: Any) -> Iterator[Any]:
    """An object with many values as objects with one each, so that a bad one costs only itself.

    Nothing else of it is carried along, nor a large ts: each value would hold a copy of it.
    """
    values = part.get("values") if isinstance(part, dict) else None
    if not isinstance(values, dict) or not _is_small(part.get("ts")):
        yield part
        return
    time = {"ts": part["ts"]} if "ts" in part else {}
    for name, value in values.items():
        yield {**time, "values": {name: value}}


def _is_small(cell: Any) -> bool:
    """Whether many copies of a cell do no harm; no key, unit or time is longer."""
    if isinstance(cell, str):
        return len(cell) <= _LONGEST
    return cell is None or isinstance(cell, int | float)


def _flat(form: Form, levels: Sequence[str], part: Any) -> list[Reading]:
    if not isinstance(part, dict):
        raise Malformed(f"not an object: {shown(part)}")
    names = {name: form.fields.get(name, name) for name in ("sensor", "time", "value")}
    named = form.sensor.has("key")
    for name, there in names.items():
        if there not in part and (named or name != "sensor"):
            raise Malformed(f"has no {there}")
    name = part[names["sensor"]] if named else ""
    rest = (part.get(form.fields.get(n, n)) for n in ("quality", "received"))
    return _reading(form, levels, (name, part[names["time"]], part[names["value"]], *rest))


def _values(form: Form, levels: Sequence[str], part: Any) -> list[Reading]:
    if not isinstance(part, dict) or not isinstance(part.get("values"), dict):
        raise Malformed('not an object with "ts" and "values"')
    if not _is_small(part.get("ts")):
        raise Malformed(f"ts is no time: {shown(part['ts'])}")
    ((name, value),) = part["values"].items()  # one, as _singles makes it
    if form.keys and name not in form.keys:
        return []
    if "ts" not in part:
        raise Malformed("has no ts")
    return _reading(form, levels, (name, part["ts"], value, None, None))


def _resolved(content: Any) -> list[Any]:
    """The records of a SenML pack with the base fields carried into each.

    Raises Malformed for a pack that must not be read: a newer version, or a bad base field.
    """
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise Malformed("no SenML pack: not a list of records")
    base: dict[str, Any] = {}
    records = []
    for record in content:
        base |= {name: cell for name, cell in record.items() if name in _BASES}
        _check_bases(base)
        own = {name: cell for name, cell in record.items() if name not in _BASES}
        if own or "bv" in record:
            records.append({**base, **own})
    return records


_BASES = {"bn": str, "bt": float, "bu": str, "bv": float, "bs": float, "bver": int}


_NAMES = ("bs", "bv", "bu", "bt", "bn", "bver", "n", "u", "v", "vs", "vb", "s", "t", "ut", "vd")
_LABELS = dict(zip(map(str, range(-6, 9)), _NAMES, strict=True))
"""Names of SenML in CBOR (RFC 8428 §6)."""


def _labelled(content: Any) -> Any:
    """A pack in CBOR with the names that it has in JSON."""
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        return content
    return [{_LABELS.get(name, name): cell for name, cell in one.items()} for one in content]


def _check_bases(base: dict[str, Any]) -> None:
    for name, cell in base.items():
        wanted = (int, float) if _BASES[name] is float else _BASES[name]
        if not isinstance(cell, wanted) or isinstance(cell, bool) or not _is_small(cell):
            raise Malformed(f"the base field {name} is {shown(cell)}")
    if base.get("bver", _SENML_VERSION) > _SENML_VERSION:
        raise Malformed(f"SenML version {shown(base['bver'])} is newer than 10")


def _senml(form: Form, levels: Sequence[str], part: Any) -> list[Reading]:
    unknown = [name for name in part if name.endswith("_")]
    if unknown:
        raise Malformed(f"must be understood, and is not: {shown(unknown[0])}")
    name = part.get("n", "")
    if not isinstance(name, str):
        raise Malformed(f"n is no text: {shown(name)}")
    name = part.get("bn", "") + name
    if form.keys and name not in form.keys:
        return []
    unit = part.get("u", part.get("bu"))
    if form.unit and unit is not None and unit != form.unit:
        raise Malformed(f"unit is {shown(unit)}, the mapping says {form.unit}")
    return _reading(form, levels, (name, _senml_time(part), _senml_value(part), None, None))


def _senml_time(part: dict[str, Any]) -> int:
    seconds = _sum(part, "bt", "t")
    if seconds is None or seconds < _SENML_RELATIVE_S:
        raise Malformed("has no absolute time (bt + t)")
    return of_seconds(seconds, "time")


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
        raise Malformed(f"{own} is no number: {shown(part[own])}")
    try:
        total = float(sum(found))
    except OverflowError:
        raise Malformed(f"{own} is beyond all bounds") from None
    return total if found else None


def _reading(form: Form, levels: Sequence[str], row: Row) -> list[Reading]:
    """The reading of a row; none where its key is passed over."""
    name, time, value, quality, received = row
    if isinstance(name, int) and not isinstance(name, bool):  # devices are often numbered
        name = str(name)
    if not isinstance(name, str):
        raise Malformed(f"sensor is no text: {shown(name)}")
    name = name.strip()
    if form.keys and name not in form.keys:
        return []
    names = {"key": form.keys.get(name, name)}
    if form.device is not None:
        names["device"] = form.device.fill(levels, {}, _NOWHERE)
    return [
        Reading(
            key_in(form.sensor.fill(levels, names, _NOWHERE)),
            form.clock.ms(time, "time"),
            value_in(value),
            quality_in(quality),
            NEVER if is_empty(received) else form.clock.ms(received, "received"),
        )
    ]


_NOWHERE = Spot(None)
SHAPES: dict[str, Callable[[Form, Sequence[str], Any], list[Reading]]] = {
    "flat": _flat, "values": _values, "senml": _senml,
}  # fmt: skip
