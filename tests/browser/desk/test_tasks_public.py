"""A resident without an account, on a phone without scripts: am I warned, where is a shelter."""

import json
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from anlan.sandtable.city import City, city
from anlan.site.demo.script import SEED, SIZE
from tests.browser.desk.conftest import PHONE, Person, SignIn
from tests.browser.desk.counted import check
from tests.browser.desk.test_journey import SERIOUS
from tests.browser.desk.test_tasks_map import away
from tests.browser.desk.test_tasks_warning import FREE, an_alarm_without_a_warning

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("storm"), pytest.mark.timeout(420)]
COUNTY, WAIT_S, MOST_BYTES = "安澜县", 90.0, 100_000


def issued(sign_in: SignIn) -> None:
    """Two people issue a warning for the most urgent alarm that has none."""
    county, chief = sign_in("county"), sign_in("county-chief")
    county.open(an_alarm_without_a_warning(county))
    county.page.click(FREE)
    county.page.click("button[name=submit]")
    expect(county.page.locator(".stage.is-now")).to_contain_text("审核")
    page = chief.open(county.page.url.removeprefix(county.url))
    page.fill("#f-password", "anlan-demo")
    page.click(".signing button.primary")
    expect(page.locator(".facts-line")).to_contain_text("已发布")


def known(person: Person) -> dict[str, dict[str, Any]]:
    """The warnings as the public's own data tell them, by their page."""
    features = person.ask("/public/warnings.json")["features"]
    return {one["properties"]["page"]: one["properties"] for one in features}


def told(person: Person, *before: str) -> dict[str, Any]:
    """The newest warning that was not there before, once it is there."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        fresh = [one for page, one in known(person).items() if page not in before]
        if fresh:
            return max(fresh, key=lambda one: one["sent"])
        time.sleep(0.5)
    raise AssertionError("no warning reached the public")


@pytest.fixture
def resident(browser: Browser, demo: str) -> Any:
    """Somebody on a phone, whose browser runs no scripts."""
    settings: Any = {**PHONE, "java_script_enabled": False, "locale": "zh-CN"}
    context = browser.new_context(**settings)
    yield Person(context.new_page(), context, demo)
    context.close()


def test_14_a_resident_finds_the_warning_and_the_nearest_shelter(
    sign_in: SignIn, resident: Person
) -> None:
    before = known(resident)
    issued(sign_in)
    warning = told(resident, *before)
    page = resident.open("/public/")
    resident.begins()
    resident.fill("[name=q]", f"{COUNTY} {warning['area'][0]}")
    resident.press("Enter")
    expect(page.locator(".cards").first).to_contain_text(warning["headline"])
    check(14, resident.acts)
    name, metres = nearest(city(SIZE, SEED), warning["regions"][0])
    first = page.locator(".shelters li").first
    expect(first.locator("h3")).to_have_text(name)
    number, unit = first.locator("strong").inner_text().split()
    shown = float(number) * (1000 if unit == "km" else 1)
    assert shown == pytest.approx(metres, rel=0.02, abs=50)
    assert resident.context.cookies() == []
    page.click(".cards a")
    expect(page.locator("h1")).to_have_text(warning["headline"])


def nearest(here: City, region: str) -> tuple[str, float]:
    """The shelter nearest to the middle of a district, as the city was invented."""
    place = next(one for one in here.regions if one.code == region).polygon.representative_point()
    found = [(away(one.point, (place.x, place.y)), one.zh) for one in here.shelters]
    metres, name = min(found)
    return name, metres


def pages(person: Person) -> list[str]:
    """An address of each kind."""
    issued_in = told(person)["sent"][:7]
    paths = [f"/public/{one}" for one in ("", "banner.html", "place/9901.html", "place/none.html")]
    for language in ("zh", "en"):
        paths += [f"/public/{language}/history/", f"/public/{language}/here?q=和平社区",
                  f"/public/{language}/history/{issued_in}.html"]  # fmt: skip
        paths += [f"/public/{language}/subscribe"]
    warning = told(person)["page"].removeprefix(person.url)
    return [*paths, warning, "/public/en/", "/public/no-such-page"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_keep_nobody_out_and_are_light(
    sign_in: SignIn, browser: Browser, demo: str, theme: Any
) -> None:
    """Each fits a phone, weighs less than 100 kB with all it loads, and axe finds no fault."""
    settings: Any = {**PHONE, "color_scheme": theme}
    context = browser.new_context(**settings)
    person = Person(context.new_page(), context, demo)
    if not known(person):
        issued(sign_in)
    found: list[Any] = []
    weights: dict[str, int] = {}
    session = context.new_cdp_session(person.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished",
               lambda e: weights.update({e["requestId"]: e["encodedDataLength"]}))  # fmt: skip
    person.page.on("console", lambda m: found.append(m.text) if "404" not in m.text else None)
    for path in pages(person):
        weights.clear()
        person.open(path)
        person.page.wait_for_load_state("networkidle")
        assert 0 < sum(weights.values()) < MOST_BYTES, path
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 390, path
        for one in Axe().run(person.page).response["violations"]:
            if one["impact"] in SERIOUS:
                found += [(path, one["id"], node["html"][:120]) for node in one["nodes"][:3]]
    context.close()
    assert found == [], json.dumps(found, ensure_ascii=False)
