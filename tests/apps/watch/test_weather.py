"""The strip and the cockpit show the rain and the wind of the reader's own districts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.history import Store
from anlan.apps.atlas.models import Sensor
from anlan.apps.watch.views.lists import weather as page
from anlan.history.log import Log, store_in
from anlan.site.options import Place
from tests.pure.history.streams import batch_of, readings

ROWS = (
    ("ws-hill", "990101001001", "gust", 21.3), ("ws-hill", "990101001001", "wind_speed", 13.4),
    ("ws-hill", "990101001001", "wind_direction", 271.0), ("ws-town", "990101002", "gust", 9.1),
    ("ws-far", "990102", "gust", 34.0), ("rs", "990101001", "flood.rain", 12.5),
    ("bridge", "990101001", "bridge.strain", 13_541.0),
)  # fmt: skip


@pytest.fixture
def blown(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stations of two counties that reported a minute ago."""
    settings.PLACE = Place(tmp_path)
    settings.PLACE.ready_file.parent.mkdir(parents=True)
    settings.PLACE.ready_file.touch()
    now = int(timezone.now().timestamp() * 1000) - 60_000
    for handle, (place, region, quantity, _value) in enumerate(ROWS):
        Sensor.objects.create(key=f"{place}-{quantity}", handle=handle, object_key=place,
                              quantity=quantity, name=f"{place}站", region=region)  # fmt: skip
    with Log.open(store_in(tmp_path), write=True) as log:
        log.append([readings(batch_of([(n, now, row[3]) for n, row in enumerate(ROWS)]))])
    monkeypatch.setattr(page, "STORE", Store())
    monkeypatch.setattr(page, "_KEPT", {})


def test_the_strongest_gust_is_shown_with_force_unit_time_and_direction(
    blown: None, client_for: Callable[[str], Client]
) -> None:
    county = client_for("county")
    told = county.get("/strip").content.decode()
    assert "21.3 m/s" in told
    assert "9级" in told
    assert "→" in told, "a wind from the west blows to the east"
    assert "西风（271°）" in told
    assert "平均风速 13.4 m/s" in told
    assert "12.5 mm/h" in told
    assert "/objects/ws-hill" in told
    assert "34.0" not in told, "the neighbour's wind is the neighbour's"
    full = county.get("/cockpit").content.decode()
    assert "ws-hill站 · " in full


def test_without_a_station_there_is_no_figure(
    client_for: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "_KEPT", {})
    told = client_for("county").get("/strip").content.decode()
    assert "m/s" not in told
    assert "mm/h" not in told
