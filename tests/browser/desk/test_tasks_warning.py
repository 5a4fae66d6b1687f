"""A warning for a drawn area, in two languages, by two people; the second signs on a phone."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from anlan.cap.read import read
from tests.browser.desk.conftest import PHONE, Person, SignIn
from tests.browser.desk.counted import check

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("storm"), pytest.mark.timeout(420)]
WAIT_MS, WAIT_S = 90_000, 240.0
MEASURED = re.compile("超过|达到|低于")
FREE = "[action^='/warnings/from/'] button"


def an_alarm_without_a_warning(person: Person) -> str:
    """The address of an orange or red alarm that no warning was drafted for.

    Of one with a measured value: what a combination of alarms suggests leaves a text open.
    """
    rows = person.page.locator("li.lvline-red, li.lvline-orange").filter(has_text=MEASURED)
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:  # the storm goes on, and raises others
        links = [row.locator(".row-what a").get_attribute("href") or "" for row in rows.all()]
        for link in links:
            if person.open(link).locator(FREE).count():
                return link
        person.page.wait_for_timeout(2000)
        person.open("/")
    raise AssertionError("every alarm has its warning")


def draw_a_circle(person: Person, page: Page) -> None:
    """Three acts: the sign, the middle, the rim."""
    person.click("[title='画圆']")
    canvas = page.locator("#editor an-map canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    for aside in (0, 60):
        person.acts += 1
        page.mouse.click(box["x"] + box["width"] / 2 + aside, box["y"] + box["height"] / 2)


def test_10_an_orange_warning_is_issued_by_two_people(sign_in: SignIn) -> None:
    county, chief = sign_in("county"), sign_in("county-chief", **PHONE)
    alarm = an_alarm_without_a_warning(county)
    county.open("/")
    county.begins()
    county.click(f"[data-rows] a[href='{alarm}']")
    county.click(FREE)
    page = county.page
    expect(page.locator("#editor an-map")).to_have_attribute("data-ready", "true", timeout=WAIT_MS)
    before = page.input_value("#id_shape")
    draw_a_circle(county, page)
    expect(page.locator("#id_shape")).not_to_have_value(before)
    assert page.input_value("#id_headline_en").startswith("Anlan County")
    county.click("button[name=submit]")
    expect(page.locator(".stage.is-now")).to_contain_text("审核")
    address = page.url.removeprefix(county.url)
    chief.open("/")
    chief.begins()
    chief.click(f".strip a[href='{address}']")
    chief.fill("#f-password", "anlan-demo")
    chief.click(".signing button.primary")
    expect(chief.page.locator(".facts-line")).to_contain_text("已发布")
    assert chief.acts <= 3
    check(10, county.acts + chief.acts)
    the_message_is_what_was_drawn(county, address)
    assert county.complaints == chief.complaints == []


def test_11_who_has_not_answered_and_the_deputy_is_called(sign_in: SignIn) -> None:
    """From the desk: one press shows who is silent, one more asks the next of the tree."""
    county, chief = sign_in("county"), sign_in("county-chief", **PHONE)
    wait_for = county.page.locator(".strip a[href$='/calls']")
    if not wait_for.count():
        an_orange_warning_is_out(county, chief)
    for _try in range(30):
        county.open("/")
        if wait_for.count():
            break
        county.page.wait_for_timeout(1000)
    county.begins()
    county.click(wait_for.first)
    rows = county.page.locator("#calls tbody tr")
    expect(rows.first).to_be_visible()
    expect(rows.first.locator("a[href^='tel:']").first).to_be_visible()
    before = rows.filter(has=county.page.locator("[data-pass]")).first.get_attribute("data-id")
    county.click(f"#calls tr[data-id='{before}'] [data-pass]")
    expect(county.page.locator(".toast").first).to_contain_text("正在叫应")
    board = county.page.url.removeprefix(county.url).partition("?")[0]
    told = county.open(f"{board}?state=escalated")
    expect(told.locator(f"tr[data-id='{before}']")).to_contain_text("周明岸")
    check(11, county.acts)
    assert county.complaints == []


def an_orange_warning_is_out(county: Person, chief: Person) -> None:
    """From the gravest alarm that has none."""
    county.open("/")
    county.open(an_alarm_without_a_warning(county))
    county.page.click(FREE)
    county.page.wait_for_selector("#editor")
    county.page.click("button[name=submit]")
    expect(county.page.locator(".stage.is-now")).to_contain_text("审核")
    chief.open(county.page.url.removeprefix(county.url))
    chief.page.fill("#f-password", "anlan-demo")
    chief.page.click(".signing button.primary")
    expect(chief.page.locator(".facts-line")).to_contain_text("已发布")


def the_message_is_what_was_drawn(person: Person, address: str) -> None:
    """Orange or red, in two languages, with the circle as its polygon; it can be taken away."""
    told = read(person.page.request.get(f"{person.url}{address}/messages/1.xml").body())
    assert [info.language for info in told.info] == ["zh-CN", "en-US"]
    assert told.info[0].severity in ("Severe", "Extreme")
    assert len(told.info[0].area[0].polygon[0].split()) > 30
    person.open(address)
    expect(person.page.locator(".bulletin").first).to_contain_text("预警")


def test_a_signer_reads_and_turns_down_on_a_phone(sign_in: SignIn) -> None:
    """The page of what waits fits the hand: read, a reason, back to the writer, who reads it."""
    county, chief = sign_in("county"), sign_in("county-chief", **PHONE)
    county.open("/warnings/new")
    county.page.select_option("#id_event", "flood:rainstorm")
    county.page.select_option("#id_level", "2")
    county.page.select_option("#id_status", "Exercise")
    county.page.click("main button.primary")
    for name, text in (("description_zh", "未来6小时有暴雨。"), ("measures_zh", "减少外出。"),
                       ("description_en", "Heavy rain within 6 hours."),
                       ("measures_en", "Stay in.")):  # fmt: skip
        county.page.fill(f"#id_{name}", text)
    county.page.click("button[name=submit]")
    expect(county.page.locator(".page-banner")).to_contain_text("演练")
    address = county.page.url.removeprefix(county.url)
    chief.open(address)
    expect(chief.page.locator(".bulletin")).to_contain_text("未来6小时有暴雨")
    assert chief.page.evaluate("document.documentElement.scrollWidth") <= 390
    chief.page.click("summary:has-text('退回')")
    chief.page.fill("#f-reject", "请写明区域")
    chief.page.click("form[action$='/reject'] button")
    expect(chief.page.locator(".timeline")).to_contain_text("请写明区域")
    county.open(address)
    expect(county.page.locator(".timeline")).to_contain_text("请写明区域")
    expect(county.page.locator(".stage.is-now")).to_contain_text("周明岸")
    assert county.complaints == chief.complaints == []
