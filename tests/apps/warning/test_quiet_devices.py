"""Devices that nobody heard of for long, and villages that no loudspeaker reaches."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from shapely.geometry import Point, box

from anlan.apps.atlas.models import Facility, Region
from anlan.apps.people.models import Notice
from anlan.apps.warning.queries.audience.quiet import out_of_earshot, silent_devices
from tests.apps.conftest import TOWN, VILLAGE
from tests.apps.warning.conftest import SINCE, Office

pytestmark = pytest.mark.django_db
DEVICE = "33109910120131401001"
OTHER = f"{TOWN}777"


@pytest.fixture
def town(office: Office) -> Office:
    """Two villages, one with a loudspeaker in its middle, and one without an address."""
    since = office.now - SINCE
    for key, name, lon in ((VILLAGE, "桥头村", 118.15), (OTHER, "山后村", 118.19)):
        shape = box(lon - 0.005, 30.145, lon + 0.005, 30.155)
        Region.objects.create(key=key, name=name, region=key, shape=shape, since=since)
    for key, lon, device in (("ls-1", 118.15, DEVICE), ("ls-2", 118.19, "")):
        Facility.objects.create(key=key, name=f"喇叭{key}", kind="loudspeaker", region=TOWN,
                                shape=Point(lon, 30.15), device=device, since=since)  # fmt: skip
    return office


def played(office: Office, ago: timedelta, **more: Any) -> None:
    fields = {"state": "delivered", "kind": "speaker", "address": DEVICE, **more}
    Notice.objects.create(key=f"n{Notice.objects.count()}", subject="x", text="x", region=TOWN,
                          cause="message:1", created_at=office.now - ago,
                          answered_at=office.now - ago, **fields)  # fmt: skip


def test_a_device_is_silent_until_it_says_that_it_played(town: Office) -> None:
    def keys(hours: int = 24) -> list[str]:
        return [one.row.key for one in silent_devices(town.asker("county"), hours)]

    assert keys() == ["ls-1", "ls-2"]
    played(town, timedelta(hours=1), state="sent")
    assert keys() == ["ls-1", "ls-2"]
    played(town, timedelta(hours=30))
    assert keys() == ["ls-2", "ls-1"]
    assert keys(48) == ["ls-2"]
    assert silent_devices(town.asker("county-b-chief"), 24) == []


def test_a_village_is_out_of_earshot_of_what_is_far_or_cannot_be_reached(town: Office) -> None:
    (one,) = out_of_earshot(town.asker("county"))
    assert one.row.name == "山后村"
    assert one.metres == pytest.approx(0.04 * 111_320 * 0.8647, rel=0.01)
    Facility.objects.filter(key="ls-1").update(size=5_000)
    assert out_of_earshot(town.asker("county")) == []
    Facility.objects.update(device="")
    assert {one.metres for one in out_of_earshot(town.asker("county"))} == {None}
    assert out_of_earshot(town.asker("county-b-chief")) == []


def test_the_page_and_the_map_tell_both_with_time_and_source(
    town: Office, client_for: Callable[[str], Client]
) -> None:
    played(town, timedelta(days=40))
    page = client_for("county").get("/warnings/devices/?hours=720").content.decode()
    for words in (
        "喇叭ls-1",
        "山后村",
        "档案中没有地址",
        "来源：",
        "3850 m",
        "按 800 m",
        "未核实",
        "平台自定默认值",
    ):
        assert words in page, words
    marks = client_for("county").get("/warnings/devices/marks.json").json()["features"]
    assert len(marks) == 3
    assert any("最近的应急广播终端相距 3.9 km" in one["properties"]["name"] for one in marks)
    assert client_for("county").get("/warnings/devices/?hours=x").status_code == 200
    other = client_for("county-b")
    assert "山后村" not in other.get("/warnings/devices/").content.decode()
    assert other.get("/warnings/devices/marks.json").json()["features"] == []
