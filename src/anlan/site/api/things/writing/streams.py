"""Datastreams with their sensors as bodies say them."""

from typing import Any

from anlan.apps.atlas.meaning import packs, unit_of_quantity
from anlan.apps.atlas.pages.sensors import SENSORS
from anlan.apps.people.asker import Person
from anlan.desk.sheet.declare import Values
from anlan.packs.units import UNITS
from anlan.site.api.things.model.sensing import OM_TYPE
from anlan.site.api.things.writing.bodies import (
    Body,
    key_in,
    link_in,
    merged,
    object_in,
    only,
    text_in,
)
from anlan.site.api.things.writing.places import shape_in
from anlan.site.api.things.writing.saving import key_for
from anlan.terms.errors import Malformed

_STREAM = frozenset({
    "name", "description", "properties", "unitOfMeasurement", "observationType", "observedArea",
    "Thing", "Sensor", "ObservedProperty", "Observations", "phenomenonTime", "resultTime",
})  # fmt: skip
"""Its two times follow from its readings: a client may send back what it was told."""
_SENSOR = frozenset({"name", "description", "properties", "encodingType", "metadata"})
_SHOWN, _EXAMPLE = 8, "flood.water_level"
_OWN = ("quantity", "region", "interval_s")


def stream_values(body: Body, row: Any = None) -> Values:
    """A datastream's values; row: what stands already. Raises Malformed, naming the property."""
    only(body, _STREAM, "Datastream")
    if body.get("observationType", OM_TYPE) != OM_TYPE:
        raise Malformed("Readings are measurements: OM_Measurement.", where="observationType")
    values: Values = {} if row is not None else {"key": key_in(body)}
    quantity = row.quantity if row is not None else ""
    if "ObservedProperty" in body or row is None:
        told = quantity_in(object_in(body.get("ObservedProperty"), "ObservedProperty"),
                           _unit_in(body))  # fmt: skip
        if quantity and told != quantity:
            raise Malformed("What a sensor observes stays as it is.", where="ObservedProperty")
        values["quantity"] = quantity = told
    if body.get("unitOfMeasurement") is not None:
        _check_unit(object_in(body["unitOfMeasurement"], "unitOfMeasurement"), quantity)
    if "name" in body:
        values["name"] = text_in(body, "name", most=128)
    if body.get("observedArea") is not None:
        values["shape"] = shape_in(body["observedArea"], "observedArea")
    properties = object_in(body.get("properties") or {}, "properties")
    if "interval_s" in properties:
        values["interval_s"] = properties["interval_s"]
    thing = link_in(body, "Thing") if "Thing" in body else ""
    return {**values, "object_key": thing} if thing else values


def quantity_in(body: Body, units: frozenset[str] = frozenset()) -> str:
    """The quantity of a pack that a link or a body names. Raises Malformed where it is none, with
    those that are in one of the units, as a client may call it."""
    key = key_in(body)
    told = {key, text_in(body, "name"), text_in(body, "definition").rpartition(":")[2]} - {""}
    for pack, one in packs().items():
        for name, spec in one.quantities.items():
            names = {f"{pack}.{name}"} if key else {f"{pack}.{name}", spec.title.zh, spec.title.en}
            if names & told:
                return f"{pack}.{name}"
    raise Malformed(_unknown(text_in(body, "name") or key, units), where="ObservedProperty")


def _unknown(name: str, units: frozenset[str]) -> str:
    """What a client is to do with a quantity that no pack has."""
    fitting = [
        f"{pack}.{spec.name}"
        for pack, one in sorted(packs().items())
        for spec in one.quantities.values()
        if units & _names_of(spec.unit)
    ]
    also = f" In this unit there are {', '.join(fitting[:_SHOWN])}." if fitting else ""
    return (
        f"No pack has the quantity {name[:40]!r}. Send the id of one of /ObservedProperties, as in "
        f'"ObservedProperty": {{"@iot.id": "{fitting[0] if fitting else _EXAMPLE}"}}, or add a '
        f"quantity to a pack.{also}"
    )


def _unit_in(body: Body) -> frozenset[str]:
    """A unit as a client calls it."""
    told = body.get("unitOfMeasurement")
    if not isinstance(told, dict):
        return frozenset()
    words = (told.get(name) for name in ("definition", "symbol", "name"))
    return frozenset(one for one in words if isinstance(one, str) and one)


def _names_of(code: str) -> frozenset[str]:
    """What a unit may be called; nothing where there is none."""
    unit = UNITS.get(code)
    names = {code, f"ucum:{code}", *((unit.zh, unit.en) if unit else ())}
    return frozenset(names - {"ucum:", ""})


def _check_unit(body: Body, quantity: str) -> None:
    """A number in another unit would be another number."""
    code = unit_of_quantity(quantity)
    told = [text_in(body, name) for name in ("definition", "symbol", "name")]
    if not (_names_of(code) or {""}) & set(told):
        raise Malformed(
            f"{quantity} is in {code or 'no unit'} (UCUM): send results in it, and "
            f'"unitOfMeasurement": {{"definition": "{code and "ucum:" + code}"}}.',
            where="unitOfMeasurement",
        )


def said_in(body: Body, held: Body) -> Body:
    """What is said of a datastream and its sensor, and the registry has no place for."""
    found = dict(held)
    if "description" in body:
        found["description"] = text_in(body, "description")
    if "properties" in body:
        found["properties"] = _properties(body, held)
    if "Sensor" in body:
        found["Sensor"] = sensor_in(object_in(body["Sensor"], "Sensor"), held.get("Sensor", {}))
    return {name: one for name, one in found.items() if one}


def _properties(body: Body, held: Body) -> Body:
    told = object_in(body["properties"] or {}, "properties")
    told = {name: one for name, one in told.items() if name not in _OWN}
    return merged(held.get("properties") or {}, told)


def sensor_in(body: Body, held: Body) -> Body:
    """What is said of a sensor. Raises Malformed, naming the property."""
    if key_in(body) and len(body) == 1:
        raise Malformed("A sensor has one Datastream and comes with it: insert it there.",
                        where="Sensor")  # fmt: skip
    only(body, _SENSOR, "Sensor")
    found = dict(held)
    for name in ("name", "description", "encodingType"):
        if name in body:
            found[name] = text_in(body, name)
    if "properties" in body:
        found["properties"] = _properties(body, held)
    if "metadata" in body:
        found["metadata"] = body["metadata"]
    return found


def keyed(person: Person, values: Values, place: Values) -> Values:
    """The same with a key of its own where it has none; place: region and owner of its thing."""
    told = {**values, "region": place["region"], "owner": place.get("owner", "")}
    return {**values, "key": key_for(person, SENSORS, told)}
