"""Datastreams, their sensors, what they observe and where: the registry, and the packs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from anlan.apps.atlas.meaning import packs, placed_quantity, quantity, told, unit_of_quantity
from anlan.apps.atlas.models import ObservedObject
from anlan.apps.atlas.queries import sensors
from anlan.packs import QuantitySpec
from anlan.packs.units import UNITS
from anlan.site.api.answers.newest import NEWEST
from anlan.site.api.things.model.kinds import Kind, Link
from anlan.site.api.things.model.places import GEOJSON, said_of
from anlan.site.api.things.model.stretch import BEGINNINGS, stretch

OM_TYPE = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
ENCODING = "text/html"


class Property(NamedTuple):
    """A quantity of a pack; key: pack.name."""

    key: str
    spec: QuantitySpec


def _listed() -> list[Property]:
    return [
        Property(f"{pack}.{name}", spec)
        for pack, one in sorted(packs().items())
        for name, spec in sorted(one.quantities.items())
    ]


def property_key(name: str) -> str:
    """The key of the property that a sensor's quantity is; its name where no pack has it."""
    placed = placed_quantity(name)
    if "." in placed:
        return placed
    return next((f"{key}.{name}" for key, one in packs().items() if name in one.quantities), name)


def _names(row: Property) -> tuple[str, ...]:
    """As sensors may call it."""
    bare = row.spec.name
    return (row.key, bare) if property_key(bare) == row.key else (row.key,)


def _name(row: Any) -> str:
    return row.name or _title(row)


def _title(row: Any) -> str:
    spec = quantity(row.quantity)
    return told(spec.title, row.quantity) if spec else str(row.quantity)


def unit_of(name: str) -> dict[str, str]:
    """The unit of a quantity: its words, its sign and its UCUM code."""
    code = unit_of_quantity(name)
    unit = UNITS.get(code)
    return {
        "name": told(unit, code) if unit and unit.zh else code,  # type: ignore[arg-type]  # both have zh and en
        "symbol": unit.en if unit and unit.en else code,
        "definition": f"ucum:{code}" if code else "",
    }


def _more(row: Any) -> dict[str, Any]:
    found = {"quantity": row.quantity, "region": row.region, "interval_s": row.interval_s}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _told(row: Any, *names: str) -> Any:
    """What a client said of a sensor; None where nothing was."""
    return said_of(row.thing, "streams", row.key, *names) if row.thing is not None else None


def _with_things(rows: Sequence[Any]) -> None:
    """Beside each its thing, which holds what clients said."""
    keys = {row.object_key for row in rows}
    found = {one.key: one for one in ObservedObject.objects.standing().filter(key__in=keys)}
    for row in rows:
        row.thing = found.get(row.object_key)


def _ready(rows: Sequence[Any]) -> None:
    """What clients said, and from when to when there are readings."""
    _with_things(rows)
    handles = [row.handle for row in rows]
    newest, first = NEWEST.of(handles) or {}, BEGINNINGS.of(handles)
    for row in rows:
        row.heard = stretch(first.get(row.handle), newest.get(row.handle))


def _key(row: Any) -> tuple[Any, ...]:
    return (row.key,)


def _handle(row: Any) -> tuple[Any, ...]:
    return (row.handle,)


DATASTREAMS = Kind(
    name="Datastream",
    plural="Datastreams",
    key=lambda row: str(row.key),
    rows=sensors,
    shape="observedArea",
    costly=frozenset({"phenomenonTime", "resultTime", "description", "properties"}),
    ready=_ready,
    properties={
        "name": _name,
        "description": lambda row: _told(row, "description") or f"{_title(row)} {row.object_key}",
        "observationType": lambda row: OM_TYPE,
        "unitOfMeasurement": lambda row: unit_of(row.quantity),
        "observedArea": lambda row: row.shape,
        "phenomenonTime": lambda row: row.heard,
        "resultTime": lambda row: row.heard,
        "properties": lambda row: {**(_told(row, "properties") or {}), **_more(row)},
    },
    links={
        "Thing": Link("Things", False, lambda row: (row.object_key,), "key"),
        "Sensor": Link("Sensors", False, _key, "key"),
        "ObservedProperty": Link(
            "ObservedProperties", False, lambda row: (property_key(row.quantity),), "key"
        ),
        "Observations": Link("Observations", True, _handle, "handle"),
    },
    columns={
        "Thing/id": "object_key",
        "Thing/@iot.id": "object_key",
        "Sensor/id": "key",
        "Sensor/@iot.id": "key",
        "properties/region": "region",
        "properties/quantity": "quantity",
    },
)
SENSORS = Kind(
    name="Sensor",
    plural="Sensors",
    key=lambda row: str(row.key),
    rows=sensors,
    costly=frozenset({"name", "description", "encodingType", "metadata", "properties"}),
    ready=_with_things,
    properties={
        "name": lambda row: _told(row, "Sensor", "name") or _name(row),
        "description": lambda row: (
            _told(row, "Sensor", "description") or f"{_title(row)} {row.key}"
        ),
        "encodingType": lambda row: _told(row, "Sensor", "encodingType") or ENCODING,
        "metadata": lambda row: _told(row, "Sensor", "metadata") or f"/atlas/sensors/{row.key}",
        "properties": lambda row: {**(_told(row, "Sensor", "properties") or {}), **_more(row)},
    },
    links={"Datastreams": Link("Datastreams", True, _key, "key")},
)
PROPERTIES = Kind(
    name="ObservedProperty",
    plural="ObservedProperties",
    key=lambda row: str(row.key),
    listed=_listed,
    properties={
        "name": lambda row: told(row.spec.title, row.spec.name),
        "definition": lambda row: f"urn:anlan:quantity:{row.key}",
        "description": lambda row: row.spec.basis or told(row.spec.title, row.spec.name),
        "properties": lambda row: {"unit": row.spec.unit, "pack": row.key.partition(".")[0]},
    },
    links={"Datastreams": Link("Datastreams", True, _names, "quantity")},
)
FEATURES = Kind(
    name="FeatureOfInterest",
    plural="FeaturesOfInterest",
    key=lambda row: str(row.key),
    rows=lambda asker: sensors(asker).exclude(shape=None),
    shape="feature",
    properties={
        "name": _name,
        "description": lambda row: row.object_key,
        "encodingType": lambda row: GEOJSON,
        "feature": lambda row: row.shape,
        "properties": lambda row: {"region": row.region},
    },
    links={"Observations": Link("Observations", True, _handle, "handle")},
    columns={"properties/region": "region"},
)
