"""Two counties side by side, full enough for a map."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from anlan.apps.atlas.models import (
    BaseFeature,
    Enterprise,
    Facility,
    ObservedObject,
    PopulationCell,
    Region,
    Target,
)
from anlan.apps.atlas.words import words_for
from anlan.apps.watch.models import Alarm, Step

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
OURS, THEIRS = "990101", "990102"
WESTS = {OURS: 160.0, THEIRS: 160.5}
SECRET = "秘密"
"""In every name of the other county: nowhere else may it be read."""


def put(model: Any, key: str, region: str, name: str, **rest: Any) -> Any:
    """A standing row of a model, found by its words."""
    row = model(key=key, region=region, name=name, **{"since": SINCE, **rest})
    row.words = words_for(row)
    row.save()
    return row


def two_counties(*, objects: int = 60) -> None:
    """Objects, schools, a hospital, a team, firms, people and an alarm in each."""
    for code, west in WESTS.items():
        called = "安澜" if code == OURS else SECRET
        put(Region, code, code, f"{called}县", shape=shapely.box(west, 30.0, west + 0.5, 30.5))
        village, chance = code + "001001", np.random.default_rng(int(code))
        for i, (dx, dy) in enumerate(chance.random((objects, 2))):
            put(ObservedObject, f"{code}-o{i}", village, f"{called}储罐{i}", kind="tank",
                pack="chemical", owner=f"{code}-plant" if i % 5 == 0 else "",
                shape=shapely.Point(west + 0.5 * dx, 30.0 + 0.5 * dy))  # fmt: skip
        x = west + (0.498 if code == OURS else 0.002)
        put(ObservedObject, f"{code}-tank", village, f"{called}边界储罐", kind="tank",
            pack="chemical", shape=shapely.Point(x, 30.2))  # fmt: skip
        for kind in ("school", "hospital"):
            put(Target, f"{code}-{kind}", village, f"{called}{kind}", kind=kind, people_day=800,
                shape=shapely.Point(x, 30.201))  # fmt: skip
        put(Facility, f"{code}-team", village, f"{called}救援队", kind="team",
            phone="199-0000-0001", shape=shapely.Point(x, 30.21))  # fmt: skip
        put(Enterprise, f"{code}-plant", village, f"{called}化工", industry="化工",
            owner=f"{code}-plant", shape=shapely.Point(x, 30.2))  # fmt: skip
        cell = shapely.box(x - 0.001, 30.199, x + 0.001, 30.201)
        PopulationCell.objects.create(region=village, people_day=100, people_night=300, shape=cell)
        alarm(f"{code}-tank", village, f"{called}边界储罐", (x, 30.2))
    road = shapely.LineString([(160.0, 30.2), (161.0, 30.25)])
    BaseFeature.objects.create(layer="road", kind="national", name="国道", rank=2, shape=road)


def alarm(object_key: str, region: str, name: str, at: tuple[float, float]) -> Alarm:
    """A red alarm raised on 20 July at 01:30 UTC that still stands."""
    raised = datetime(2026, 7, 20, 1, 30, tzinfo=UTC)
    one = Alarm(
        key=f"a-{object_key}", object_key=object_key, object_name=name, rule="chemical.gas.level",
        region=region, lon=at[0], lat=at[1], level=4, peak=4, raised_at=raised, first_at=raised,
        changed_at=raised, revision=1,
    )  # fmt: skip
    one.weigh()
    one.save()
    for minutes, level in ((0, 2), (20, 4)):
        Step.objects.create(alarm=one, at=raised + timedelta(minutes=minutes), kind="raised",
                            sensor_key="s", level=level)  # fmt: skip
    return one


def tiles_over(*, deepest: int = 12) -> Iterator[tuple[int, int, int]]:
    """Every tile that the two counties touch, from the world down."""
    for z in range(deepest + 1):
        n = 1 << z
        xs = [int((lon + 180) / 360 * n) for lon in (160.0, 161.0)]
        down = [np.arcsinh(np.tan(np.radians(lat))) / np.pi for lat in (30.5, 30.0)]
        ys = [int((1 - one) / 2 * n) for one in down]
        if (xs[1] - xs[0] + 1) * (ys[1] - ys[0] + 1) > 40:
            return
        yield from ((z, x, y) for x in range(xs[0], xs[1] + 1) for y in range(ys[0], ys[1] + 1))
