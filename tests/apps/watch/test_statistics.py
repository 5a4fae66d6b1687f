"""Figures: how quickly, how many false, who makes noise, which district is worst and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from anlan.apps.watch.actions import acknowledge, close, mark_false, shelve
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import (
    Spans,
    formula,
    four_colours,
    noise,
    statistics,
    worst_district,
)
from anlan.apps.watch.queries.districts import level_of
from anlan.apps.watch.queries.noise import floods
from anlan.terms.levels import Level
from tests.apps.watch.conftest import BLUE, NONE, ORANGE, RED, YELLOW, Night, change

T0 = datetime(2026, 7, 1, tzinfo=UTC)


def test_median_and_nine_of_ten_are_spans_that_occurred() -> None:
    assert Spans.of(range(1, 11)) == Spans(10, 5, 9)
    assert Spans.of([7.0]) == Spans(1, 7.0, 7.0)
    assert Spans.of([]) == Spans(0, None, None)


def test_statistics_tell_how_quickly_and_how_many_false(
    night: Night, asker_for: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    county = replace(asker_for("county"), now=night.at(4))
    tank, reach = night.raised(RED), night.raised(YELLOW, object_key="reach")
    night.raised(RED, object_key="pond")
    acknowledge(county, tank.key, version=1)
    later = replace(county, now=night.at(6))
    mark_false(later, reach.key, version=1, reason="误报")
    close(later, reach.key, version=2)
    with django_assert_num_queries(1):
        found = statistics(county, night.at(-1), night.at(10))
    assert (found.total.total, found.total.false, found.total.false_share) == (2, 1, 0.5)
    assert found.total.acknowledged == Spans(2, 240.0, 360.0)
    assert found.total.closed == Spans(1, 360.0, 360.0)
    assert found.total.by_level == {4: 1, 3: 0, 2: 1, 1: 0}
    assert [(f.name, f.total) for f in found.by_district] == [("990101001", 2)]
    assert [(f.name, f.total) for f in found.by_pack] == [("chemical", 2)]
    assert sum(found.by_day.values()) == 2
    assert statistics(county, night.at(5), night.at(10)).total.false_share is None


def test_a_chattering_sensor_is_the_noisiest(night: Night, asker_for: Any) -> None:
    levels = [NONE, YELLOW] * 4
    night.write(*(change(levels[n], levels[n + 1], at=night.at(n / 4)) for n in range(7)))
    night.write(change(NONE, YELLOW, at=night.at(1), object_key="reach"))
    night.follow()
    found = noise(asker_for("county"), night.at(-1), night.at(10))
    assert [(n.object_key, n.raised, n.chatters) for n in found.sensors] == [
        ("tank", 4, True), ("reach", 1, False)]  # fmt: skip
    assert found.sensors[0].share == 0.8
    assert not noise(asker_for("county-b"), night.at(-1), night.at(10)).sensors


def test_more_than_ten_in_ten_minutes_are_a_flood() -> None:
    minute = timedelta(minutes=1)
    assert floods(T0 + n * minute for n in range(10)) == []
    calm, storm = [T0], [T0 + timedelta(hours=1) + n * minute / 2 for n in range(30)]
    [flood] = floods([*calm, *storm])
    assert (flood.begins_at, flood.ends_at, flood.raised) == (storm[0], storm[-1], 30)


def test_what_stands_for_more_than_a_day_is_named(night: Night, asker_for: Any) -> None:
    night.raised(YELLOW, minutes=-25 * 60)
    night.raised(YELLOW, object_key="reach")
    found = noise(asker_for("county"), night.at(-1), night.at(10))
    assert [alarm.object_key for alarm in found.standing] == ["tank"]


@pytest.mark.parametrize(
    ("points", "level"), [(0, NONE), (1, BLUE), (3, YELLOW), (8, YELLOW), (9, ORANGE), (27, RED)]
)
def test_three_of_one_level_weigh_as_one_of_the_next(points: int, level: Level) -> None:
    assert level_of(points) is level


def test_the_worst_district_is_told_with_its_reasons(night: Night, asker_for: Any) -> None:
    city = asker_for("city")
    night.raised(ORANGE)
    night.raised(ORANGE, object_key="reach", minutes=1)
    night.raised(YELLOW, object_key="pond")
    worst, other = four_colours(city, city.now)
    assert (worst.code, worst.points, worst.level) == ("990101", 18, ORANGE)
    assert worst.by_level == {ORANGE: 2}
    assert [alarm.object_key for alarm in worst.reasons] == ["tank", "reach"]
    assert (other.code, other.level) == ("990102", YELLOW)
    assert worst_district(city, city.now) == worst
    assert "27" in formula()


def test_of_many_alarms_only_the_worst_of_a_district_are_read(
    night: Night, asker_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = night.raised(YELLOW)
    for number in range(40):
        first.pk, first.key, first.object_key = None, f"more-{number}", f"more-{number}"
        first.save(force_insert=True)
    night.raised(RED, object_key="reach", minutes=3)
    read: list[Any] = []
    really = Alarm.from_db

    def counted(*row: Any) -> Alarm:
        read.append(row)
        return really(*row)

    monkeypatch.setattr(Alarm, "from_db", counted)
    city = asker_for("city")
    [found] = four_colours(city, city.now)
    assert (found.points, found.by_level) == (41 * 3 + 27, {YELLOW: 41, RED: 1})
    assert [one.object_key for one in found.reasons[:2]] == ["reach", "tank"]
    assert len(read) == len(found.reasons) == 5


def test_a_county_is_coloured_by_town_and_sees_no_other(night: Night, asker_for: Any) -> None:
    night.raised(RED)
    night.raised(RED, object_key="pond")
    county = asker_for("county")
    assert [d.code for d in four_colours(county, county.now)] == ["990101001"]


def test_false_and_quiet_alarms_give_no_colour_but_did_before(night: Night, asker_for: Any) -> None:
    county = asker_for("county")
    tank, reach = night.raised(RED), night.raised(RED, object_key="reach")
    mark_false(county, tank.key, version=1, reason="误报")
    shelve(county, reach.key, version=1, until=county.now + timedelta(hours=1), reason="检修")
    assert worst_district(county, county.now) is None
    before = worst_district(county, county.now - timedelta(minutes=1))
    assert before is not None
    assert before.level is RED
