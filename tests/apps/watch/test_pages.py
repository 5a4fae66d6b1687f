"""The pages of the watch say what the records say, and their figures open lists of so many."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.models import Sensor
from anlan.apps.people.models import AuditLine
from anlan.apps.watch.models import Alarm
from anlan.site.crew.tasks import tasks
from anlan.site.frame.system import TITLES
from tests.apps.watch.conftest import BLUE, NONE, ORANGE, RED, Night, change

Browser = Callable[[str], Client]
_LINK, _NUMBER = r'<a (?:class="count" )?href="([^"]+)"[^>]*>', r'<b class="num">(\d+)<'
_COUNT = re.compile(rf"{_LINK}(?:(?!</a>).)*?{_NUMBER}", re.DOTALL)


@pytest.fixture
def mixed(night: Night) -> list[Alarm]:
    """Standing, quiet, recovered, silent and closed alarms."""
    alarms = [night.raised(RED), night.raised(ORANGE, object_key="reach"),
              night.raised(BLUE, object_key="slope")]  # fmt: skip
    rows = Alarm.objects.filter(pk=alarms[1].pk)
    rows.update(shelved_until=timezone.now() + timedelta(hours=1), is_stale=True)
    closed = Alarm.objects.get(pk=alarms[2].pk)
    closed.state, closed.is_stale, closed.region = Alarm.State.CLOSED, True, "990101001"
    closed.closed_at = timezone.now()
    closed.weigh()
    closed.save()
    return alarms


@pytest.mark.usefixtures("mixed")
def test_each_figure_of_the_desk_opens_a_list_of_so_many(client_for: Browser) -> None:
    county = client_for("county")
    figures = _COUNT.findall(county.get("/").text)
    assert len(figures) >= 9
    assert sum(int(number) for _, number in figures) > 0
    for address, number in figures:
        listed = county.get(unescape(address)).text
        assert listed.count(' data-id="') == int(number), address


def test_the_page_of_an_explained_alarm_says_cause_and_measure(
    night: Night, client_for: Browser
) -> None:
    county, alarm = client_for("county"), night.raised(RED)
    said = {"version": 1, "cause": "法兰渗漏", "measure": "已关阀，更换垫片"}
    county.post(f"/alarms/{alarm.key}/explain", said)
    page = county.get(f"/alarms/{alarm.key}").text
    assert re.search("原因</span> 法兰渗漏.*措施</span> 已关阀，更换垫片", page, re.DOTALL)


def test_what_a_thing_is_is_drawn_where_it_is_named(night: Night, client_for: Browser) -> None:
    county, alarm = client_for("county"), night.raised(RED)
    pack = packs()["chemical"]
    assert (alarm.pack, alarm.kind) == ("chemical", "tank")
    drawn = (
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{pack.icons["tank"]}"/>'
    )
    pages = ("/", "/alarms/", f"/alarms/{alarm.key}", "/objects/tank", "/objects/tank/card",
             "/atlas/objects", "/atlas/objects/tank")  # fmt: skip
    assert [page for page in pages if drawn not in county.get(page).text] == []


def test_the_last_day_of_the_statistics_is_counted(night: Night, client_for: Browser) -> None:
    day = timezone.localdate(night.raised(RED).raised_at)
    page = client_for("county").get(f"/statistics?since={day}&until={day}").text
    assert re.search(r'figure-value num">1<', page)
    before = day - timedelta(days=1)
    page = client_for("county").get(f"/statistics?since={before}&until={before}").text
    assert re.search(r'figure-value num">0<', page)


@pytest.mark.parametrize("address", ["/statistics/export.xlsx", "/alarms/export.xlsx"])
def test_what_is_taken_out_is_a_workbook_and_an_audit_line_of_the_county(
    night: Night, client_for: Browser, address: str
) -> None:
    night.raised(RED)
    answer = client_for("county").get(address)
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert any(row for row in book.get_sheet_by_index(0).to_python())
    line = AuditLine.objects.latest("number")
    assert (line.act, line.region) == ("watch.export_alarms", "990101")


@pytest.mark.parametrize(
    "query", ["level=9", "since=never", "open=2", "region=abc", "after=x", "state=gone"]
)
@pytest.mark.parametrize("address", ["/", "/alarms/rows", "/alarms/", "/alarms/export.csv"])
@pytest.mark.usefixtures("world")
def test_a_wrong_filter_is_told_and_never_breaks(
    client_for: Browser, address: str, query: str
) -> None:
    if (address, query) == ("/alarms/export.csv", "after=x"):
        return  # an export has no pages
    assert client_for("county").get(f"{address}?{query}").status_code == 422


@pytest.mark.parametrize(
    "query", ["from=-1", "from=1&to=0", f"from={10**20}", f"to={10**20}", "from=x", "width=x"]
)
def test_a_chart_of_no_time_is_refused(night: Night, client_for: Browser, query: str) -> None:
    sensor = night.raised(RED).sensor_key
    assert client_for("county").get(f"/charts/{sensor}.json?{query}").status_code in (400, 404)


def test_alarms_of_unknown_objects_are_a_fault_told_to_the_administrator(
    night: Night, client_for: Browser
) -> None:
    assert "对象库中没有" not in client_for("admin").get("/system").text
    night.raised(RED, object_key="nowhere")
    page = client_for("admin").get("/system").text
    assert re.search("对象库中没有.*红色 nowhere", page)
    assert "nowhere" not in client_for("county").get("/").text
    assert "nowhere" not in client_for("county-admin").get("/system").text


@pytest.mark.parametrize(
    ("rule", "quantity", "value", "limit", "told"),
    [
        ("flood.water_level.level", "flood.water_level", 3.42, 3.2, r"3\.42\sm，超过.*3\.20\sm"),
        ("flood.water_level.level", "flood.water_level", 3.2, 3.2, r"河道水位 3\.20\sm，达到"),
        ("geohazard.rain.flash", "geohazard.rain", 1.4, None, r"临界雨量（时段雨量 1\.4\smm）"),
    ],
)
def test_an_alarm_says_in_words_what_was_reached(
    night: Night,
    client_for: Browser,
    rule: str,
    quantity: str,
    value: float,
    limit: float | None,
    told: str,
) -> None:
    unit = "m" if quantity.startswith("flood") else "mm"
    alarm = night.raised(RED)
    Alarm.objects.update(rule=rule, quantity=quantity, value=value, limit=limit, unit=unit)
    assert re.search(told, client_for("county").get(f"/alarms/{alarm.key}").text)


def test_a_promoted_alarm_shows_the_charts_of_its_object(night: Night, client_for: Browser) -> None:
    Sensor.objects.create(key="tank-gas", handle=1, quantity="chemical.flammable_gas",
                          object_key="tank", region="990101001001")  # fmt: skip
    night.write(change(NONE, RED, at=night.at(0), sensor=None))
    night.follow()
    alarm = Alarm.objects.get()
    assert 'src="/charts/tank-gas.json"' in client_for("county").get(f"/alarms/{alarm.key}").text


def test_every_task_of_the_work_has_a_title_on_the_system_page() -> None:
    assert {*(task.name for task in tasks()), "report"} == set(TITLES)
