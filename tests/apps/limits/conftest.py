"""A store of its own with a river gauge on each side of the border, and a live service at it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.urls import get_resolver
from django.utils import timezone

from anlan.apps.atlas.actions import follow_to, limits_preview
from anlan.apps.atlas.models import ObservedObject
from anlan.apps.atlas.models.limit_change import LimitChange
from anlan.live import reach
from anlan.site.options import Place
from tests.apps.atlas.places import OURS, THEIRS, point, put

OWN, OTHER = "990101RV1-Z1", "990102RV1-Z1"
OBJECT = "990101RV1"


def gauge(key: str) -> list[dict[str, Any]]:
    """A river gauge with a yellow and an orange mark, as entries."""
    limits = [{"level": "yellow", "value": 3.2, "source": "plan 2020"},
              {"level": "orange", "value": 4.0, "source": "plan 2020"}]  # fmt: skip
    return [
        {"type": "sensor", "key": key, "object": key[:-3], "quantity": "flood.water_level"},
        {"type": "limits_of", "sensor": key, "limits": limits},
    ]


class Standing:
    """A live service that answers at once, in this process."""

    packs = None

    def __init__(self, data: Path) -> None:
        self.data = data

    def ask(self, _method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        desk = reach.Desk(self.data)
        desk._service = None  # the store is opened directly
        with desk:
            if body is not None:
                return {"seq": desk.enter(json.loads(body))}
            source = unquote(path.partition("source=")[2])
            return desk.requeue(source or None)

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def data(tmp_path: Path, settings: Any, db: None) -> Path:
    """The data folder, with the gauges registered; no live service runs."""
    (tmp_path / "desk").mkdir()
    Place(tmp_path).ready_file.touch()
    settings.PLACE = Place(tmp_path)
    for region, key in ((OURS, OBJECT), (THEIRS, OTHER[:-3])):
        put(ObservedObject, key, region, f"石桥断面{key}", kind="river_section", pack="flood",
            shape=point(160.1, 30.1))  # fmt: skip
    with reach.Desk(tmp_path) as desk:
        desk.enter([*gauge(OWN), *gauge(OTHER)])
    follow_to(tmp_path, timezone.now())
    return tmp_path


@pytest.fixture
def live(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder with a live service at work."""
    assert get_resolver().url_patterns  # modules that load later would keep the stand-in for ever
    for place in ("anlan.live.reach.running", "anlan.apps.atlas.actions.deciding.running"):
        monkeypatch.setattr(place, Standing)
    return data


@pytest.fixture(autouse=True)
def previews(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was asked of the engine; nothing is started."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(limits_preview, "_start", asked.append)
    return asked


@pytest.fixture
def proposed(live: Path, client_for: Callable[[str], Any]) -> LimitChange:
    """A proposal of the county's manager: yellow at 3.5 m from tomorrow."""
    answer = client_for("county-admin").post(f"/limits/sensors/{OWN}/propose", wanted())
    assert answer.status_code == 302
    return LimitChange.objects.get()


def wanted(**other: str) -> dict[str, str]:
    """What the form sends."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return {"level": "2", "direction": "high", "value": "3.5", "deadband": "0.05",
            "since": f"{tomorrow:%Y-%m-%d}", "source": "汛〔2026〕12号", **other}  # fmt: skip
