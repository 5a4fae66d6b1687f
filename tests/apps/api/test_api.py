"""Other systems see and do what their key allows, in their jurisdiction, and no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.models import ObservedObject
from anlan.apps.people.models import Duty
from anlan.apps.watch.acts import ACKNOWLEDGE, SEE
from anlan.apps.watch.models import Alarm, Source
from tests.apps.api.conftest import OURS, THEIRS, Program
from tests.apps.atlas.places import point, put

pytestmark = pytest.mark.usefixtures("places")
V1 = "/api/v1"
LISTS = ("regions", "enterprises", "objects", "sensors", "alarms", "alarms/changes", "duty")


def post(client: Client, verb: str, county: str = OURS, **body: Any) -> Any:
    path = f"{V1}/alarms/a-{county}/{verb}"
    return client.post(path, body, content_type="application/json")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_the_jurisdiction_and_asks_little(
    program: Program, name: str, django_assert_max_num_queries: Any
) -> None:
    client = program("county")
    with django_assert_max_num_queries(8):
        answer = client.get(f"{V1}/{name}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["items"]
    assert THEIRS not in answer.content.decode()


@pytest.mark.parametrize("name", [*LISTS, "counts"])
def test_a_stranger_and_a_wrong_key_are_told_401_as_json(name: str) -> None:
    for client in (Client(), Client(headers={"authorization": "Bearer wrong"})):
        answer = client.get(f"{V1}/{name}")
        assert answer.status_code == 401
        assert set(answer.json()) == {"error", "where"}


@pytest.mark.parametrize(
    "path",
    ["objects/{0}-tank", "sensors/{0}-gas", "sensors/{0}-gas/readings", "alarms/a-{0}"],
)
def test_another_county_is_not_there(program: Program, path: str) -> None:
    answer = program("county").get(f"{V1}/{path.format(THEIRS)}")
    assert answer.status_code == 404
    assert answer.json()["error"]


@pytest.mark.parametrize("path", ["objects/{0}-tank", "sensors/{0}-gas", "alarms/a-{0}"])
def test_one_thing(program: Program, path: str) -> None:
    assert program("county").get(f"{V1}/{path.format(OURS)}").status_code == 200


def test_a_key_sees_only_what_it_names(program: Program) -> None:
    client = program("county", SEE)
    assert client.get(f"{V1}/alarms").status_code == 200
    for name in ("objects", "sensors", "duty"):
        assert client.get(f"{V1}/{name}").status_code == 403


def test_a_key_that_reads_does_nothing(program: Program) -> None:
    assert post(program("county"), "acknowledge", version=1).status_code == 403
    assert Alarm.objects.get(key=f"a-{OURS}").state == "raised"


def test_an_alarm_is_handled_by_its_version(program: Program) -> None:
    client = program("county", SEE, ACKNOWLEDGE)
    assert post(client, "acknowledge", THEIRS, version=1).status_code == 404
    done = post(client, "acknowledge", version=1)
    assert done.json()["state"] == "acknowledged"
    assert post(client, "acknowledge", version=1).status_code == 409
    assert post(client, "acknowledge", version=done.json()["version"]).status_code == 422
    assert post(client, "close", version=done.json()["version"], reason="x").status_code == 403


def test_a_session_writes_with_its_token_only(client_for: Callable[[str], Client]) -> None:
    browser = client_for("county")
    browser.handler.enforce_csrf_checks = True
    assert browser.get(f"{V1}/counts").json()["orange"] == 1
    assert post(browser, "acknowledge", version=1).status_code == 403
    browser.get("/api/docs")
    token = browser.cookies["anlan_csrf"].value
    path = f"{V1}/alarms/a-{OURS}/acknowledge"
    words: dict[str, Any] = {"content_type": "application/json", "headers": {"x-csrftoken": token}}
    assert browser.post(path, {"version": 1}, **words).status_code == 200


def test_pages_go_on_where_the_last_one_ended(program: Program) -> None:
    for number in range(5):
        put(ObservedObject, f"more-{number}", OURS + "001", "x", shape=point(160.1, 30.1))
    client, after = program("county"), ""
    keys: list[str] = []
    for _ in range(9):
        found = client.get(f"{V1}/objects", {"limit": "2", "after": after}).json()
        keys += [one["key"] for one in found["items"]]
        after = found["next"]
        if not after:
            break
    assert len(keys) == len(set(keys)) == 6
    assert client.get(f"{V1}/objects", {"bbox": "160.05,30.05,160.15,30.15"}).json()["next"] == ""
    assert client.get(f"{V1}/objects?limit=501").status_code == 422
    assert client.get(f"{V1}/objects?after=x").json()["where"] == "after"


def test_geojson_by_accept_or_by_name(program: Program) -> None:
    client = program("county")
    for answer in (
        client.get(f"{V1}/regions?f=geojson"),
        client.get(f"{V1}/regions", headers={"accept": "application/geo+json"}),
    ):
        assert answer.headers["Content-Type"] == "application/geo+json"
        assert answer.json()["features"][0]["geometry"]["type"] == "Polygon"


def test_changes_are_pulled_by_cursor(program: Program) -> None:
    client = program("city")
    first = client.get(f"{V1}/alarms/changes?limit=1").json()
    assert first["more"]
    then = client.get(f"{V1}/alarms/changes", {"cursor": first["cursor"]}).json()
    assert [one["key"] for one in first["items"] + then["items"]] == [f"a-{OURS}", f"a-{THEIRS}"]
    end = client.get(f"{V1}/alarms/changes", {"cursor": then["cursor"]}).json()
    assert (end["items"], end["cursor"]) == ([], then["cursor"])
    Alarm.objects.filter(key=f"a-{OURS}").update(revision=3)
    Source.objects.update(revision=3)
    again = client.get(f"{V1}/alarms/changes", {"cursor": end["cursor"]}).json()
    assert [one["key"] for one in again["items"]] == [f"a-{OURS}"]
    assert client.get(f"{V1}/alarms/changes?cursor=99.1").status_code == 422


@pytest.mark.parametrize("query", ["from=x", "from=2&to=1", "from=0&to=2000-01-01", "points=0"])
def test_a_stretch_that_is_none_is_422(program: Program, query: str) -> None:
    answer = program("county").get(f"{V1}/sensors/{OURS}-gas/readings?{query}")
    assert answer.status_code == 422


def test_who_was_on_duty_is_not_on_duty(program: Program) -> None:
    client = program("city")
    assert len(client.get(f"{V1}/duty").json()["items"]) == 2
    assert len(client.get(f"{V1}/duty", {"region": THEIRS}).json()["items"]) == 1
    later = timezone.now() + timedelta(hours=2)
    Duty.objects.update(starts_at=later, ends_at=later + timedelta(hours=1))
    assert client.get(f"{V1}/duty").json()["items"] == []


def test_the_docs_come_from_here() -> None:
    page = Client().get("/api/docs").content.decode()
    assert "http" not in page
    assert Client().get("/api/docs/swagger-ui-bundle.js").status_code == 200
    assert Client().get("/api/docs/../secret").status_code == 404
    assert Client().get("/api/nothing").json()["error"]
    assert Client().delete(f"{V1}/alarms").status_code == 405
