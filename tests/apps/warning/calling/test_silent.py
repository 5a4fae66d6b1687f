"""Who has not answered, by village: on the map, and for other systems."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anlan.apps.warning.menu import on_map
from anlan.apps.warning.models import Call, Warning
from tests.apps.conftest import TOWN
from tests.apps.warning.calling.test_board import one as one
from tests.apps.warning.conftest import WRITER, Office
from tests.apps.warning.test_api import program

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def test_the_map_shows_each_place_with_its_number_until_it_has_answered(
    one: Warning, client_for: SignIn, asker_for: Callable[[str], Any]
) -> None:
    county = client_for("county")
    silent = next(x for x in on_map(asker_for("county"), None) if x.url.endswith("silent.json"))
    calls = Call.objects.filter(state="asked").values_list("region", flat=True)
    assert silent.number == len(set(calls)) < len(calls)
    signs = _signs(county)
    here = Call.objects.filter(region=TOWN, state="asked").count()
    assert here
    assert (signs[0]["sign"], signs[0]["level"]) == ("orange", 3)
    assert f"{here}/{here}" in signs[0]["name"]
    assert county.get(signs[0]["url"]).status_code == 200
    page = county.get("/map").text
    assert "/warnings/silent.json" in page
    assert "未叫应村庄" in page
    Call.objects.filter(region=TOWN).update(state="desk")
    assert _signs(county)[0]["sign"] == "red"
    before = county.get("/warnings/silent.json")
    assert before.json()["count"] == silent.number
    again = {"If-None-Match": before.headers["ETag"]}
    assert county.get("/warnings/silent.json", headers=again).status_code == 304
    Call.objects.all().update(state="answered")
    after = county.get("/warnings/silent.json", headers=again)
    assert (after.status_code, after.json()["count"]) == (200, 0)
    assert _signs(county) == []


def _signs(client: Client) -> list[dict[str, Any]]:
    told = client.get("/warnings/silent.json").json()["features"]
    return [x["properties"] for x in told if x["geometry"]["type"] == "Point"]


def test_a_program_reads_it_without_names_and_only_of_its_own_district(
    one: Warning, office: Office, client_for: SignIn
) -> None:
    answer = program(office, WRITER).get(f"/api/v1/call-downs?warning={one.key}")
    rows = answer.json()["items"]
    assert {row["region"] for row in rows} == set(Call.objects.values_list("region", flat=True))
    assert sum(row["asked"] for row in rows) == Call.objects.filter(state="asked").count()
    assert "镇长" not in answer.content.decode()
    assert "13900000002" not in answer.content.decode()
    Call.objects.all().update(state="answered")
    client = program(office, "city")
    assert client.get("/api/v1/call-downs").json()["items"] == []
    assert client.get("/api/v1/call-downs?answered=1").json()["items"]
    other = program(office, "county-b")
    assert other.get("/api/v1/call-downs?answered=1").json()["items"] == []
    assert client_for("county-b").get("/warnings/silent.json").json()["features"] == []
    assert Client().get("/api/v1/call-downs").status_code == 401
