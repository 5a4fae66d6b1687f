"""Exercises and tests say so everywhere, call nobody, and never hide what is real."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.apps.people.models import AuditLine, Notice, Responsibility
from anlan.apps.watch.actions import end_window, escalate, plan_window
from anlan.apps.watch.models import Alarm, Maintenance
from anlan.apps.watch.queries import counts, four_colours, statistics
from anlan.apps.watch.queries.map import marks
from anlan.terms.errors import Refused
from tests.apps.watch.conftest import NONE, ORANGE, RED, Night, change

LATER = 10.5
"""Minutes after the night's start: half a minute from now."""


@pytest.fixture
def tree(world: Any, settings: Any) -> None:
    """Somebody answers for the tank, and there is a sandbox."""
    Responsibility.objects.create(
        region="990101001001", thing="tank", rank=1, person="厂长", email="plant@example.org",
        phone="000-1", organisation=world.organisations["org-county"],
    )  # fmt: skip
    options = dataclasses.replace(settings.PLACE.options, sandbox_mail=("drill@example.org",))
    settings.PLACE = dataclasses.replace(settings.PLACE, options=options)


def _known(sensor: str) -> None:
    Sensor.objects.create(
        key=sensor, handle=0, object_key="tank", quantity="x", region="990101001001"
    )


def _trial(asker: Any, target: str = "tank", status: str = "Test") -> Maintenance:
    return plan_window(asker, target=target, starts_at=asker.now, reason="联调", status=status,
                       ends_at=asker.now + timedelta(hours=1))  # fmt: skip


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("status", "mark", "target"), [("Test", "【测试】", "gas-1"), ("Exercise", "【演练】", "tank")]
)
def test_what_a_trial_raises_says_so_everywhere(
    night: Night, asker_for: Any, client_for: Any, status: str, mark: str, target: str
) -> None:
    county, page = asker_for("county"), client_for("county")
    _known("gas-1")
    _trial(county, target, status)
    alarm = night.raised(RED, minutes=LATER)
    Alarm.objects.update(lon=118.0, lat=30.0)
    assert alarm.status == status
    for address in ("/", "/alarms/", f"/alarms/{alarm.key}", f"/alarms/?status={status}"):
        assert mark in page.get(address).text.replace("\n", ""), address
    assert 'data-urgent=""' in page.get("/").text
    assert "储罐" not in page.get("/alarms/?status=Actual").text
    assert page.get("/alarms/?status=Play").status_code == 422
    [one] = marks(county)
    assert one["properties"]["name"].startswith(mark)
    assert one["properties"]["quiet"]
    assert status in page.get("/alarms/export.csv").content.decode("utf-8-sig")
    told = page.get("/api/v1/alarms").json()
    assert [row["status"] for row in told["items"]] == [status]
    now = counts(county)
    assert (now.red, now.urgent, now.trial, now.total) == (0, 0, 1, 1)
    assert not four_colours(county, county.now)
    since, until = night.at(0), night.at(20)
    assert statistics(county, since, until).total.total == 0
    assert statistics(county, since, until, trials=True).total.total == 1


@pytest.mark.usefixtures("tree")
def test_only_the_sandbox_is_told_of_it(night: Night, asker_for: Any) -> None:
    _trial(asker_for("county"))
    night.raised(RED, minutes=LATER)
    while escalate(night.at(LATER)):
        pass
    assert set(Notice.objects.values_list("address", "status")) == {("drill@example.org", "Test")}


@pytest.mark.usefixtures("tree")
def test_what_still_stands_at_the_end_is_real_and_calls(night: Night, asker_for: Any) -> None:
    county = asker_for("county")
    window = _trial(county)
    alarm = night.raised(RED, minutes=LATER)
    end_window(dataclasses.replace(county, now=night.at(LATER + 1)), window.key)
    alarm.refresh_from_db()
    assert alarm.status == "Actual"
    assert alarm.steps.filter(kind="real").exists()
    while escalate(night.at(LATER + 1)):
        pass
    assert "plant@example.org" in Notice.objects.values_list("address", flat=True)
    assert AuditLine.objects.filter(act="watch.maintain", region=window.region).count() == 2


def test_a_sensor_that_is_not_marked_makes_the_alarm_real(night: Night, asker_for: Any) -> None:
    _known("gas-1")
    _trial(asker_for("county"), "gas-1")
    alarm = night.raised(ORANGE, minutes=LATER)
    assert alarm.status == "Test"
    night.write(change(NONE, ORANGE, at=night.at(LATER + 0.1), sensor="gas-2"))
    night.follow()
    alarm.refresh_from_db()
    assert (alarm.status, alarm.is_newest) == ("Actual", True)


def test_what_was_raised_before_stays_real(night: Night, asker_for: Any) -> None:
    county, alarm = asker_for("county"), night.raised(ORANGE)
    window = plan_window(county, target="tank", starts_at=night.at(-5), reason="演练",
                         status="Exercise", ends_at=county.now + timedelta(hours=1))  # fmt: skip
    assert window.starts_at == county.now
    night.write(change(ORANGE, RED, at=night.at(LATER)))
    night.follow()
    alarm.refresh_from_db()
    assert (alarm.status, alarm.level) == ("Actual", RED)


def test_what_belongs_to_a_marked_thing_is_covered_and_what_is_above_is_not(
    night: Night, asker_for: Any
) -> None:
    ObservedObject.objects.filter(key="tank").update(parent="reach")
    county = asker_for("county")
    _trial(county, "reach", "Exercise")
    assert night.raised(ORANGE, minutes=LATER).status == "Exercise"
    below = _trial(county, "tank", "Test")
    assert below.status == "Test"
    Maintenance.objects.filter(target="reach").delete()
    assert night.raised(ORANGE, object_key="reach", minutes=LATER).status == "Actual"


def test_another_status_and_another_county_are_refused(asker_for: Any, night: Night) -> None:
    with pytest.raises(Refused):
        _trial(asker_for("county"), status="Actual")
    with pytest.raises(Refused):
        _trial(asker_for("county-b"))
    assert not Maintenance.objects.exists()
