"""Duty and responsibilities: who answers now, who is asked next, and who may say so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.people.models import AuditLine, Duty, Organisation, Responsibility
from anlan.apps.people.queries import on_duty, responsible_for
from tests.apps.conftest import COUNTY, NEIGHBOUR, TOWN, VILLAGE, World

Browser = Callable[[str], Client]
HOUR = timedelta(hours=1)


def entry(place: Organisation, person: str, start: datetime, end: datetime) -> Duty:
    return Duty.objects.create(organisation=place, person=person, phone="199-0000-0001",
                               starts_at=start, ends_at=end)  # fmt: skip


def line(place: Organisation, region: str, person: str, **words: Any) -> Responsibility:
    return Responsibility.objects.create(organisation=place, region=region, person=person, **words)


def local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def plan(start: datetime, end: datetime, **changed: Any) -> dict[str, Any]:
    return {"organisation": "org-county", "person": "王五", "phone": "199-0000-0007",
            "starts_at": local(start), "ends_at": local(end), **changed}  # fmt: skip


def test_the_nearest_office_on_duty_comes_first(world: World) -> None:
    now, places = timezone.now(), world.organisations
    entry(places["org-city"], "city", now - HOUR, now + HOUR)
    entry(places["org-town"], "town", now - HOUR, now + HOUR)
    entry(places["org-county"], "over", now - 2 * HOUR, now)
    entry(places["org-county"], "county", now, now + HOUR)
    entry(places["org-county"], "later", now + HOUR, now + 2 * HOUR)
    entry(places["org-county-b"], "neighbour", now - HOUR, now + HOUR)
    entry(places["org-plant"], "plant", now - HOUR, now + HOUR)
    assert [d.person for d in on_duty(VILLAGE, now)] == ["town", "county", "city"]
    assert on_duty("", now) == []
    assert on_duty("980101", now) == []


def test_escalation_goes_from_the_owner_up_the_regions_by_rank(world: World) -> None:
    places = world.organisations
    line(places["org-plant"], VILLAGE, "owner", thing="tank-3")
    line(places["org-village"], VILLAGE, "village")
    line(places["org-county"], COUNTY, "county-2", rank=2)
    line(places["org-county"], COUNTY, "county-1")
    line(places["org-county"], COUNTY, "county-1 too")
    line(places["org-city"], "9901", "city")
    line(places["org-county-b"], NEIGHBOUR, "neighbour")
    line(places["org-plant"], VILLAGE, "other's owner", thing="tank-4")
    steps = [[r.person for r in responsible_for(VILLAGE, "tank-3", rank)] for rank in range(8)]
    assert steps == [[], ["owner"], ["village"], ["county-1", "county-1 too"], ["county-2"],
                     ["city"], [], []]  # fmt: skip
    assert [r.person for r in responsible_for(TOWN, "", 1)] == ["county-1", "county-1 too"]


def test_duty_is_planned_on_the_page_and_shown_there(client_for: Browser) -> None:
    now, client = timezone.now(), client_for("county")
    answer = client.post("/people/duty", plan(now - HOUR, now + HOUR))
    assert answer.status_code == 302
    page = client.get("/people/duty").content.decode()
    assert "王五" in page
    assert "tel:199-0000-0007" in page
    made = AuditLine.objects.get(act="people.plan_duty")
    assert "王五" not in str(made.detail)


@pytest.mark.parametrize(
    "changed",
    [{"organisation": "org-county-b"}, {"organisation": "org-city"}, {"person": ""},
     {"phone": "x"}, {"starts_at": "soon"}, {"ends_at": "2000-01-01T00:00"},
     {"ends_at": "2099-01-01T00:00"}, {"starts_at": "9999-12-31T23:59"}, {"person": "a\x00"}],
    ids=str,
)  # fmt: skip
def test_duty_that_cannot_be_is_refused(client_for: Browser, changed: dict[str, Any]) -> None:
    now = timezone.now()
    answer = client_for("county").post("/people/duty", plan(now, now + HOUR, **changed))
    assert answer.status_code == 422
    assert not Duty.objects.exists()


@pytest.mark.parametrize("asked", ["", "2026-02-31", "9999-12-31", "0001-01-01", "x" * 99])
def test_any_week_can_be_asked_for(client_for: Browser, asked: str) -> None:
    assert client_for("county").get("/people/duty", {"from": asked}).status_code == 200


def test_handing_over_ends_one_and_begins_the_other_at_once(
    client_for: Browser, world: World
) -> None:
    now = timezone.now()
    old = entry(world.organisations["org-county"], "old", now - HOUR, now + HOUR)
    words = {"person": "赵六", "phone": "199-0000-0008"}
    client = client_for("county")
    assert client.post(f"/people/duty/{old.key}/over", words).status_code == 302
    later = timezone.now()
    assert [d.person for d in on_duty(COUNTY, later)] == ["赵六"]
    assert [d.person for d in on_duty(COUNTY, now - HOUR / 2)] == ["old"]
    assert client.post(f"/people/duty/{old.key}/over", words).status_code == 422


def test_what_was_stays_as_it_was(client_for: Browser, world: World) -> None:
    now, client = timezone.now(), client_for("county")
    over = entry(world.organisations["org-county"], "over", now - 2 * HOUR, now - HOUR)
    runs = entry(world.organisations["org-county"], "runs", now - HOUR, now + HOUR)
    words = plan(now - HOUR, now + HOUR, person="forged")
    for one in (over, runs):
        assert client.post(f"/people/duty/{one.key}", words).status_code == 422
        assert client.post(f"/people/duty/{one.key}/drop").status_code == 422
    assert set(Duty.objects.values_list("person", flat=True)) == {"over", "runs"}


def test_duty_to_come_can_be_changed_and_taken_out(client_for: Browser, world: World) -> None:
    now, client = timezone.now(), client_for("county")
    one = entry(world.organisations["org-county"], "one", now + HOUR, now + 2 * HOUR)
    words = plan(now + HOUR, now + 3 * HOUR, person="two")
    assert client.post(f"/people/duty/{one.key}", words).status_code == 302
    assert Duty.objects.get().person == "two"
    assert client.post(f"/people/duty/{one.key}/drop").status_code == 302
    assert not Duty.objects.exists()


def test_a_neighbour_sees_and_changes_neither_duty_nor_lines(
    client_for: Browser, world: World
) -> None:
    now, places = timezone.now(), world.organisations
    duty = entry(places["org-county"], "县里的人", now + HOUR, now + 2 * HOUR)
    mine = line(places["org-county"], COUNTY, "县里的责任人", thing="tank-3")
    client = client_for("county-b")
    for path in ("duty", "duty?from=2026-11-24", "responsibility", "responsibility?q=tank"):
        page = client.get(f"/people/{path}").content.decode()
        assert "县里" not in page
        assert 'org-county"' not in page
    for path in (f"duty/{duty.key}", "duty/none", f"duty/{duty.key}/drop", f"duty/{duty.key}/over"):
        assert client.post(f"/people/{path}", plan(now, now + HOUR)).status_code == 404
    assert client.get(f"/people/responsibility/{mine.key}").status_code == 403
    assert (Duty.objects.count(), Responsibility.objects.count()) == (1, 1)


def test_lines_of_the_tree_are_set_and_taken_out_within_the_jurisdiction(
    client_for: Browser, world: World
) -> None:
    client = client_for("county-admin")
    words = {"organisation": "org-town", "region": TOWN, "thing": "", "rank": "1",
             "person": "镇长", "phone": "199-0000-0003", "email": "t@demo.invalid",
             "user_key": "town"}  # fmt: skip
    assert client.post("/people/responsibility/new", words).status_code == 302
    made = Responsibility.objects.get()
    assert made.user_key == "town"
    words["rank"] = "2"
    assert client.post(f"/people/responsibility/{made.key}", words).status_code == 302
    assert Responsibility.objects.get().rank == 2
    for wrong in ({"region": NEIGHBOUR}, {"region": "9901"}, {"region": "x"}, {"rank": "0"},
                  {"rank": "10"}, {"organisation": "org-county-b"}, {"user_key": "county-b"},
                  {"email": "x"}):  # fmt: skip
        answer = client.post("/people/responsibility/new", {**words, **wrong})
        assert answer.status_code == 422, wrong
    assert client_for("county").post(f"/people/responsibility/{made.key}/drop").status_code == 403
    assert client.post(f"/people/responsibility/{made.key}/drop").status_code == 302
    assert not Responsibility.objects.exists()


def test_a_line_of_the_neighbour_cannot_be_drawn_over(client_for: Browser, world: World) -> None:
    theirs = line(world.organisations["org-county-b"], NEIGHBOUR, "theirs")
    words = {"organisation": "org-county", "region": COUNTY, "rank": "1", "person": "x"}
    client = client_for("county-admin")
    assert client.post(f"/people/responsibility/{theirs.key}", words).status_code == 404
    assert Responsibility.objects.get().person == "theirs"


def test_a_long_roster_goes_on_by_pages_of_organisations(client_for: Browser, world: World) -> None:
    now = timezone.now()
    for number in range(45):
        place = Organisation.objects.create(key=f"g{number:02}", name=f"单位{number:02}",
                                            kind="government", region="990101001")  # fmt: skip
        entry(place, f"人{number:02}", now - HOUR, now + HOUR)
    client = client_for("county")
    first = client.get("/people/duty").content.decode()
    second = client.get("/people/duty?page=1").content.decode()
    assert "人00" in first
    assert "人44" not in first
    assert "人44" in second
    assert "人44" in client.get("/people/duty?q=单位44").content.decode()
    assert client.get("/people/duty?page=9999&q=x").status_code == 200


def test_organisations_are_suggested_within_the_jurisdiction_only(client_for: Browser) -> None:
    client = client_for("county")
    act = "people.plan_duty"
    for words, found in (("安澜", "org-county"), ("990101001", "org-town"), ("org-t", "org-team")):
        page = client.get("/people/organisations", {"act": act, "organisation": words})
        assert found in page.content.decode()
    for words in ("邻水", "990102", "org-county-b", "org-city", "", "99"):
        page = client.get("/people/organisations", {"act": act, "organisation": words})
        assert "org-county-b" not in page.content.decode()
        assert "org-city" not in page.content.decode()
    asked = {"act": "people.manage_users", "organisation": "安澜"}
    assert "org" not in client.get("/people/organisations", asked).content.decode()
    assert "org" not in client.get("/people/organisations?act=x&organisation=org").content.decode()


def test_where_there_are_many_organisations_one_is_typed(client_for: Browser, world: World) -> None:
    Organisation.objects.bulk_create(
        Organisation(key=f"e{number}", name="企业", kind="enterprise", region=TOWN)
        for number in range(80)
    )
    now, client = timezone.now(), client_for("county")
    page = client.get("/people/duty").content.decode()
    assert page.count("<option") == 0
    assert client.post("/people/duty", plan(now, now + HOUR)).status_code == 302
    for wrong in ("org-county-b", "none", ""):
        words = plan(now, now + HOUR, organisation=wrong)
        assert client.post("/people/duty", words).status_code == 422
