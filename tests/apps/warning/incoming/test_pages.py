"""What people see of official warnings that came in, and the way on from them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.people.asker import Person
from anlan.apps.people.models import AuditLine, User
from anlan.apps.warning.actions.incoming import draft_from_incoming
from anlan.apps.warning.models import Feed, Incoming, IncomingMessage, IncomingPlace, Warning
from anlan.terms.errors import Refused
from tests.apps.limits.test_chinese import latin
from tests.apps.warning.conftest import Office
from tests.apps.warning.incoming import feeding
from tests.apps.warning.incoming.feeding import Ear, alert


@pytest.fixture
def heard(office: Office, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """A feed that said something just now: pages know no other time."""
    monkeypatch.setattr(feeding, "NOW", timezone.now().replace(microsecond=0) - timedelta(hours=1))
    ear.now = timezone.now()
    ear.server.offer(alert(1))
    ear.hear()
    return ear


def browser(key: str) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(User.objects.get(key=key))
    return client


def said(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


PATHS = ("", "{key}", "areas.json", "export.csv", "export.xlsx", "{key}/{pk}.xml")


def paths() -> list[str]:
    one, message = Incoming.objects.get(), IncomingMessage.objects.get()
    return [f"/warnings/incoming/{p.format(key=one.key, pk=message.pk)}" for p in PATHS]


def test_strangers_and_the_uncalled_stay_out(heard: Ear) -> None:
    for path in paths():
        assert Client(headers={"accept": "text/html"}).get(path).status_code == 302
        assert browser("enterprise").get(path).status_code == 403


@pytest.mark.parametrize("who", ["county", "town", "city", "province"])
def test_it_is_seen_within_and_around_its_place(heard: Ear, who: str) -> None:
    for path in paths():
        assert browser(who).get(path).status_code == 200
    page = browser(who).get("/warnings/incoming/").text
    assert page.count('aria-current="page"') == 1
    assert "岚海省气象台发布暴雨预警1" in page


def test_whoever_may_open_risks_opens_one_from_it(heard: Ear) -> None:
    page, way = f"/warnings/incoming/{Incoming.objects.get().key}", "/warnings/risks/new?from="
    found = re.search(rf'href="({re.escape(way)}incoming:\w+)"', browser("county").get(page).text)
    assert found
    assert browser("county").get(found[1]).status_code == 200
    assert way not in browser("admin").get(page).text


def test_the_neighbour_sees_only_what_is_for_both(heard: Ear) -> None:
    list_, one, areas, *_ = paths()
    other = browser("county-b")
    assert other.get(one).status_code == 404
    assert "暴雨预警1" not in other.get(list_).text
    assert other.get(areas).json()["features"] == []
    heard.server.offer(alert(5, geocode="990000000000"))
    heard.after(minutes=2)
    assert "暴雨预警5" in other.get(list_).text


def test_one_press_makes_a_whole_draft(heard: Ear) -> None:
    one = Incoming.objects.get()
    answer = browser("county").post(f"/warnings/incoming/{one.key}/draft")
    draft = Warning.objects.get()
    assert answer["Location"] == f"/warnings/{draft.key}/edit"
    assert (draft.pack, draft.event, draft.level, draft.status) == ("flood", "11B03", 3, "Actual")
    assert draft.regions == ["990101"]
    assert "岚海省气象台" in draft.description_zh
    assert draft.description_zh.endswith("暴雨 1")
    assert "Rainstorm 1" in draft.description_en
    assert (draft.measures_zh, draft.measures_en) == ("注意防范。", "Take care.")
    assert draft.expires == one.ends_at
    assert draft.shape is not None
    page = browser("county").get(f"/warnings/incoming/{one.key}").text
    assert f"/warnings/{draft.key}" in page
    editor = browser("county").get(f"/warnings/{draft.key}/edit").text
    assert f'href="/warnings/incoming/{one.key}">起草依据' in editor
    IncomingPlace.objects.update(region="990102")
    page = browser("county").get(f"/warnings/{draft.key}").text
    assert one.key not in page
    assert "依据官方预警起草" in page


def test_a_town_drafts_for_itself(heard: Ear, office: Office) -> None:
    one = Incoming.objects.get()
    draft = draft_from_incoming(office_asker(office, "town"), one.key)
    assert draft.regions == ["990101001"]


def test_out_of_a_drill_comes_a_drill(heard: Ear, office: Office) -> None:
    heard.server.offer(alert(7, status="Exercise"))
    heard.after(minutes=2)
    drill = Incoming.objects.get(status="Exercise")
    page = said(browser("county").get(f"/warnings/incoming/{drill.key}").text)
    assert "演练" in page
    assert draft_from_incoming(office_asker(office, "county"), drill.key).status == "Exercise"


def test_what_is_lifted_suggests_nothing(heard: Ear, office: Office) -> None:
    heard.server.offer(alert(2, kind="Cancel", refers=(1,)))
    heard.after(minutes=2)
    one = Incoming.objects.get(joined=None)
    assert "/draft" not in said(browser("county").get(f"/warnings/incoming/{one.key}").text)
    with pytest.raises(Refused):
        draft_from_incoming(office_asker(office, "county"), one.key)


def test_the_bytes_are_given_out_as_they_came(heard: Ear) -> None:
    answer = browser("county").get(paths()[-1])
    assert answer.content == IncomingMessage.objects.get().xml


def test_the_map_shows_its_area(heard: Ear) -> None:
    assert "/warnings/incoming/areas.json" in browser("county").get("/map").text
    area, name = browser("county").get("/warnings/incoming/areas.json").json()["features"]
    assert (area["geometry"]["type"], name["geometry"]["type"]) == ("Polygon", "Point")
    assert area["properties"]["level"] == 3
    assert "岚海省气象台" in name["properties"]["name"]


def test_the_desk_and_the_pages_tell_of_a_silent_feed(heard: Ear) -> None:
    assert "生效的官方预警" in browser("county").get("/").text
    Feed.objects.update(ok_at=datetime(2026, 1, 1, tzinfo=UTC), fails=9, fault="it answers 503")
    one = Incoming.objects.get()
    assert "中断的官方预警数据源" in browser("county").get("/").text
    for path in ("", one.key):
        assert "中断" in said(browser("county").get(f"/warnings/incoming/{path}").text)
    assert "it answers 503" in browser("county-admin").get("/system").text


@pytest.mark.parametrize("query", ["level=9", "state=x", "status=Draft"])
def test_a_wrong_filter_is_told(heard: Ear, query: str) -> None:
    assert browser("county").get(f"/warnings/incoming/?{query}").status_code == 422


@pytest.mark.parametrize(
    ("query", "is_there"),
    [("level=3", True), ("level=4", False), ("code=11B03", True), ("state=lifted", False),
     ("state=stands", True), ("feed=met", True), ("text=安澜", True), ("text=无此", False)],
)  # fmt: skip
def test_filters_cut(heard: Ear, query: str, is_there: bool) -> None:
    page = said(browser("county").get(f"/warnings/incoming/?{query}").text)
    assert ("岚海省气象台发布暴雨预警1" in page) is is_there


def test_an_export_leaves_a_line(heard: Ear) -> None:
    text = browser("county").get("/warnings/incoming/export.csv").content.decode()
    assert "岚海省气象台发布暴雨预警1" in text
    assert AuditLine.objects.filter(act="warning.export", target="incoming.csv").exists()


def test_the_pages_speak_chinese(heard: Ear) -> None:
    one = Incoming.objects.get()
    for path in ("/warnings/incoming/", f"/warnings/incoming/{one.key}"):
        text = re.sub(r'<article lang="en.*?</article>', "", said(browser("county").get(path).text),
                      flags=re.DOTALL)  # fmt: skip
        assert latin("<main" + text) <= {"met", "example", "XML", "CSV", "urn"}, path


def office_asker(office: Office, who: str) -> Person:
    office.now = timezone.now()
    return office.asker(who)
