"""A device of two counties: each sees its own sensors, and nothing that holds other values."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.connectors.frames import Media
from anlan.live.gateway import asks
from anlan.live.gateway.devices.frames import Chunk, Ring
from anlan.live.gateway.devices.heard import HEAD
from anlan.live.gateway.devices.kept import Kept
from anlan.live.gateway.devices.media import Shelf, pieces_of
from tests.apps.conftest import COUNTY, NEIGHBOUR
from tests.apps.gateway.conftest import key, now_ms, spoke

ClientFor = Callable[[str], Client]
pytestmark = pytest.mark.django_db
STATION = "010000A8900016F000169DC0"
PATH = f"/gateway/hj212/{STATION}"
RAW = b"##0020w01018-Rtd=7.1234567"


@pytest.fixture
def shared(live: Path) -> Path:
    """A station that measures something of each county, with a frame, an answer and a picture."""
    spoke(live, "hj212", STATION, "w01018", "w01019")
    for handle, (quantity, region) in enumerate((("w01018", COUNTY), ("w01019", NEIGHBOUR)), 900):
        Sensor.objects.create(key=key(STATION, quantity), handle=handle, region=region,
                              object_key=f"{region}RV9", quantity=f"hj212.{quantity}")  # fmt: skip
        ObservedObject.objects.create(key=f"{region}RV9", name=f"河段{region}", region=region,
                                      since=timezone.now() - timedelta(days=1))  # fmt: skip
    ring, shelf = Ring(live, Kept()), Shelf(live, Kept())
    packed = HEAD.pack(now_ms(), len(RAW)) + RAW
    ring.add([Chunk(now_ms(), "hj212", STATION, 1, packed)], now_ms=now_ms())
    shelf.keep("hj212", STATION, [Media(b"\xff\xd8\xff\xe0" + b"\x00" * 9, "通道1")], at=now_ms())
    ring.close()
    shelf.close()
    number = asks.put(live, STATION, "latest", {}, by="admin", protocol="hj212")
    path = asks.folder_of(live) / f"{number}.ask"
    answer = {"header": {}, "fields": {"level": 8.7654}}
    told = json.loads(path.read_text()) | {"result": "answered", "answers": [answer]}
    path.with_suffix(".done").write_text(json.dumps(told))
    path.unlink()
    return live


def test_a_part_of_a_device_shows_nothing_of_the_whole(shared: Path, client_for: ClientFor) -> None:
    (picture,) = pieces_of(shared, "hj212", STATION, most=9)
    held = ("7.1234567", "8.7654", "通道1")
    for who, own, other in (("county", "w01018", "w01019"), ("county-b", "w01019", "w01018")):
        browser = client_for(who)
        page = browser.get(PATH).text
        assert key(STATION, own) in page
        assert key(STATION, other) not in page
        assert "仅对有权查看该设备全部测量量的人员显示" in page
        for text in (page, browser.get("/gateway/").text):
            assert f"河段{COUNTY if who == 'county' else NEIGHBOUR}" in text
            assert f"河段{NEIGHBOUR if who == 'county' else COUNTY}" not in text
        for text in (page, browser.get(PATH, headers={"HX-Request": "true"}).text):
            assert not [one for one in held if one in text]
        assert browser.get(f"{PATH}/media/{picture.name}").status_code == 404
    above = client_for("admin")
    page = above.get(PATH).text
    assert [one for one in held if one in page] == list(held)
    assert "仅对有权查看" not in page
    assert above.get(f"{PATH}/media/{picture.name}").status_code == 200
