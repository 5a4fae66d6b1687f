"""An alarm through the hands of three people, and what every page must be."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.desk.conftest import PHONE, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("storm"), pytest.mark.timeout(420)]
SERIOUS = ("serious", "critical")
PAGES = ("/", "/map", "/cockpit", "/alarms/", "/statistics", "/system", "/people/duty", "/account",
         "/atlas/objects", "/atlas/enterprises", "/limits/", "/warnings/",
         "/warnings/new")  # fmt: skip


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


@pytest.mark.parametrize("path", PAGES)
def test_a_page_complains_of_nothing(sign_in: SignIn, path: str) -> None:
    person = sign_in("county-admin")
    answer = person.page.goto(person.url + path)
    assert answer is not None
    assert answer.status == 200
    person.page.wait_for_timeout(1500)
    assert person.complaints == []
    assert person.page.locator("h1").count() == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(sign_in: SignIn, path: str) -> None:
    person = sign_in("county-admin", **PHONE)
    answer = person.page.goto(person.url + path)
    assert answer is not None
    assert answer.status == 200
    person.page.wait_for_timeout(800)
    width = person.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


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
    person = sign_in("city")
    page = person.open("/cockpit")
    figure = page.locator("a.figure", has_text="当前红橙报警").first
    value = int(re.sub(r"\D", "", figure.locator(".figure-value").inner_text()))
    figure.click()
    page.wait_for_selector("h1")
    assert abs(page.locator("[data-rows] tr").count() - min(value, 50)) <= 3  # the storm goes on


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_out(sign_in: SignIn, theme: str) -> None:
    """axe finds no serious or critical fault of accessibility on any page.

    A dark page is the same page in other colours.
    """
    rules = {"runOnly": ["color-contrast"]} if theme == "dark" else {}
    person, found = sign_in("county-admin", color_scheme=theme), []
    alarm = person.page.locator("[data-rows] .row-what a").first.get_attribute("href") or ""
    person.open("/warnings/new")
    person.page.click("main button.primary")
    editor = person.page.url.removeprefix(person.url)
    more = (editor, editor.removesuffix("/edit"), alarm, "/objects/990101LP901", "/devices/",
            "/rules/", "/people/audit", "/atlas/sensors/import")  # fmt: skip
    for path in (*PAGES, *more):
        person.open(path)
        person.page.wait_for_timeout(400)
        for one in Axe().run(person.page, options=rules).response["violations"]:
            if one["impact"] in SERIOUS:
                found += [(path, one["id"], node["html"][:120]) for node in one["nodes"][:3]]
    assert found == []
