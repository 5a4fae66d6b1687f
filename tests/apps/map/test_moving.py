"""Vehicles on the map: where they were last, to those alone whose they are."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.history.log import Log, store_in
from anlan.site.api import moving
from anlan.site.api.answers.newest import Newest
from anlan.site.options import Place
from tests.apps.map.places import OURS, SECRET, THEIRS, put
from tests.pure.history.streams import batch_of, readings

COUNTIES = {OURS: "安澜", THEIRS: SECRET}


@pytest.fixture
def driven(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A vehicle in each county that told twice where it is, and one that never did."""
    settings.PLACE = Place(tmp_path)
    settings.PLACE.ready_file.parent.mkdir(parents=True)
    settings.PLACE.ready_file.touch()
    now, told = int(timezone.now().timestamp() * 1000), []
    for code, called in COUNTIES.items():
        for number in range(2):
            key, village = f"{code}VH00{number}", code + "001001"
            put(ObservedObject, key, village, f"{called}槽车{number}", kind="vehicle",
                pack="vehicle", shape=shapely.Point(160.1, 30.1))  # fmt: skip
            for word in ("lon", "lat", "speed"):
                handle = Sensor.objects.count()
                Sensor.objects.create(key=f"{key}-{word}", handle=handle, object_key=key,
                                      quantity=f"vehicle.{word}", region=village)  # fmt: skip
                if not number:
                    value = {"lon": 160.25, "lat": 30.3, "speed": 61.7}[word]
                    told += [(handle, now - 20_000, value - 0.1), (handle, now - 10_000, value)]
    with Log.open(store_in(tmp_path), write=True) as log:
        log.append([readings(batch_of(told))])
    newest = Newest()
    monkeypatch.setattr(moving, "NEWEST", newest)
    yield
    newest.close()


def test_each_is_where_it_was_last(driven: None, client_for: Callable[[str], Client]) -> None:
    answer = client_for("county").get(moving.URL)
    told = json.loads(answer.content)
    assert told["count"] == 1
    (one,) = told["features"]
    assert one["geometry"] == {"type": "Point", "coordinates": [160.25, 30.3]}
    assert one["properties"]["name"].startswith("安澜槽车0\n62\u2009km/h · ")
    assert one["properties"]["url"] == f"/objects/{OURS}VH000"
    assert SECRET not in answer.content.decode()


def test_the_layer_is_offered_where_something_moves(
    driven: None, client_for: Callable[[str], Client]
) -> None:
    assert moving.URL in client_for("county").get("/map").content.decode()
    assert len(json.loads(client_for("province").get(moving.URL).content)["features"]) == 2


def test_nobody_sees_it_who_has_not_signed_in(db: None, client: Client) -> None:
    assert client.get(moving.URL).status_code in (302, 401, 403)
