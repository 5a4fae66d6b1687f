"""Rows of two neighbouring counties, for the tests of the atlas."""

from datetime import UTC, datetime
from typing import Any

import shapely

from anlan.apps.atlas.models import Enterprise, ObservedObject, PopulationCell, Region, Target
from anlan.apps.atlas.words import words_for

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
OURS, THEIRS = "990101001001", "990102001001"


def put(model: Any, key: str, region: str, name: str, **rest: Any) -> Any:
    """A standing row of a model, found by its words as any other."""
    row = model(key=key, region=region, name=name, since=SINCE, **rest)
    row.words = words_for(row)
    row.save()
    return row


def point(lon: float, lat: float) -> Any:
    """A place in degrees."""
    return shapely.Point(lon, lat)


def two_counties() -> None:
    """A tank, a school, an enterprise and people on each side of the border at 160.5° E."""
    for code, name, west in (("990101", "安澜县", 160.0), ("990102", "邻水县", 160.5)):
        put(Region, code, code, name, shape=shapely.box(west, 30.0, west + 0.5, 30.5))
        village = code + "001001"
        x = west + (0.495 if west == 160.0 else 0.005)
        put(Region, code + "001", code + "001", f"{name[:2]}镇")
        put(ObservedObject, f"{code}-tank", village, f"{name}化工储罐", kind="tank",
            pack="chemical", owner=f"{code}-plant", shape=point(x, 30.2))  # fmt: skip
        put(Enterprise, f"{code}-plant", village, f"{name}化工有限公司", industry="化工",
            owner=f"{code}-plant", shape=point(x, 30.2))  # fmt: skip
        put(Target, f"{code}-school", village, f"{name}实验小学", kind="school", people_day=800,
            people_night=20, shape=point(x, 30.201))  # fmt: skip
        PopulationCell.objects.create(region=village, shape=shapely.box(x - 0.002, 30.198,
            x + 0.002, 30.202), people_day=100, people_night=300)  # fmt: skip
