"""The area of a warning: a circle, what lies about something, and areas that are kept."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from django.test import Client
from shapely.geometry import Point, box

from anlan.apps.atlas.models import Enterprise
from anlan.apps.atlas.words import words_for
from anlan.apps.warning.models import SavedArea, Warning
from anlan.desk.geometry.lookups import distance_m
from tests.apps.conftest import NEIGHBOUR, TOWN
from tests.apps.warning.conftest import Office

Clients = Callable[[str], Client]


def plant(office: Office, key: str, name: str, lon: float, region: str = TOWN) -> None:
    row = Enterprise(key=key, name=name, region=region, shape=Point(lon, 30.15), since=office.now)
    row.words = words_for(row)
    row.save()


def press(client: Client, one: Warning, by: str, **typed: str) -> Any:
    form = {"version": str(one.version), "area_by": by, "area_m": "2000", **typed}
    return client.post(f"/warnings/{one.key}/area", form)


def drawn(answer: Any) -> Any:
    """The shape that stands in the editor now."""
    assert answer.status_code == 200
    assert "HX-Trigger-After-Swap" in answer.headers
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.S)
    assert text
    return shapely.from_geojson(text[1].replace("&quot;", '"'))


@pytest.mark.parametrize("by", ["about", "circle"])
def test_what_lies_within_some_metres(office: Office, client_for: Clients, by: str) -> None:
    plant(office, "plant", "南岗化工", 118.15)
    typed = {"area_about": "南岗化工", "area_middle": "118.15, 30.15"}
    shape = drawn(press(client_for("county"), office.drafted(), by, **typed))
    away = [distance_m(Point(x, y), 118.15, 30.15) for x, y in shape.exterior.coords]
    assert min(away) == pytest.approx(2000, rel=0.02)
    assert max(away) == pytest.approx(2000, rel=0.02)


def test_of_several_with_the_name_one_is_chosen(office: Office, client_for: Clients) -> None:
    plant(office, "a", "化工一厂", 118.12)
    plant(office, "b", "化工二厂", 118.18)
    plant(office, "c", "化工三厂", 118.5, NEIGHBOUR)
    client, one = client_for("county"), office.drafted()
    page = press(client, one, "about", area_about="化工").content.decode()
    assert re.findall(r'value="about:([^"]+)"', page) == ["enterprise.a", "enterprise.b"]
    shape = drawn(press(client, one, "about:enterprise.b"))
    assert shape.contains(Point(118.18, 30.15))
    assert press(client, one, "about:enterprise.c").content.decode().count("没有此名称的对象") == 1


def test_an_area_is_kept_and_put_into_another_warning(office: Office, client_for: Clients) -> None:
    client, one = client_for("county"), office.drafted()
    area = box(118.11, 30.11, 118.12, 30.13)
    for name in ("河滩", "河滩"):
        answer = press(client, one, "keep", area_name=name, shape=shapely.to_geojson(area))
        assert "已保存" in answer.content.decode()
    kept = SavedArea.objects.get()
    assert (kept.region, kept.writer) == (one.region, "county")
    other = office.drafted()
    assert "河滩" in client.get(f"/warnings/{other.key}/edit").content.decode()
    assert drawn(press(client, other, "saved", area_saved=kept.key)).equals(area)
    assert office.again(other).shape.equals(other.shape)


def test_areas_are_of_a_jurisdiction(office: Office, client_for: Clients) -> None:
    SavedArea.objects.create(name="邻县", region=NEIGHBOUR, shape=box(118.5, 30, 118.6, 30.1),
                             writer="x", kept_at=office.now)  # fmt: skip
    kept = SavedArea.objects.get()
    client, one = client_for("county"), office.drafted()
    assert "邻县" not in client.get(f"/warnings/{one.key}/edit").content.decode()
    assert "没有这个区域" in press(client, one, "saved", area_saved=kept.key).content.decode()
    assert press(client_for("county-b"), one, "circle").status_code == 404


@pytest.mark.parametrize("typed", [
    {"area_m": "0"}, {"area_m": "1e9"}, {"area_m": "nan"}, {"area_m": ""}, {"area_m": "x"},
    {"area_middle": "1"}, {"area_middle": "500,1"}, {"area_middle": "a,b"}, {"area_middle": ""},
])  # fmt: skip
def test_what_is_no_circle_is_said(
    office: Office, client_for: Clients, typed: dict[str, str]
) -> None:
    one = office.drafted()
    answer = press(client_for("county"), one, "circle", **{"area_middle": "118.1,30.1", **typed})
    assert answer.status_code == 200
    assert "field-error" in answer.content.decode()
    assert "HX-Trigger-After-Swap" not in answer.headers


def test_nothing_without_a_name_or_an_area_is_kept(office: Office, client_for: Clients) -> None:
    client, one = client_for("county"), office.drafted()
    area = shapely.to_geojson(box(118, 30, 118.1, 30.1))
    for typed in ({"area_name": " ", "shape": area}, {"area_name": "x", "shape": ""}):
        assert "field-error" in press(client, one, "keep", **typed).content.decode()
    assert not SavedArea.objects.exists()
