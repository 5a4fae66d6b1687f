"""Sensors and limits follow the registry of the log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anlan.apps.atlas.actions import follow_registry
from anlan.apps.atlas.models import Limit, ProjectionCursor, Sensor
from anlan.apps.atlas.queries import limits_of
from anlan.history.codec import encode_registry
from anlan.history.log import Log, Record, RecordKind
from anlan.terms.errors import Malformed
from tests.apps.atlas.places import two_counties

NOW = datetime(2026, 7, 21, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.open(tmp_path / "history", write=True) as log:
        yield log


def enter(log: Log, *entries: dict[str, object]) -> None:
    log.append([Record(RecordKind.REGISTRY, 1_784_592_000_000, encode_registry(list(entries)))])


def sensor(key: str, thing: str, **rest: object) -> dict[str, object]:
    return {"type": "sensor", "key": key, "object": thing, "quantity": "chemical.level", **rest}


def test_a_sensor_lies_where_its_object_lies(log: Log) -> None:
    two_counties()
    enter(log, sensor("s1", "990101-tank", interval_ms=60_000), sensor("s2", "nowhere"))
    assert follow_registry(log, NOW)
    one, two = Sensor.objects.order_by("handle")
    assert (one.region, one.owner, one.interval_s) == ("990101001001", "990101-plant", 60.0)
    assert one.shape == one.shape.__class__(160.495, 30.2)
    assert (two.region, two.owner, two.shape) == ("", "", None)


def test_it_goes_on_where_it_stopped(log: Log) -> None:
    enter(log, sensor("s1", "a"), sensor("s2", "a"))
    assert follow_registry(log, NOW)
    assert not follow_registry(log, NOW)
    enter(log, {**sensor("s1", "a"), "name": "renamed"}, {"type": "retire", "sensor": "s2"})
    assert follow_registry(log, NOW)
    assert list(Sensor.objects.values_list("key", "name", "retired")) == [
        ("s1", "renamed", False),
        ("s2", "", True),
    ]


def test_a_quantity_that_one_pack_alone_has_stands_under_that_pack(log: Log) -> None:
    names = ("water_level", "rain", "chemical.level", "unheard_of")
    enter(log, *(sensor(f"s{n}", "a", quantity=one) for n, one in enumerate(names)))
    follow_registry(log, NOW)
    assert list(Sensor.objects.order_by("handle").values_list("quantity", flat=True)) == [
        "flood.water_level",
        "rain",
        "chemical.level",
        "unheard_of",
    ]


def test_limits_hold_from_and_to_their_moments(log: Log) -> None:
    limits = [
        {"level": "red", "value": 9.0, "valid_to": 1_784_592_000_000},
        {"level": "yellow", "value": 3.2, "source": "plan 2026"},
    ]
    enter(log, sensor("s1", "a"), {"type": "limits_of", "sensor": "s1", "limits": limits})
    follow_registry(log, NOW)
    assert [(one.level, one.value) for one in limits_of("s1", NOW)] == [(2, 3.2)]
    assert Limit.objects.count() == 2
    enter(log, {"type": "limits_of", "sensor": "s1", "limits": []})
    follow_registry(log, NOW)
    assert not Limit.objects.exists()


def test_a_restored_store_is_followed_from_its_start(log: Log) -> None:
    enter(log, sensor("s1", "a"))
    follow_registry(log, NOW)
    Sensor.objects.update(key="of-another-store")
    ProjectionCursor.objects.update(cursor="another:7")
    assert follow_registry(log, NOW)
    assert list(Sensor.objects.values_list("key", flat=True)) == ["s1"]


def test_a_log_that_lost_its_end_is_told(log: Log) -> None:
    """Files put back by hand have the same epoch: silence would show sensors that are not there."""
    enter(log, sensor("s1", "a"))
    follow_registry(log, NOW)
    ProjectionCursor.objects.update(cursor=f"{log.epoch}:7")
    with pytest.raises(Malformed, match="ahead of the log"):
        follow_registry(log, NOW)
    assert list(Sensor.objects.values_list("key", flat=True)) == ["s1"]
