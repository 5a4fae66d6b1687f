"""A client of SensorThings makes, changes and ends what its key may; nothing is lost by it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.apps.people.models import AuditLine
from tests.apps.api.conftest import places as places
from tests.apps.api.conftest import program as program
from tests.apps.things.conftest import OURS, ROOT, THEIRS

JSON, PATCH = "application/json", "application/json-patch+json"
RIGHTS = ("atlas.see", "atlas.edit_objects", "atlas.edit_sensors")
RESERVOIR = {"pack": "flood", "kind": "reservoir", "capacity": 100}
POINT = {"type": "Point", "coordinates": [160.25, 30.25]}
THING: dict[str, Any] = {
    "name": "试验水库",
    "description": "一座试验水库",
    "properties": {**RESERVOIR, "colour": "blue"},
    "Locations": [{"name": "坝前", "description": "大坝上游", "location": POINT,
                   "encodingType": "application/vnd.geo+json"}],
    "Datastreams": [{
        "name": "坝前水位",
        "description": "雷达水位计所测",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "米", "symbol": "m", "definition": "ucum:m"},
        "ObservedProperty": {"name": "x", "definition": "urn:anlan:quantity:flood.water_level",
                             "description": "x"},
        "Sensor": {"name": "雷达", "description": "26 GHz", "encodingType": "application/pdf",
                   "metadata": "http://example.org/r.pdf"},
    }],
}  # fmt: skip
Ask = Callable[..., Any]


@pytest.fixture
def site(places: None, folder: Path) -> Path:
    """The data folder; no service runs, so that entries go straight into the log."""
    Sensor.objects.all().delete()
    return folder


@pytest.fixture
def ask(site: Path, program: Callable[..., Client]) -> Ask:
    """Asks as a program of our county's manager, or of somebody else."""
    clients = {"county-admin": program("county-admin", *RIGHTS)}

    def asked(verb: str, path: str, body: Any = None, **more: Any) -> Any:
        client = clients.get(more.get("who", "county-admin")) or program(more["who"], *RIGHTS)
        kind = more.get("kind", JSON)
        answer = getattr(client, verb)(f"{ROOT}/{path}", body, content_type=kind) if (
            verb != "get") else client.get(f"{ROOT}/{path}")  # fmt: skip
        assert answer.status_code == more.get("status", 200), answer.content.decode()
        return answer

    return asked


def made(ask: Ask, path: str, body: Any, **more: Any) -> str:
    """The id of what was made, out of its address, as FROST's clients take it."""
    answer = ask("post", path, body, status=201, **more)
    address: str = answer.headers["Location"]
    assert answer.json()["@iot.selfLink"] == address
    return address[address.index("'") + 1 : address.rindex("'")]


def test_a_thing_is_made_with_all_that_lies_in_it(ask: Ask) -> None:
    key = made(ask, "Things", THING)
    thing = ask("get", f"Things('{key}')?$expand=Locations,Datastreams($expand=Sensor,"
                       "ObservedProperty)").json()  # fmt: skip
    assert (thing["name"], thing["description"]) == ("试验水库", "一座试验水库")
    assert thing["properties"]["colour"] == "blue"
    assert thing["properties"]["capacity"] == 100
    assert thing["properties"]["region"] == OURS
    place, stream = thing["Locations"][0], thing["Datastreams"][0]
    assert (place["@iot.id"], place["name"], place["location"]) == (key, "坝前", POINT)
    assert (stream["name"], stream["description"]) == ("坝前水位", "雷达水位计所测")
    assert stream["ObservedProperty"]["@iot.id"] == "flood.water_level"
    assert stream["Sensor"]["metadata"] == "http://example.org/r.pdf"
    assert AuditLine.objects.filter(act="atlas.edit_objects", target=f"objects/{key}").exists()
    assert AuditLine.objects.filter(act="atlas.edit_sensors").exists()


def test_a_thing_is_changed_and_its_past_stays(ask: Ask) -> None:
    key = made(ask, "Things", THING)
    path = f"Things('{key}')"
    ask("patch", path, {"description": "另一句"})
    ask(
        "patch",
        path,
        [
            {"op": "replace", "path": "/name", "value": "改名"},
            {"op": "add", "path": "/properties/depth", "value": 3},
        ],
        kind=PATCH,
    )
    ask("put", f"Locations('{key}')", {"location": {"type": "Point", "coordinates": [160.3, 30.2]}})
    thing = ask("get", path).json()
    assert (thing["name"], thing["description"]) == ("改名", "另一句")
    assert (thing["properties"]["depth"], thing["properties"]["colour"]) == (3, "blue")
    moved = ask("get", f"{path}/Locations").json()["value"]
    assert [one["location"]["coordinates"] for one in moved] == [[160.3, 30.2]]
    past = ask("get", f"{path}/HistoricalLocations?$expand=Locations&$orderby=time").json()
    first = past["value"][0]["Locations"][0]
    assert first["location"] == POINT
    assert ask("get", f"Locations('{first['@iot.id']}')").json()["location"] == POINT
    ask("patch", f"Locations('{first['@iot.id']}')", {"location": POINT}, status=405)
    made(ask, f"{path}/Locations", {"location": POINT, "encodingType": "application/geo+json"})
    assert ask("get", f"{path}/Locations").json()["value"][0]["location"] == POINT


def test_what_is_not_named_stays(ask: Ask) -> None:
    about = {"owner": "org-county", "contact": "王工", "phone": "1", "address": "坝上",
             "name_en": "Pond", "colour": "blue"}  # fmt: skip
    thing = {**THING, "properties": {**RESERVOIR, **about}}
    thing["Datastreams"] = [{**THING["Datastreams"][0], "properties": {"a": 1, "interval_s": 300}}]
    path = f"Things('{made(ask, 'Things', thing)}')"

    def told(address: str) -> Any:
        return ask("get", address).json()["properties"]

    before = told(path)
    assert before.items() >= about.items()
    ask("patch", path, {"properties": {"colour": "red"}})
    ask("put", path, {"properties": {"phone": None, "depth": 3}})
    kept = {name: one for name, one in before.items() if name not in ("phone", "since")}
    assert {**kept, "colour": "red", "depth": 3}.items() == {
        name: one for name, one in told(path).items() if name != "since"
    }.items()
    steps = [{"op": "remove", "path": f"/properties/{name}"} for name in ("contact", "colour")]
    ask("patch", path, [*steps, {"op": "add", "path": "/properties/depth", "value": 4}], kind=PATCH)
    after = told(path)
    assert {"contact", "colour", "phone"}.isdisjoint(after)
    assert (after["depth"], after["owner"], after["capacity"]) == (4, "org-county", 100)
    ask("patch", path, [{"op": "remove", "path": "/properties/capacity"}], kind=PATCH, status=400)
    stream = f"Datastreams('{ask('get', f'{path}/Datastreams').json()['value'][0]['@iot.id']}')"
    ask("patch", stream, {"properties": {"b": 2}})
    assert told(stream).items() >= {"a": 1, "b": 2, "interval_s": 300}.items()


def test_a_datastream_is_made_changed_and_retired(ask: Ask) -> None:
    thing = made(ask, "Things", {"name": "断面", "properties": {**RESERVOIR, "region": OURS}})
    body = {
        "name": "雨量",
        "@iot.id": f"{OURS}-rain",
        "Thing": {"@iot.id": thing},
        "ObservedProperty": {"@iot.id": "flood.rain"},
        "properties": {"interval_s": 300},
    }
    key = made(ask, "Datastreams", body)
    assert key == f"{OURS}-rain"
    ask("post", "Datastreams", body, status=400)
    ask("patch", f"Datastreams('{key}')", {"name": "小时雨量", "description": "翻斗"})
    ask("patch", f"Sensors('{key}')", {"description": "翻斗式"})
    stream = ask("get", f"Datastreams('{key}')?$expand=Sensor,Thing").json()
    assert (stream["name"], stream["description"]) == ("小时雨量", "翻斗")
    assert stream["properties"]["interval_s"] == 300
    assert (stream["Sensor"]["description"], stream["Thing"]["@iot.id"]) == ("翻斗式", thing)
    ask("delete", f"Datastreams('{key}')")
    ask("get", f"Datastreams('{key}')", status=404)
    assert Sensor.objects.get(key=key).retired
    ask("delete", f"Things('{thing}')")
    ask("get", f"Things('{thing}')", status=404)
    assert ObservedObject.objects.filter(key=thing, until__isnull=False).exists()


def test_what_cannot_be_is_named(ask: Ask) -> None:
    thing = made(ask, "Things", THING)
    stream = {**THING["Datastreams"][0], "Thing": {"@iot.id": thing}}
    wrong: tuple[tuple[str, Any, str], ...] = (
        ("Things", [], "body"),
        ("Things", {"name": "x"}, "properties/kind"),
        ("Things", {"name": "x", "properties": {"kind": "nothing"}}, "properties/kind"),
        ("Things", {**THING, "name": ""}, "name"),
        ("Things", {**THING, "colour": "red"}, "colour"),
        ("Things", {**THING, "Locations": []}, "properties/region"),
        ("Things", {**THING, "Locations": [{"location": {"type": "Dot"}}]}, "location"),
        ("Things", {**THING, "properties": {"kind": "flood.reservoir"}}, "properties/capacity"),
        ("Datastreams", {**stream, "Thing": {"@iot.id": f"{THEIRS}-tank"}}, "Thing"),
        ("Datastreams", {**stream, "Thing": {"@iot.id": "nothing"}}, "Thing"),
        ("Datastreams", {**stream, "@iot.id": f"{THEIRS}-x"}, "@iot.id"),
        ("Datastreams", {**stream, "ObservedProperty": {"name": "x"}}, "ObservedProperty"),
        ("Datastreams", {**stream, "unitOfMeasurement": {"symbol": "ft"}}, "unitOfMeasurement"),
        ("Datastreams", {**stream, "observationType": "OM_Truth"}, "observationType"),
        ("Sensors", {"name": "x"}, "body"),
        ("ObservedProperties", {"name": "x", "definition": "y"}, "ObservedProperty"),
        ("Locations", {"location": POINT}, "Things"),
        ("Locations", {"location": POINT, "Things": [{"@iot.id": f"{THEIRS}-tank"}]}, "Things"),
    )  # fmt: skip
    before = ObservedObject.objects.count(), Sensor.objects.count()
    for path, body, where in wrong:
        answer = ask("post", path, body, status=400).json()
        assert answer["where"] == where, (path, body, answer)
    assert (ObservedObject.objects.count(), Sensor.objects.count()) == before
    assert made(ask, "ObservedProperties", {"name": "x",
                "definition": "urn:anlan:quantity:flood.rain"}) == "flood.rain"  # fmt: skip


def test_what_is_kept_is_not_deleted(ask: Ask) -> None:
    thing = made(ask, "Things", THING)
    past = ask("get", "HistoricalLocations").json()["value"][0]["@iot.id"]
    for path in (
        f"Locations('{thing}')",
        f"HistoricalLocations('{past}')",
        "ObservedProperties('flood.rain')",
        "Things",
        f"Things('{thing}')/name",
    ):
        body = ask("delete", path, status=405).json()
        assert body["code"] == 405
        assert body["message"]


def test_only_who_may_writes_and_only_at_home(
    ask: Ask, program: Callable[..., Client], client_for: Callable[[str], Client]
) -> None:
    thing = made(ask, "Things", THING)
    ask("patch", f"Things('{THEIRS}-tank')", {"name": "x"}, status=404)
    ask("delete", f"Things('{THEIRS}-tank')", status=404)
    ask("post", "Things", {**THING, "properties": {**RESERVOIR, "region": THEIRS}}, status=403)
    ask("patch", f"Things('{thing}')", {"name": "x"}, status=403, who="county")
    reader = program("county-admin")
    for answer in (
        reader.post(f"{ROOT}/Things", THING, content_type=JSON),
        reader.delete(f"{ROOT}/Things('{thing}')"),
        reader.delete(f"{ROOT}/Datastreams('x')"),
    ):
        assert answer.status_code in (403, 404)
    browser = client_for("county-admin")
    browser.handler.enforce_csrf_checks = True
    answer = browser.delete(f"{ROOT}/Things('{thing}')")
    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["message"]
    assert Client().post(f"{ROOT}/Things", THING, content_type=JSON).status_code == 401
