"""The county that warns, with its pages for the public in a folder, and a village with shelters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import LineString, Point, box

from anlan.apps.atlas.models import BaseFeature, Facility, Region
from anlan.apps.atlas.words import words_for
from anlan.apps.portal.actions import Publisher
from anlan.apps.portal.press.edition import Site
from tests.apps.conftest import TOWN, VILLAGE, World
from tests.apps.warning.conftest import SINCE, Office, found

SITE = Site("安澜", "https://anlan.county.example")
_SHELTERS = {"near": ("桥头小学避难场所", 118.151), "far": ("河东避难场所", 118.19),
             "dry": ("县体育馆避难场所", 118.35), "b": ("邻县避难场所", 119.9)}  # fmt: skip


@pytest.fixture
def office(world: World) -> Office:
    """The county's office; its map has two counties, a village, a street and shelters."""
    office = found(world)
    since = office.now - SINCE
    rows: list[Any] = [
        Region(key=key, name=name, name_en=english, region=key, shape=shape, since=since)
        for key, name, english, shape in (
            ("990102", "邻水县", "Linshui County", box(118.4, 30.0, 118.8, 30.4)),
            (VILLAGE, "桥头村", "Qiaotou Village", box(118.14, 30.14, 118.16, 30.16)),
        )
    ]
    rows += [
        Facility(key=key, name=name, kind="shelter", region=TOWN, shape=Point(lon, 30.15), size=300,
                 phone="199-0000-0001", address="城关镇中街1号", since=since)
        for key, (name, lon) in _SHELTERS.items()
    ]  # fmt: skip
    for row in [*rows, *Region.objects.all()]:
        row.words = words_for(row)
        row.save()
    street = LineString([(118.149, 30.15), (118.15, 30.151)])
    BaseFeature.objects.create(layer="road", name="滨河路", shape=street)
    return office


@pytest.fixture
def publish(office: Office, tmp_path: Path) -> Callable[[], Path]:
    """Publishes at the office's time; the folder."""
    publisher = Publisher(tmp_path / "public", SITE)

    def now() -> Path:
        publisher.publish(office.now)
        return tmp_path / "public"

    return now
