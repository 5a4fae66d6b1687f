"""What the pages ask: lists, counts, the past, each within the jurisdiction."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from anlan.apps.people.asker import Machine
from anlan.apps.watch import acts
from anlan.apps.watch.actions import (
    acknowledge,
    assign,
    close,
    follow_changes,
    mark_false,
    shelve,
)
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import (
    Wanted,
    alarm_for,
    alarms,
    counts,
    listing,
    possible,
    revision_for,
    stood_at,
    timeline,
)
from anlan.terms.changes import Kind
from anlan.terms.errors import Malformed
from tests.apps.watch.conftest import BLUE, NONE, ORANGE, RED, YELLOW, Night, change


@pytest.fixture
def many(night: Night) -> Night:
    """Thirty alarms of all levels on one object each, all in the county."""
    levels = (BLUE, YELLOW, ORANGE, RED)
    night.write(*(
        change(NONE, levels[n % 4], at=night.at(n % 7), object_key=f"990101-{n}") for n in range(30)
    ))  # fmt: skip
    night.follow()
    Alarm.objects.update(region="990101001")
    return night


@pytest.mark.usefixtures("many")
def test_pages_follow_each_other_by_urgency_without_gap_or_repetition(asker_for: Any) -> None:
    county, seen, after = asker_for("county"), [], ""
    acknowledge(county, Alarm.objects.filter(level=RED)[0].key, version=1)
    while True:
        page = listing(county, Wanted(), after=after, size=7)
        seen += page.rows
        after = page.after
        if not after:
            break
    assert len({alarm.key for alarm in seen}) == len(seen) == 30
    order = [(a.level, a.state == "raised", a.raised_at) for a in seen]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("mark", ["x", "e30=", "W10=", "ÿ", "WyJhIiwgMSwgMl0="])
def test_a_forged_page_mark_is_told(night: Night, asker_for: Any, mark: str) -> None:
    with pytest.raises(Malformed):
        listing(asker_for("county"), Wanted(), after=mark)


def test_filters_cut_the_list(night: Night, asker_for: Any) -> None:
    county = asker_for("county")
    tank, reach = night.raised(RED), night.raised(YELLOW, object_key="reach", minutes=3)
    assign(county, reach.key, version=1, organisation="org-team", person="team")
    shelve(county, tank.key, version=1, until=county.now + timedelta(hours=1), reason="检修")
    night.write(change(YELLOW, YELLOW, at=night.at(4), kind=Kind.STALE, object_key="reach"))
    night.follow()
    asked = {
        "levels": (Wanted(levels=(RED,)), [tank]),
        "states": (Wanted(states=("assigned",)), [reach]),
        "pack": (Wanted(pack="chemical"), [tank, reach]),
        "region": (Wanted(region="990101001001"), [tank]),
        "text": (Wanted(text="清河"), [reach]),
        "code": (Wanted(text="TANK"), [tank]),
        "since": (Wanted(since=night.at(2)), [reach]),
        "until": (Wanted(until=night.at(2)), [tank]),
        "unacknowledged": (Wanted(unacknowledged=True), [tank]),
        "quiet": (Wanted(quiet=True), [tank]),
        "loud": (Wanted(quiet=False), [reach]),
        "stale": (Wanted(stale=True), [reach]),
        "recovered": (Wanted(recovered=True), []),
        "closed": (Wanted(is_open=False), []),
    }
    for name, (wanted, found) in asked.items():
        assert [a.key for a in listing(county, wanted).rows] == [a.key for a in found], name
    assert [a.key for a in listing(asker_for("team"), Wanted(mine=True)).rows] == [reach.key]


def test_the_strip_counts_what_is_seen_in_one_query(
    night: Night, asker_for: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    county = asker_for("county")
    tank = night.raised(RED)
    night.raised(YELLOW, object_key="reach")
    night.raised(RED, object_key="pond")
    night.write(change(YELLOW, NONE, at=night.at(1), object_key="reach"))
    night.follow()
    with django_assert_num_queries(1):
        found = counts(county)
    assert (found.red, found.yellow, found.total, found.urgent, found.recovered) == (1, 0, 2, 1, 1)
    assert found.unacknowledged == 2
    assert counts(asker_for("county-b")).total == 1
    mark_false(county, tank.key, version=1, reason="误报")
    close(county, tank.key, version=2)
    assert counts(county).red == 0


@pytest.mark.usefixtures("many")
def test_a_list_costs_the_same_however_long_it_is(
    asker_for: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    county = asker_for("county")
    with django_assert_num_queries(2):
        rows = listing(county, Wanted(), size=30).rows
        assert all(acts.ACKNOWLEDGE in possible(county, alarm) for alarm in rows)


def test_a_timeline_costs_two_queries(
    night: Night, asker_for: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    alarm = night.raised()
    acknowledge(asker_for("county"), alarm.key, version=1)
    with django_assert_num_queries(2):
        assert len(timeline(alarm)) == 2


@pytest.mark.parametrize(
    ("who", "seen"),
    [("province", 3), ("city", 3), ("county", 2), ("town", 2), ("village", 1), ("enterprise", 1),
     ("team", 0), ("county-b", 1)],
)  # fmt: skip
def test_everybody_sees_the_alarms_of_the_own_jurisdiction(
    night: Night, asker_for: Any, who: str, seen: int
) -> None:
    for key in ("tank", "reach", "pond"):
        night.raised(object_key=key)
    asker = asker_for(who)
    assert (
        alarms(asker).count() == counts(asker).total == len(listing(asker, Wanted()).rows) == seen
    )


def test_over_the_whole_country_everything_is_seen(night: Night) -> None:
    night.raised()
    night.raised(object_key="who knows")
    assert counts(Machine("test", night.at(10))).total == 2


def test_another_countys_alarm_is_not_there_and_does_not_move_ones_own_revision(
    night: Night, asker_for: Any
) -> None:
    neighbour, alarm = asker_for("county-b"), night.raised()
    with pytest.raises(Http404):
        alarm_for(neighbour, alarm.key)
    assert revision_for(neighbour) == 0


def _stood(asker: Any, night: Night, minutes: float) -> list[tuple[str, int, str]]:
    found = stood_at(asker, night.at(minutes))
    return [(s.alarm.object_key, s.level, s.state) for s in found]


def test_what_stood_at_a_past_moment_is_told_as_it_was_then(night: Night, asker_for: Any) -> None:
    county = replace(asker_for("county"), now=night.at(5.5))
    night.raised(YELLOW)
    night.write(
        change(YELLOW, ORANGE, at=night.at(2)),
        change(NONE, RED, at=night.at(3), sensor="gas-2"),
        change(NONE, BLUE, at=night.at(3), object_key="pond"),
        change(ORANGE, NONE, at=night.at(4)),
    )
    night.follow()
    acknowledge(county, Alarm.objects.get(object_key="tank").key, version=1)
    night.write(change(RED, NONE, at=night.at(6), sensor="gas-2"))
    night.follow()
    assert _stood(county, night, -1) == []
    assert _stood(county, night, 1) == [("tank", YELLOW, "raised")]
    assert _stood(county, night, 2) == [("tank", ORANGE, "raised")]
    assert _stood(county, night, 5) == [("tank", RED, "raised")]
    assert _stood(county, night, 5.6) == [("tank", RED, "acknowledged")]
    assert _stood(county, night, 6) == []
    assert _stood(asker_for("county-b"), night, 4) == [("pond", BLUE, "raised")]


def test_a_sensor_that_is_heard_late_stood_when_it_says(night: Night, asker_for: Any) -> None:
    night.write(change(NONE, RED, at=night.at(5), sensor="gas-2"))
    night.write(change(NONE, YELLOW, at=night.at(1), sensor="gas-1"))
    night.follow()
    assert _stood(asker_for("county"), night, 2) == [("tank", YELLOW, "raised")]


def test_looking_back_costs_two_queries(
    night: Night, asker_for: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    night.write(*(change(NONE, RED, at=night.at(1), object_key=f"o{n}") for n in range(50)))
    follow_changes(night.log, night.at(2))
    Alarm.objects.update(region="990101")
    county = asker_for("county")
    with django_assert_num_queries(2):
        assert len(stood_at(county, night.at(2))) == 50
