"""Tasks of those who keep the records: sensors from a file, a new device, a limit that changes."""

import io
import re
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from playwright.sync_api import expect

from anlan.sandtable.city import NEWCOMER
from tests.browser.desk.conftest import Person, SignIn, at
from tests.browser.desk.counted import check

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("storm"), pytest.mark.timeout(420)]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = ["测点*", "名称", "监测对象*", "监测量*", "上报间隔"]
ALARM = "一氧化碳 · 一氧化碳"
RIVER, SECTION = "青溪·月树屯站", "990101RV005"
PAPER = "安汛〔2026〕12号 关于调整月树屯站警戒水位的批复"
BEIJING = ZoneInfo("Asia/Shanghai")
WAIT_MS, WAIT_S = 90_000, 100
TOLD = """(one) => ({at: one.querySelector("time")?.getAttribute("datetime"),
    value: one.querySelector("[data-value]").innerText})"""
"""Moment and value that a page shows, both of one reading."""


def workbook(rows: list[list[object]]) -> dict[str, object]:
    """An Excel file with these rows below the head, as a browser is given it."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEAD, *rows]):
            page.write_row(number, 0, row)
    return {"name": "居民家庭一氧化碳报警器.xlsx", "mimeType": EXCEL, "buffer": body.getvalue()}


def detectors(person: Person) -> list[list[object]]:
    """200 second detectors for the homes of the county."""
    homes = person.every("/api/v1/objects?kind=home")
    return [
        [f"{home['key']}-CO{2 + n // len(homes)}", f"{home['name']} 备用", home["key"], ALARM, 600]
        for n in range(200)
        for home in [homes[n % len(homes)]]
    ]


def test_7_200_sensors_come_from_excel_and_two_wrong_rows_are_named(sign_in: SignIn) -> None:
    person = sign_in("county-admin")
    right = detectors(person)
    rows = [list(row) for row in right]
    rows[40][2], rows[150][3] = "990102HM001", "一氧化氮"
    person.begins()
    person.click("nav summary:has-text('一图一库')")
    person.click("nav a[href='/atlas/sensors']")
    person.click("main a:has-text('导入')")
    person.give("#file", workbook(rows))
    person.click("button:has-text('检查文件')")
    faults = person.page.locator("main table tbody tr")
    expect(faults).to_have_count(2)
    assert re.search(r"^42\s.*990102HM001.*没有监测对象", faults.nth(0).inner_text())
    assert re.search(r"^152\s.*一氧化氮.*不在可选范围内", faults.nth(1).inner_text())
    person.click("button:has-text('导入 198 行')")
    expect(person.page.locator(".toasts")).to_contain_text("新增 198 条")
    check(7, person.acts)
    known = {one["key"] for one in person.every("/api/v1/sensors?quantity=co.co")}
    assert {n for n, row in enumerate(right) if row[0] not in known} == {40, 150}
    the_corrected_file_brings_the_rest(person, right)
    assert person.complaints == []


def the_corrected_file_brings_the_rest(person: Person, rows: list[list[object]]) -> None:
    person.open("/atlas/sensors/import")
    person.give("#file", workbook(rows))
    person.click("button:has-text('检查文件')")
    figures = person.page.locator(".figure-value")
    assert [one.inner_text() for one in figures.all()] == ["2", "0", "198", "0"]


def test_8_a_device_that_sends_is_admitted(sign_in: SignIn) -> None:
    person = sign_in("county-admin")
    card = person.page.locator("section.card", has_text=NEWCOMER)
    end = time.monotonic() + WAIT_S
    while not card.count() and time.monotonic() < end:
        person.page.wait_for_timeout(1000)
        person.open("/devices/")
    person.open("/")
    person.begins()
    person.click("nav summary:has-text('一图一库')")
    person.click("nav a[href='/devices/']")
    person.click(card.locator("button:has-text('接纳')"))
    toast = person.page.locator(".toasts")
    expect(toast).to_contain_text(f"{NEWCOMER} 已接纳")
    check(8, person.acts)
    taken = re.search(r"(\d+) 条", toast.inner_text())
    before = person.ask(f"/api/v1/sensors/{NEWCOMER}/readings")["points"]
    assert taken is not None
    assert len(before) >= int(taken[1]) >= 1
    the_page_shows_the_next_reading(person, before[-1]["time"])
    assert person.complaints == []


def the_page_shows_the_next_reading(person: Person, last: str) -> None:
    """The open page of its object shows what it sends after a moment, as history has it."""
    person.open(f"/objects/{NEWCOMER.rpartition('-')[0]}")
    shown = person.page.locator(f"[data-sensor='{NEWCOMER}']")
    end = time.monotonic() + WAIT_S
    while at((told := shown.evaluate(TOLD))["at"] or last) <= at(last):
        assert time.monotonic() < end
        person.page.wait_for_timeout(500)
    points = person.ask(f"/api/v1/sensors/{NEWCOMER}/readings")["points"]
    values = {at(one["time"]): one["value"] for one in points}
    assert f"{values[at(told['at'])]:.1f}" == told["value"]


def test_9_a_warning_mark_is_raised_by_two_people(sign_in: SignIn) -> None:
    owner, chief = sign_in("county-admin"), sign_in("county-chief")
    owner.begins()
    owner.click("nav a[href='/limits/']")
    owner.fill("#q", RIVER)
    owner.click(f"#found a:has-text('{RIVER}')")
    owner.fill("[name=value]", "14.3")
    owner.fill("[name=source]", PAPER)
    owner.click("form[action$='/propose'] button")
    the_past_is_judged_twice(owner)
    chief.begins()
    chief.click("nav a[href='/limits/']")
    row = chief.page.locator("tr", has_text=PAPER)
    expect(row).to_contain_text("13.88 m → 14.30 m")
    chief.click(row.locator("form[action$='/approve'] button"))
    expect(chief.page.locator("main dd b")).to_have_text("已批准并写入")
    check(9, owner.acts + chief.acts)
    the_new_mark_holds_from_monday(owner)
    assert owner.complaints == chief.complaints == []


def the_past_is_judged_twice(person: Person) -> None:
    """The flood that was yellow would have been blue under the new mark."""
    floods = person.every(f"/api/v1/alarms?object={SECTION}")
    raised_at = next(at(one["raised_at"]) for one in floods if one["peak"] == "yellow")
    tables = person.page.locator("#preview table")
    expect(tables).to_have_count(2, timeout=2 * WAIT_MS)
    for level, raised in (("黄色", ["1", "0"]), ("蓝色", ["0", "1"])):
        row = tables.first.locator("tr", has_text=level).locator("td.num")
        assert row.all_inner_texts()[:2] == raised
    told = tables.last.locator("tbody tr").first.locator("td").all_inner_texts()[1:]
    for text, level in zip(told, ("黄色", "蓝色"), strict=True):
        assert f"{level} {raised_at.astimezone(BEIJING):%H:%M} – " in " ".join(text.split())


def the_new_mark_holds_from_monday(person: Person) -> None:
    """Until then the mark of today is in force; afterwards the new one, with its source."""
    now = datetime.now(BEIJING)
    monday = (now + timedelta(days=7 - now.weekday())).date()
    limits = person.ask(f"/api/v1/sensors/{SECTION}-Z1")["limits"]
    until = {one["value"]: one["until"] for one in limits if one["level"] == "yellow"}
    assert [round(value, 2) for value in until] == [13.88]
    (end,) = until.values()
    assert at(end).astimezone(BEIJING).replace(tzinfo=None) == datetime.combine(
        monday, datetime.min.time()
    )
    person.open(f"/limits/objects/{SECTION}")
    coming = person.page.locator("tr", has_text="将生效")
    expect(coming).to_have_count(1)
    for text in ("14.30 m", f"{monday}", PAPER):
        expect(coming).to_contain_text(text)
