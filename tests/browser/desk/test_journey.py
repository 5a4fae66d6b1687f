"""An alarm through the hands of three people, and what every page must be."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.desk.conftest import PHONE, Person, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("storm"), pytest.mark.timeout(420)]
_FIGURE = "a.figure:has-text('当前红橙报警')"
SERIOUS = ("serious", "critical")
_AT_REST = """() => Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished))"""
"""The colours of buttons take a moment to come."""
PAGES = ("/", "/map", "/cockpit", "/alarms/", "/statistics", "/system", "/people/duty", "/account",
         "/atlas/objects", "/atlas/enterprises", "/limits/", "/warnings/", "/warnings/new",
         "/objects/990101LP901", "/devices/", "/rules/", "/people/audit",
         "/atlas/sensors/import",
         "/warnings/risks/", "/warnings/risks/new", "/warnings/incoming/", "/warnings/devices/",
         "/warnings/evaluation/", "/warnings/evaluation/delivery",
         "/warnings/evaluation/month")  # fmt: skip
_SQUEEZED = """[...document.querySelectorAll("main td")].filter(one => one.checkVisibility()
  && one.innerText.trim().length > 8 && one.clientWidth < 60).map(one => one.innerText)"""
"""Cells of tables that break their words letter by letter."""


def test_an_alarm_is_handled_by_three_people(sign_in: SignIn) -> None:
    county, chief = sign_in("county"), sign_in("county-chief")
    row = county.page.locator("[data-rows] [data-id]:has([data-key=A])").first
    address = row.locator(".row-what a").get_attribute("href") or ""
    for person in (county, chief):
        person.open(address)
    county.page.click("form[action$='/acknowledge'] button")
    expect(county.page.locator(".timeline")).to_contain_text("已签收")
    chief.page.click("form[action$='/acknowledge'] button")
    expect(chief.page.locator("[role=alert]").last).to_contain_text("签收")
    chief.open(address)
    chief.page.click("summary:has-text('指派')")
    chief.page.select_option("#f-to", index=0)
    chief.page.click("form[action$='/assign'] button")
    expect(chief.page.locator(".timeline")).to_contain_text("已指派")
    county.open(address)
    county.page.click("summary:has-text('说明')")
    county.page.fill("#f-cause", "短时强降雨")
    county.page.fill("#f-measure", "已封路并启动强排")
    county.page.click("form[action$='/explain'] button")
    expect(county.page.locator(".timeline")).to_contain_text("已封路并启动强排")
    chief.open(address)
    chief.page.click("summary:has-text('关闭')")
    chief.page.fill("#f-closing", "现场已控制")
    chief.page.click("form[action$='/close'] button")
    expect(chief.page.locator(".alarm-page")).to_contain_text("已关闭")
    assert county.complaints == []


def test_the_neighbour_county_sees_nothing_of_it(sign_in: SignIn) -> None:
    county, neighbour = sign_in("county"), sign_in("county-b")
    address = county.page.locator("[data-rows] .row-what a").first.get_attribute("href") or ""
    for path in (address, "/objects/990101LP901"):
        answer = neighbour.page.goto(neighbour.url + path)
        assert answer is not None
        assert answer.status == 404
        assert "城关" not in neighbour.page.content()
    neighbour.open("/alarms/?text=990101")
    expect(neighbour.page.locator("main")).to_contain_text("没有符合条件的报警")


def test_the_language_is_switched_and_kept(sign_in: SignIn) -> None:
    person = sign_in("town")  # the choice stays with the account
    person.page.click("button[value=en]")
    expect(person.page.locator(".topnav")).to_contain_text("Duty desk")
    person.open("/cockpit")
    expect(person.page.locator("h1")).to_have_text("Cockpit")
    assert person.page.locator("html").get_attribute("lang") == "en"


def test_the_first_load_of_the_desk_is_light(sign_in: SignIn) -> None:
    person, sizes = sign_in("county"), {}
    session = person.context.new_cdp_session(person.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    person.open("/")
    person.page.wait_for_timeout(4000)
    assert 50_000 < sum(sizes.values()) < 1_500_000


def test_figures_of_the_cockpit_open_lists_of_so_many(sign_in: SignIn) -> None:
    person, end = sign_in("city"), time.monotonic() + 120
    before, rows, after = -1, -1, _red_and_orange(person)
    while before != after:  # the storm goes on
        assert time.monotonic() < end
        before = after
        person.page.locator(_FIGURE).first.click()
        person.page.wait_for_url("**/alarms/?*")
        rows = person.page.locator("[data-rows] tr").count()
        after = _red_and_orange(person)
    assert rows == min(after, 50)


def _red_and_orange(person: Person) -> int:
    """How many alarms the cockpit counts."""
    figure = person.open("/cockpit").locator(_FIGURE).first
    return int(re.sub(r"\D", "", figure.locator(".figure-value").inner_text()))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_nobody_out(sign_in: SignIn, path: str) -> None:
    everybody_can_read(sign_in("county-admin", at=path))


def test_the_pages_of_one_thing_keep_nobody_out(sign_in: SignIn) -> None:
    person = sign_in("county-admin")
    alarm = person.page.locator("[data-rows] .row-what a").first.get_attribute("href") or ""
    everybody_can_read(person, alarm)
    person.open("/warnings/new")
    person.page.select_option("#id_event", "flood:river_flood")
    person.page.select_option("#id_level", "4")
    person.page.click("main button.primary")
    person.page.wait_for_selector("#editor")
    editor = person.page.url.removeprefix(person.url)
    for path in (editor, editor.removesuffix("/edit")):
        everybody_can_read(person, path)


def everybody_can_read(person: Person, path: str = "") -> None:
    """It complains of nothing, axe finds no serious fault by day or night, and it fits a phone.

    A dark page is the same page in other colours, a phone's the same page narrower.
    """
    page = person.page
    page.set_viewport_size({"width": 1440, "height": 900})
    if path:
        person.open(path)
    page.wait_for_timeout(600)  # what it draws later than its text
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    assert page.locator("h1").count() == 1
    assert page.evaluate(_SQUEEZED) == []
    faults = found(page)
    page.click("[data-theme-switch]")
    page.evaluate(_AT_REST)
    faults += found(page, rules=["color-contrast"])
    page.click("[data-theme-switch]")
    assert faults == []
    page.set_viewport_size(PHONE["viewport"])
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert person.complaints == []


def found(page: Page, rules: list[str] | None = None) -> list[tuple[str, str]]:
    """What axe finds serious or critical: the rule and the element."""
    options = {"runOnly": rules} if rules else {}
    heard = Axe().run(page, options=options).response["violations"]
    serious = [one for one in heard if one["impact"] in SERIOUS]
    return [(one["id"], node["html"][:120]) for one in serious for node in one["nodes"][:3]]
