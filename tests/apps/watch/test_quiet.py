"""Shelves and maintenance windows: quiet on purpose, with a trace, and never for ever."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import Http404

from anlan.apps.watch.actions import end_window, escalate, lift, plan_window, shelve
from anlan.apps.watch.models import Alarm, Maintenance, Shelf
from anlan.apps.watch.queries import shelves, windows
from anlan.terms.errors import Refused
from tests.apps.watch.conftest import NONE, ORANGE, RED, Night, change


def _shelved(asker: Any, alarm: Alarm, *, hours: float = 2, whole: bool = False) -> Alarm:
    until = asker.now + timedelta(hours=hours)
    return shelve(asker, alarm.key, version=1, until=until, reason="传感器检修", whole=whole)


def _kinds(alarm: Alarm) -> list[str]:
    return list(alarm.steps.order_by("id").values_list("kind", flat=True))


def test_a_shelved_sensor_is_quiet_and_calls_again_by_itself(night: Night, asker_for: Any) -> None:
    county = asker_for("county")
    alarm = _shelved(county, night.raised())
    assert alarm.shelved_until == county.now + timedelta(hours=2)
    assert _kinds(alarm) == ["raised", "shelve", "suppressed"]
    escalate(county.now + timedelta(hours=1))
    assert "called" not in _kinds(alarm)
    escalate(county.now + timedelta(hours=2, seconds=1))
    assert not Alarm.objects.get().is_quiet
    assert "released" in _kinds(alarm)
    assert "called" in _kinds(alarm)


def test_another_sensor_of_the_object_still_calls(night: Night, asker_for: Any) -> None:
    alarm = _shelved(asker_for("county"), night.raised())
    night.write(change(NONE, RED, at=night.at(1), sensor="gas-2"))
    night.follow()
    alarm.refresh_from_db()
    assert (alarm.shelved_until, alarm.level) == (None, RED)


def test_a_whole_object_is_shelved_with_all_its_sensors(night: Night, asker_for: Any) -> None:
    alarm = _shelved(asker_for("county"), night.raised(), whole=True)
    night.write(change(NONE, RED, at=night.at(1), sensor="gas-2"))
    night.follow()
    alarm.refresh_from_db()
    assert alarm.shelved_until is not None


def test_a_shelf_is_lifted_before_its_end(night: Night, asker_for: Any) -> None:
    county = asker_for("county")
    alarm = _shelved(county, night.raised())
    alarm = lift(county, alarm.key, version=alarm.version)
    assert alarm.shelved_until is None
    assert Shelf.objects.get().lifted_at == county.now


@pytest.mark.parametrize("hours", [-1, 0, 73])
def test_a_shelf_has_an_end_and_not_a_far_one(night: Night, asker_for: Any, hours: int) -> None:
    with pytest.raises(Refused):
        _shelved(asker_for("county"), night.raised(), hours=hours)
    assert not Shelf.objects.exists()


def _window(asker: Any, target: str, start: datetime, *, hours: float = 4) -> Maintenance:
    end = start + timedelta(hours=hours)
    return plan_window(asker, target=target, starts_at=start, ends_at=end, reason="年度检修")


def test_in_a_window_alarms_are_kept_and_do_not_call(night: Night, asker_for: Any) -> None:
    county = asker_for("county")
    window = _window(county, "tank", night.at(-1))
    alarm = night.raised(RED)
    assert (alarm.suppressed_by, alarm.level) == (window.key, RED)
    escalate(county.now)
    assert _kinds(alarm) == ["raised", "suppressed"]
    escalate(window.ends_at)
    alarm.refresh_from_db()
    assert alarm.suppressed_by == ""
    assert {"released", "called"} <= set(_kinds(alarm))


def test_a_window_begins_by_itself_for_what_stands_already(night: Night, asker_for: Any) -> None:
    county, alarm = asker_for("county"), night.raised(ORANGE)
    start = county.now + timedelta(hours=1)
    window = _window(county, "tank", start)
    escalate(county.now)
    alarm.refresh_from_db()
    assert alarm.suppressed_by == ""
    escalate(start)
    alarm.refresh_from_db()
    assert alarm.suppressed_by == window.key


def test_a_window_is_ended_early_once(night: Night, asker_for: Any) -> None:
    county = asker_for("county")
    window = _window(county, "tank", night.at(-1))
    alarm = night.raised()
    end_window(county, window.key)
    escalate(county.now)
    alarm.refresh_from_db()
    assert alarm.suppressed_by == ""
    with pytest.raises(Refused):
        end_window(county, window.key)


def test_windows_and_shelves_stay_in_their_jurisdiction(night: Night, asker_for: Any) -> None:
    county, neighbour = asker_for("county"), asker_for("county-b")
    window = _window(county, "tank", night.at(-1))
    _shelved(county, night.raised())
    assert not windows(neighbour)
    assert not shelves(neighbour)
    with pytest.raises(Http404):
        end_window(neighbour, window.key)
    told = []
    for target in ("tank", "no such object"):
        with pytest.raises(Refused) as refused:
            _window(neighbour, target, night.at(0))
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_an_enterprise_does_not_keep_its_own_alarms_quiet(night: Night, asker_for: Any) -> None:
    plant = asker_for("enterprise")
    with pytest.raises(Refused):
        _shelved(plant, night.raised())
    with pytest.raises(Refused):
        _window(replace(plant), "tank", night.at(0))
