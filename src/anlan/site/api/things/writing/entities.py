"""Entities are made, changed and ended."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse

from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.apps.atlas.pages.objects import OBJECTS
from anlan.apps.atlas.pages.sensors import SENSORS
from anlan.apps.atlas.queries import object_for, sensors_of
from anlan.apps.people.asker import Person
from anlan.desk.sheet.declare import Values
from anlan.site.api.things.ask.address import link_to
from anlan.site.api.things.door import DeniedError, allowed
from anlan.site.api.things.model.places import SAID
from anlan.site.api.things.place import Place
from anlan.site.api.things.telling.values import sent
from anlan.site.api.things.writing import readings
from anlan.site.api.things.writing.bodies import (
    Body,
    body_of,
    key_in,
    list_in,
    object_in,
)
from anlan.site.api.things.writing.patches import patched
from anlan.site.api.things.writing.places import move, thing_values
from anlan.site.api.things.writing.saving import end, own, save
from anlan.site.api.things.writing.streams import (
    keyed,
    quantity_in,
    said_in,
    sensor_in,
    stream_values,
)
from anlan.terms.errors import Malformed

_MOST_STREAMS = 100
_KEPT = {
    "Observations": "Readings are kept as they came.",
    "HistoricalLocations": "The past of a thing follows from its rows, and is kept.",
    "ObservedProperties": "Quantities come from the packs.",
    "FeaturesOfInterest": "It is the place of a sensor: write its Datastream.",
}


class Write(NamedTuple):
    """A request that writes; base: the address of the service."""

    person: Person
    request: HttpRequest
    base: str


def post(write: Write, here: Place) -> HttpResponse:
    """Makes an entity with what lies in it."""
    if here.row is not None or here.names:
        raise DeniedError(405, "Entities are posted to a set.")
    body = object_in(body_of(write.request))
    match here.kind.plural:
        case "Things":
            return _make_thing(write, body)
        case "Datastreams":
            return _make_stream(write, body, _thing_of(here))
        case "Locations":
            return _made(write, "Locations", _place(write, body, _thing_of(here)))
        case "ObservedProperties":
            return _made(write, "ObservedProperties", quantity_in(body))
        case "Sensors":
            raise Malformed("A sensor comes with its Datastream: insert it there.", where="body")
    raise DeniedError(405, _KEPT[here.kind.plural])


def change(write: Write, here: Place, told: Body) -> HttpResponse:
    """PATCH and PUT; told: the entity as it is told now."""
    if here.row is None or here.names:
        raise DeniedError(405, "Only an entity can be changed.")
    body = patched(write.request, told)
    row = here.row
    match here.kind.plural:
        case "Things":
            save(write.person, OBJECTS, row, thing_values(write.person, body, row))
        case "Locations" if row.until is None:
            allowed(write.person, OBJECTS.change)
            move(write.person, row, body)
        case "Datastreams":
            _change_stream(write.person, row, body)
        case "Sensors":
            said = {"Sensor": sensor_in(body, _said(row).get("Sensor", {}))}
            _say(write.person, row, {**_said(row), **said})
        case _:
            raise DeniedError(405, _KEPT.get(here.kind.plural, "The past stays as it was."))
    return HttpResponse(status=200)


def delete(write: Write, here: Place) -> HttpResponse:
    """Ends an entity; what it was stays in the history."""
    if here.row is None or here.names:
        raise DeniedError(405, "Only an entity can be deleted.")
    person, row = write.person, here.row
    match here.kind.plural:
        case "Things":
            allowed(person, OBJECTS.change)
            end(person, SENSORS, list(sensors_of(person, row.key)))
            end(person, OBJECTS, [row])
        case "Datastreams" | "Sensors":
            allowed(person, SENSORS.change)
            end(person, SENSORS, [row])
        case _:
            raise DeniedError(405, _KEPT.get(here.kind.plural, "A thing stands somewhere: move it, "
                                             "or delete the thing."))  # fmt: skip
    return HttpResponse(status=200)


def _made(
    write: Write, plural: str, key: str, refused: Sequence[dict[str, str]] = ()
) -> HttpResponse:
    """Where it is; refused: of the readings that came in it."""
    address = f"{write.base}/{link_to(plural, key)}"
    told = {"@iot.id": key, "@iot.selfLink": address}
    answer = sent({**told, "refused": list(refused)} if refused else told, 201)
    answer.headers["Location"] = address
    return answer


def _thing_of(here: Place) -> str:
    """The key of the thing through whose link a set was reached; empty where it is another."""
    is_of_thing = here.held is not None and here.held[0] in ("object_key", "pk")
    return here.source if is_of_thing else ""


def _place(write: Write, body: Body, key: str) -> str:
    """Puts a thing at a location."""
    person = allowed(write.person, OBJECTS.change)
    inner = dict(body)
    things = list_in(inner.pop("Things", []), "Things", 1)
    key = key or (key_in(object_in(things[0], "Things")) if things else "")
    if not key:
        raise Malformed("Whose place it is is missing.", where="Things")
    row = _own(person, key, "Things")
    if "location" not in inner:
        raise Malformed("The location is missing.", where="location")
    inner.pop("@iot.id", None)
    move(person, row, inner)
    return key


def _own(person: Person, key: str, where: str) -> Any:
    try:
        row = object_for(person, key)
    except Http404 as error:
        raise Malformed("There is no such thing in your jurisdiction.", where=where) from error
    return own(person, OBJECTS, row)


def _make_thing(write: Write, body: Body) -> HttpResponse:
    """A thing with its datastreams: all is judged before anything is written."""
    person = allowed(write.person, OBJECTS.change)
    bodies = list_in(body.get("Datastreams", []), "Datastreams", _MOST_STREAMS)
    inner = [object_in(one, "Datastreams") for one in bodies]
    values = thing_values(person, body)
    streams = [stream_values(one) for one in inner]
    if streams:
        allowed(person, SENSORS.change)
        streams = [keyed(person, one, values) for one in streams]
        said = {s["key"]: said_in(one, {}) for s, one in zip(streams, inner, strict=True)}
        kept = values["attributes"].setdefault(SAID, {})
        kept["streams"] = {key: one for key, one in said.items() if one}
    observed = _observed(write, streams, inner)
    key = save(person, OBJECTS, None, values)
    try:
        for one in streams:
            save(person, SENSORS, None, {**one, "object_key": key})
        refused = readings.store(write.request, observed)
    except Exception:
        _take_back(person, key)
        raise
    return _made(write, "Things", key, refused)


def _take_back(person: Person, key: str) -> None:
    """What was made does not stay half."""
    end(person, SENSORS, list(sensors_of(person, key)))
    end(person, OBJECTS, [object_for(person, key)])


def _make_stream(write: Write, body: Body, thing: str) -> HttpResponse:
    person = allowed(write.person, SENSORS.change)
    values = stream_values(body)
    key = thing or str(values.get("object_key", ""))
    if not key:
        raise Malformed("Which Thing it belongs to is missing.", where="Thing")
    row = next(iter(OBJECTS.rows(person).filter(key=key)), None)
    if row is None:
        raise Malformed("There is no such thing in your jurisdiction.", where="Thing")
    values = keyed(person, {**values, "object_key": key},
                   {"region": row.region, "owner": row.owner})  # fmt: skip
    said = said_in(body, {})
    if said:
        _own(person, key, "Thing")
    observed = _observed(write, [values], [body])
    made = save(person, SENSORS, None, values)
    try:
        if said:
            _say(person, Sensor.objects.get(key=made), said)
        refused = readings.store(write.request, observed)
    except Exception:
        end(person, SENSORS, [Sensor.objects.get(key=made)])
        raise
    return _made(write, "Datastreams", made, refused)


def _observed(write: Write, streams: list[Values], bodies: list[Body]) -> list[readings.Reading]:
    """The readings that lie in datastreams, read and awaited before anything is written."""
    found: list[readings.Reading] = []
    for stream, body in zip(streams, bodies, strict=True):
        inner = list_in(body.get("Observations", []), "Observations", 1000)
        found += readings.read(write.request, str(stream["key"]), inner)
    if found:
        readings.check(write.request)
    return found


def _change_stream(person: Person, row: Any, body: Body) -> None:
    allowed(person, SENSORS.change)
    values = stream_values(body, row)
    said = said_in(body, _said(row))
    if said != _said(row):
        _own(person, row.object_key, "Thing")
    if values:
        save(person, SENSORS, row, values)
    if said != _said(row):
        _say(person, row, said)


def _said(row: Any) -> Body:
    thing = ObservedObject.objects.standing().filter(key=row.object_key).first()
    held = thing.attributes.get(SAID, {}) if thing is not None else {}
    return dict(held.get("streams", {}).get(row.key, {}))


def _say(person: Person, row: Any, said: Body) -> None:
    """Keeps words of a sensor with its thing."""
    allowed(person, OBJECTS.change)
    thing = _own(person, row.object_key, "Thing")
    held = thing.attributes.get(SAID, {})
    streams = {**held.get("streams", {}), row.key: said}
    attributes = {**thing.attributes, SAID: {**held, "streams": streams}}
    save(person, OBJECTS, thing, {"attributes": attributes})
