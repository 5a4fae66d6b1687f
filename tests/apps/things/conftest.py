"""Two counties with sensors that were heard, for the tests of SensorThings."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.apps.atlas.history import Store
from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.history.log import Log, store_in
from anlan.history.seal import seal
from anlan.site.api.answers.newest import Newest
from anlan.site.api.things import door
from anlan.site.api.things.model import sensing, stretch
from anlan.site.api.things.reading import walk
from anlan.site.options import Place
from tests.apps.api.conftest import places as places
from tests.apps.api.conftest import program as program
from tests.apps.atlas.places import point, put
from tests.pure.history.streams import DAY0, batch_of, readings

ROOT = "/api/sensorthings/v1.1"
OURS, THEIRS, START = "990101", "990102", DAY0
"""START: the first reading, ms UTC; then one a minute."""
Get = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, whose history nobody has opened."""
    settings.PLACE = Place(tmp_path)
    settings.PLACE.ready_file.parent.mkdir()
    settings.PLACE.ready_file.touch()
    store, newest = Store(), Newest()
    for module in (walk, stretch):
        monkeypatch.setattr(module, "STORE", store)
    for module in (walk, sensing):
        monkeypatch.setattr(module, "NEWEST", newest)
    monkeypatch.setattr(stretch.BEGINNINGS, "_since", float("-inf"))
    monkeypatch.setattr(door, "RATES", door.Rates())
    yield tmp_path
    store.close()
    newest.close()


@pytest.fixture
def heard(places: None, folder: Path) -> None:
    """Forty readings of each county's sensor, most of them sealed; and two more things of ours."""
    store = store_in(folder)
    rows = [(h, START + 60_000 * i, float(i)) for i in range(40) for h in (1, 2)]
    with Log.open(store, write=True) as log:
        log.append([readings(batch_of(rows[:60]))])
        log.roll()
        seal(store)
        log.append([readings(batch_of(rows[60:]))])
    Sensor.objects.filter(quantity="flammable_gas").update(quantity="chemical.flammable_gas")
    for number, name in enumerate(("甲", "乙"), 1):
        put(ObservedObject, f"{OURS}-pond-{number}", f"{OURS}001001", f"{name}水库",
            kind="reservoir", pack="flood", shape=point(160.0
            + number / 10, 30.3), attributes={"depth_m": number * 10})  # fmt: skip
        Sensor.objects.create(
            key=f"{OURS}-level-{number}", handle=number + 2, object_key=f"{OURS}-pond-{number}",
            quantity="flood.water_level", region=f"{OURS}001001", shape=point(160.1, 30.3),
        )  # fmt: skip


@pytest.fixture
def get(heard: None, program: Callable[..., Client]) -> Get:
    """Asks as a program of our county; the decoded answer, and 200 unless another is named."""
    client = program("county")

    def ask(path: str, status: int = 200, **query: Any) -> Any:
        asked = {f"${name}": value for name, value in query.items()}
        answer = client.get(f"{ROOT}/{path}" if path else ROOT, asked)
        assert answer.status_code == status, answer.content.decode()
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer

    return ask
