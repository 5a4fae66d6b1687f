"""The calls that FROST's clients make, as they are on the wire: create, find, query, change by
PATCH and PUT with all that was told, delete; and what is refused says what to send instead."""

import re
from typing import Any

from anlan.apps.atlas.models import ObservedObject
from tests.apps.api.conftest import places as places
from tests.apps.api.conftest import program as program
from tests.apps.conftest import client_for as client_for
from tests.apps.conftest import world as world
from tests.apps.things.test_writing import POINT, RESERVOIR, THING, Ask, made
from tests.apps.things.test_writing import ask as ask
from tests.apps.things.test_writing import site as site

KITCHEN: dict[str, Any] = {
    "name": "Kitchen",
    "description": "The Kitchen in my house",
    "properties": {"oven": True, "heatingPlates": 4},
    "Locations": [{
        "name": "Location of the kitchen", "description": "This is where the kitchen is",
        "encodingType": "application/geo+json", "location": POINT,
    }],
    "Datastreams": [{
        "name": "Temperature in the Kitchen",
        "description": "The temperature in the kitchen, measured by the sensor next to the window",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "Degree Celsius", "symbol": "°C", "definition": "ucum:Cel"},
        "ObservedProperty": {"name": "Temperature in a kitchen", "description": "of the air",
                             "definition": "http://dbpedia.org/page/Temperature"},
        "Sensor": {"name": "DHT22", "description": "beside the window",
                   "encodingType": "application/pdf", "metadata": "https://example.org/dht22.pdf"},
    }],
}  # fmt: skip
"""In the form of the example that comes with FROST-Server: a thing of no kind, with a quantity of
no pack."""


def _advised(ask: Ask, body: dict[str, Any]) -> tuple[str, str]:
    """Where a body is wrong, and the first value that the answer tells to send."""
    told = ask("post", "Things", body, status=400).json()
    match = re.search(r'"(?:kind|@iot\.id)": "([^"]+)"', told["message"])
    return told["where"], match[1] if match else ""


def test_what_is_refused_of_the_usual_example_says_what_to_send_until_it_is_right(ask: Ask) -> None:
    body = {**KITCHEN, "properties": {**KITCHEN["properties"]}}
    where, kind = _advised(ask, body)
    assert (where, "." in kind) == ("properties/kind", True)
    body["properties"] |= RESERVOIR
    where, quantity = _advised(ask, body)
    assert where == "ObservedProperty"
    unit = ask("get", f"ObservedProperties('{quantity}')").json()
    assert unit["properties"]["unit"] == "Cel"
    stream = {**KITCHEN["Datastreams"][0], "ObservedProperty": {"@iot.id": quantity}}
    thing = made(ask, "Things", {**body, "Datastreams": [stream]})
    told = ask("get", f"Things('{thing}')?$expand=Datastreams").json()
    assert told["properties"]["oven"] is True
    assert told["Datastreams"][0]["unitOfMeasurement"]["symbol"] == "°C"
    wrong = {**stream, "unitOfMeasurement": {"symbol": "K"}, "Thing": {"@iot.id": thing}}
    told = ask("post", "Datastreams", wrong, status=400).json()
    assert '"definition": "ucum:Cel"' in told["message"]


def test_what_was_told_may_be_sent_back_whole_with_one_thing_changed(ask: Ask) -> None:
    thing = made(ask, "Things", THING)
    stream = ask("get", f"Things('{thing}')/Datastreams").json()["value"][0]["@iot.id"]
    for path in (f"Things('{thing}')", f"Locations('{thing}')", f"Datastreams('{stream}')",
                 f"Sensors('{stream}')"):  # fmt: skip
        for verb in ("put", "patch"):
            told = ask("get", path).json()
            ask(verb, path, {**told, "description": f"changed by {verb}"})
            again = ask("get", path).json()
            assert again["description"] == f"changed by {verb}"
            assert _same(again) == _same(told)


def _same(told: dict[str, Any]) -> dict[str, Any]:
    """What a change of the description leaves as it was."""
    properties = {k: v for k, v in told.get("properties", {}).items() if k != "since"}
    return {**told, "description": "", "properties": properties}


def test_a_client_finds_queries_and_deletes(ask: Ask) -> None:
    thing = made(ask, "Things", THING)
    query = f"Things?$top=1&$skip=0&$count=true&$filter=id eq '{thing}'&$orderby=name DESC"
    found = ask("get", f"{query}&$expand=Locations&$select=name,@iot.id,Locations").json()
    assert (found["@iot.count"], found["value"][0]["@iot.id"]) == (1, thing)
    assert found["value"][0]["Locations"][0]["location"] == POINT
    ask("delete", f"Things('{thing}')")
    assert ask("get", f"Things('{thing}')", status=404).json()["message"]


def test_only_where_it_moved_is_a_place_of_the_past(ask: Ask) -> None:
    key = made(ask, "Things", THING)
    path, there = f"Things('{key}')", {"type": "Point", "coordinates": [160.3, 30.2]}
    for body in ({"name": "a"}, {"name": "b"}):
        ask("patch", path, body)
    ask("put", f"Locations('{key}')", {"location": there})
    ask("patch", path, {"name": "c"})
    ask("put", f"Locations('{key}')", {"location": POINT})
    assert ObservedObject.objects.filter(key=key).count() == 6
    past = ask("get", f"{path}/HistoricalLocations?$orderby=time&$count=true&$expand=Locations")
    told = past.json()
    assert told["@iot.count"] == 3
    places = [[one["location"] for one in row["Locations"]] for row in told["value"]]
    assert [set(map(str, one)) for one in places] == [{str(POINT)}, {str(there)}, {str(POINT)}]
    assert key in [one["@iot.id"] for one in told["value"][-1]["Locations"]]
    newest = told["value"][-1]["@iot.id"]
    of_place = ask("get", f"Locations('{key}')/HistoricalLocations").json()["value"]
    assert [one["@iot.id"] for one in of_place] == [newest]
    listed = ask("get", f"HistoricalLocations?$filter=Thing/id eq '{key}'").json()["value"]
    assert len(listed) == 3
