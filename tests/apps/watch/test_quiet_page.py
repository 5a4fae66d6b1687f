"""The page of what is kept quiet: planned, shown and ended by whoever may, and by nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.models import Sensor
from anlan.apps.people.models import AuditLine
from anlan.apps.watch.actions import plan_window, shelve
from anlan.apps.watch.models import Alarm, Maintenance, Shelf
from anlan.apps.watch.queries import kept
from anlan.desk.asker import Asker
from tests.apps.watch.conftest import RED, Night

Browser = Callable[[str], Client]
AskerFor = Callable[[str], Asker]


def _plan(client: Client, *, target: str = "tank", hours: float = 2, **words: str) -> HttpResponse:
    local = timezone.localtime()
    typed = {
        "target": target, "reason": "阀门检修",
        "starts_at": f"{local - timedelta(minutes=5):%Y-%m-%dT%H:%M}",
        "ends_at": f"{local + timedelta(hours=hours):%Y-%m-%dT%H:%M}", **words,
    }  # fmt: skip
    return cast(HttpResponse, client.post("/quiet/", typed))


def test_a_window_is_planned_shown_and_ended_on_the_page(night: Night, client_for: Browser) -> None:
    county, alarm = client_for("county"), night.raised(RED)
    assert "当前没有屏蔽或检修" in county.get("/quiet/").text
    assert _plan(county).status_code == 302
    alarm.refresh_from_db()
    window = Maintenance.objects.get()
    assert alarm.suppressed_by == window.key
    page = county.get("/quiet/").text
    assert all(word in page for word in ("阀门检修", "检修窗口", "生效中", "立即结束", "储罐 T-1"))
    county.post(f"/quiet/window/{window.key}/end")
    alarm.refresh_from_db()
    assert alarm.suppressed_by == ""
    assert "阀门检修" not in county.get("/quiet/").text
    over = county.get("/quiet/?over=1").text
    assert "阀门检修" in over
    assert "立即结束" not in over
    assert AuditLine.objects.filter(act="watch.maintain", region=window.region).count() == 2


def test_a_shelf_is_ended_on_the_page_once(
    night: Night, client_for: Browser, asker_for: AskerFor
) -> None:
    asker, alarm = asker_for("county"), night.raised(RED)
    until = asker.now + timedelta(hours=2)
    shelve(asker, alarm.key, version=1, until=until, reason="传感器检修")
    county, shelf = client_for("county"), Shelf.objects.get()
    county.post(f"/quiet/shelf/{shelf.key}/end")
    assert not Alarm.objects.get().is_quiet
    again = county.post(f"/quiet/shelf/{shelf.key}/end", follow=True).text
    assert "该屏蔽已经结束" in again


def test_who_is_elsewhere_neither_sees_nor_ends_it(night: Night, client_for: Browser) -> None:
    night.raised(RED)
    _plan(client_for("county"))
    window = Maintenance.objects.get()
    other = client_for("county-b")
    assert "阀门检修" not in other.get("/quiet/").text
    assert other.post(f"/quiet/window/{window.key}/end").status_code == 404
    assert _plan(other).status_code == 422
    assert "tank" not in other.get("/quiet/targets?target=tank").text


def test_the_enterprise_sees_its_own_and_ends_none(night: Night, client_for: Browser) -> None:
    night.raised(RED)
    _plan(client_for("county"))
    page = client_for("enterprise").get("/quiet/").text
    assert "阀门检修" in page
    assert "立即结束" not in page
    assert "登记检修窗口" not in page
    assert _plan(client_for("enterprise")).status_code == 403
    window = Maintenance.objects.get()
    assert client_for("enterprise").post(f"/quiet/window/{window.key}/end").status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"target": "no such"}, "没有"),
        ({"ends_at": "2020-01-01T00:00"}, "窗口"),
        ({"ends_at": "yesterday"}, "日期"),
        ({"reason": ""}, "必填|这个字段是必填项"),
        ({"reason": "长" * 257}, "256"),
        ({"target": "a\0b"}, "空字符"),
    ],
)
@pytest.mark.usefixtures("night")
def test_what_is_wrong_is_told_and_nothing_is_kept(
    client_for: Browser, typed: dict[str, str], told: str
) -> None:
    answer = _plan(client_for("county"), **typed)  # type: ignore[arg-type]  # words of the form
    assert answer.status_code == 422
    assert re.search(told, answer.text)
    assert not Maintenance.objects.exists()


@pytest.mark.usefixtures("night")
def test_of_too_many_the_next_to_end_are_shown_and_it_is_said(asker_for: AskerFor) -> None:
    county = asker_for("county")
    for hours in (5, 1, 3):
        plan_window(county, target="tank", starts_at=county.now, reason=f"{hours}",
                    ends_at=county.now + timedelta(hours=hours))  # fmt: skip
    rows, more = kept(county, most=2)
    assert ([one.row.reason for one in rows], more) == (["1", "3"], True)
    rows, more = kept(county, most=3)
    assert ([one.row.reason for one in rows], more) == (["1", "3", "5"], False)


@pytest.mark.usefixtures("night")
def test_typing_offers_objects_and_sensors(client_for: Browser) -> None:
    Sensor.objects.create(key="tank-gas", handle=1, quantity="flammable_gas", object_key="tank",
                          region="990101001001")  # fmt: skip
    offered = client_for("county").get("/quiet/targets?target=tank").text
    assert re.findall('value="([^"]+)"', offered) == ["tank", "tank-gas"]
