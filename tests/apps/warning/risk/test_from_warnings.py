"""A risk is opened from a warning of ours: the way there, and who may take it."""

from anlan.apps.atlas.models import Region
from anlan.apps.warning.models import Risk
from tests.apps.warning.conftest import Office
from tests.apps.warning.risk.test_pages import hidden
from tests.apps.warning.test_pages import browser_of


def test_the_page_of_a_warning_leads_to_the_form(office: Office) -> None:
    draft = office.drafted()
    way = "/warnings/risks/new?from=warning:"
    assert way not in browser_of("county").get(f"/warnings/{draft.key}").text
    one = office.issued()
    page, way = f"/warnings/{one.key}", f"{way}{one.key}"
    assert way in browser_of("county").get(page).text
    assert way not in browser_of("admin").get(page).text
    assert 'value="990101001" selected' in browser_of("county").get(way).text


def test_who_signs_a_warning_of_a_neighbour_opens_a_risk_at_home_from_it(office: Office) -> None:
    """They do not see the alarm behind it."""
    one = office.issued()
    one.signatures.update(organisation="org-county-b")
    Region.objects.create(key="990102", name="邻水县", region="990102", since=office.now)
    browser = browser_of("county-b")
    assert browser.get("/alarms/alarm-1").status_code == 404
    way = f"warning:{one.key}"
    form = browser.get(f"/warnings/risks/new?from={way}")
    assert form.status_code == 200
    assert "清河上段" not in form.text.partition("<textarea")[0]
    asked = {"from": way, "event": "flood:river_flood", "level": "2", "region": "990102",
             "thing": "", "text": "下游巡堤"}  # fmt: skip
    plan = browser.post("/warnings/risks/new", asked).text
    push = {**asked, "plan": hidden(plan, "plan"), "key": hidden(plan, "key")}
    assert browser.post("/warnings/risks/new", push).status_code == 302
    risk = Risk.objects.get()
    assert (risk.region, risk.source, risk.cause, risk.thing) == ("990102", "warning", one.key, "")
