"""The pages of warnings: who sees them, what they show and lead to, and what they refuse."""

import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from anlan.apps.people.models import AuditLine, User
from anlan.apps.warning import actions
from anlan.apps.warning.models import Warning
from anlan.apps.watch.models import Alarm
from anlan.cap.read import read
from tests.apps.conftest import PASSWORD
from tests.apps.limits.test_chinese import latin
from tests.apps.warning.conftest import OWN, WATER, WRITER, Office

Browser = Callable[[str], Client]
PAGES = ("/warnings/", "/warnings/new", "/warnings/{key}", "/warnings/{key}/edit")
VERBS = ("submit", "review", "approve", "sign", "reject", "withdraw", "relevel", "cancel")


def browser_of(key: str) -> Client:
    """A browser in which somebody of the office has signed in."""
    client = Client(headers={"accept": "text/html"})
    client.force_login(User.objects.get(key=key))
    return client


def post(who: str, one: Warning, verb: str, **words: object) -> tuple[int, str]:
    """What an act on the page answers, with the version that is there now."""
    fresh = Warning.objects.get(pk=one.pk)
    answer = browser_of(who).post(
        f"/warnings/{one.key}/{verb}", {"version": fresh.version, **words}
    )
    return answer.status_code, answer.text


def said(page: str) -> str:
    """What a page says, without its frame."""
    return page.partition("<main")[2].partition("</main>")[0]


def test_strangers_are_led_to_the_door(office: Office) -> None:
    one = office.drafted()
    for path in (*PAGES, "/warnings/export.xlsx", "/warnings/{key}/messages/1.xml"):
        answer = Client(headers={"accept": "text/html"}).get(path.format(key=one.key))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login")
    for path in (f"/warnings/{one.key}/submit", "/warnings/from/alarm-1"):
        assert Client().post(path).status_code == 401


@pytest.mark.parametrize("who", ["enterprise", "team"])
def test_who_is_of_no_office_is_refused(office: Office, who: str) -> None:
    one = office.issued()
    browser = browser_of(who)
    for path in (*PAGES, "/warnings/export.csv", "/warnings/{key}/messages/1.xml"):
        assert browser.get(path.format(key=one.key)).status_code == 403
    assert browser.post(f"/warnings/{one.key}/cancel").status_code == 403


def test_the_neighbour_is_told_that_there_is_none(office: Office) -> None:
    one = office.issued()
    browser = browser_of("county-b-chief")
    absent = browser.get("/warnings/0123456789abcdef")
    for path in ("", "/edit", "/messages/1.xml"):
        answer = browser.get(f"/warnings/{one.key}{path}")
        assert (answer.status_code, said(answer.text)) == (404, said(absent.text))
    for verb in (*VERBS, "edit", "check", "seats"):
        assert browser.post(f"/warnings/{one.key}/{verb}", {"version": 1}).status_code == 404
    assert browser.post("/warnings/from/alarm-1").status_code == 404
    assert one.key not in browser.get("/warnings/").text
    assert "洪水" not in browser.get("/warnings/export.csv").content.decode().partition("\n")[2]


def test_forms_of_others_are_refused(office: Office) -> None:
    one = office.drafted()
    browser = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    browser.force_login(User.objects.get(key="county"))
    for path in ("/warnings/from/alarm-1", "/warnings/new", f"/warnings/{one.key}/edit",
                 f"/warnings/{one.key}/submit"):  # fmt: skip
        assert browser.post(path, {"version": one.version}).status_code == 403
    assert office.again(one).state == "draft"


@pytest.mark.parametrize("key", ["..", "a%00b", "x" * 300, "1'--", "%F0%9F%98%80"])
def test_forged_keys_and_verbs_are_not_found(office: Office, key: str) -> None:
    browser = browser_of("county")
    for path in ("", "/edit", "/messages/1.xml", "/messages/99999999999999999999.xml"):
        assert browser.get(f"/warnings/{key}{path}").status_code in (400, 404)
    assert browser.post(f"/warnings/{office.drafted().key}/seize").status_code == 404
    assert browser.post(f"/warnings/from/{key}").status_code in (400, 404)


def test_an_alarm_leads_to_the_editor_by_one_press(office: Office) -> None:
    browser = browser_of("county")
    assert 'action="/warnings/from/alarm-1"' in browser.get("/alarms/alarm-1").text
    url = browser.post("/warnings/from/alarm-1")["Location"]
    page = browser.get(url).text
    assert "安澜县应急管理局发布洪水橙色预警" in page
    assert "内容完整、前后一致" in page
    assert url.removesuffix("/edit") in browser.get("/alarms/alarm-1").text
    assert "/warnings/from/" not in browser.get("/alarms/alarm-1").text


def test_a_warning_is_begun_by_hand(office: Office) -> None:
    asked = {"event": "flood:rainstorm", "level": "2", "region": "990101", "status": "Exercise"}
    answer = browser_of("county").post("/warnings/new", asked)
    one = Warning.objects.get()
    assert answer["Location"] == f"/warnings/{one.key}/edit"
    assert (one.event_zh, one.level, one.status) == ("暴雨", 2, "Exercise")
    wrong = browser_of("county").post("/warnings/new", {**asked, "region": "990102"})
    assert wrong.status_code == 422
    assert Warning.objects.count() == 1


def test_the_list_says_what_is_in_force_and_whose_turn_it_is(office: Office) -> None:
    issued, reviewed = office.issued(), office.reviewed()
    page = browser_of("county").get("/warnings/").text
    assert page.index("<h2>生效中") < page.index(issued.key) < page.index("<h2>办理中")
    assert page.index("<h2>办理中") < page.index(f'data-id="{reviewed.key}"')
    assert "<td>county-chief" in page.partition(f'data-id="{reviewed.key}"')[2]
    assert "待您办理" not in page
    mine = browser_of("county-chief").get("/warnings/").text
    assert mine.index("待您办理 1 条") < mine.index(reviewed.key) < mine.index("<h2>生效中")
    only = browser_of("county-chief").get("/warnings/?mine=1").text
    assert only.count(" data-id=") == 1


@pytest.mark.parametrize(
    ("query", "shown"),
    [("state=issued", True), ("state=draft", False), ("level=3", True), ("level=4", False),
     ("status=Actual", True), ("status=Test", False), ("event=flood:river_flood", True),
     ("event=flood:rainstorm", False), ("text=洪水", True), ("text=地震", False)],
)  # fmt: skip
def test_the_list_is_cut_by_its_filters(office: Office, query: str, shown: bool) -> None:
    one = office.issued()
    browser = browser_of("county")
    assert (one.key in browser.get(f"/warnings/?{query}").text) is shown
    body = browser.get(f"/warnings/export.csv?{query}").content.decode()
    assert (one.key in body) is shown


@pytest.mark.parametrize("query", ["state=x", "level=9", "status=Real", "event=flood:x"])
def test_a_filter_that_is_none_is_named(office: Office, query: str) -> None:
    answer = browser_of("county").get(f"/warnings/?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_an_empty_list_says_what_fills_it(office: Office) -> None:
    assert "拟预警" in browser_of("county").get("/warnings/").text


def test_the_export_is_a_workbook_and_an_audit_line(office: Office) -> None:
    one = office.issued()
    answer = browser_of("county").get("/warnings/export.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert rows.to_python()[1][0] == one.key
    assert AuditLine.objects.latest("number").act == "warning.export"


def test_the_desk_counts_what_waits_and_a_single_one_opens(office: Office) -> None:
    one = office.submitted()
    page = browser_of("county-chief").get("/").text
    assert f'<a class="count" href="/warnings/{one.key}">待您办理的预警' in page
    assert "待您办理" not in browser_of("county").get("/").text
    office.submitted()
    assert 'href="/warnings/?mine=1"' in browser_of("county-chief").get("/").text


def test_two_people_bring_a_warning_out(office: Office) -> None:
    one = office.submitted()
    assert "审核并签发" not in browser_of("county").get(f"/warnings/{one.key}").text
    assert "审核并签发" in browser_of("county-chief").get(f"/warnings/{one.key}").text
    assert post("county-chief", one, "approve", password="wrong")[0] == 422
    assert post("county-chief", one, "approve", password=PASSWORD)[0] == 302
    message = one.messages.get()
    answer = browser_of("county").get(f"/warnings/{one.key}/messages/1.xml")
    assert answer.content == message.xml
    assert read(answer.content).identifier == message.identifier
    page = browser_of("county").get(f"/warnings/{one.key}").text
    for text in (message.digest, message.identifier, "实际预警，现行有效"):
        assert text in page


def test_a_joint_warning_shows_who_has_signed_and_who_is_missing(office: Office) -> None:
    one = office.signed(office.reviewed(OWN, WATER))
    page = browser_of("county").get(f"/warnings/{one.key}").text
    assert "✓ county-chief" in page
    assert "待办： water" in page
    assert "您的单位已签署" in browser_of("county-chief").get(f"/warnings/{one.key}").text


def test_what_is_not_signed_yet_does_not_stand_as_if_it_were_out(office: Office) -> None:
    """Orange is in force; that blue is asked for changes nothing for anybody yet."""
    one = office.issued()
    actions.change_level(office.asker(WRITER), one.key, version=one.version, level=1, reason="x")
    listed = browser_of("county").get("/warnings/").text
    rows = re.findall(r"<tr data-id.*?</tr>", listed, re.DOTALL)
    assert [("橙色" in row, "蓝色" in row) for row in rows] == [(True, False)]
    page = browser_of("county").get(f"/warnings/{one.key}").text
    head = page[page.index("<h1>") : page.index("</h1>")]
    assert "橙色" in head
    assert "蓝色" not in head


def test_turned_down_with_a_reason_it_goes_back_to_its_writer(office: Office) -> None:
    one = office.submitted()
    assert post("county-chief", one, "reject")[0] == 422
    assert post("county-chief", one, "reject", reason="范围过大")[0] == 302
    page = browser_of("county").get(f"/warnings/{one.key}").text
    assert "范围过大" in page
    assert "待办： county" in page


def test_what_is_out_is_raised_and_lifted_each_by_one_press(office: Office) -> None:
    one = office.issued()
    assert post("county", one, "relevel", level="4", reason="水位仍在上涨")[0] == 302
    assert post("county-chief", one, "approve", password=PASSWORD)[0] == 302
    office.later(minutes=1)
    assert (office.again(one).level, office.again(one).state) == (4, "updated")
    assert post("county", one, "cancel", reason="水位回落")[0] == 302
    assert post("county-chief", one, "approve", password=PASSWORD)[0] == 302
    assert office.again(one).state == "cancelled"
    assert browser_of("county").get(f"/warnings/{one.key}").text.count("CAP XML") == 3


def test_who_comes_second_is_told_who_was_faster(office: Office) -> None:
    one = office.submitted()
    assert post("county-chief", one, "review", note="")[0] == 302
    late = browser_of("chief-2").post(
        f"/warnings/{one.key}/reject", {"version": one.version, "reason": "x"}
    )
    assert late.status_code == 422
    assert "county-chief已于" in late.text
    assert office.again(one).state == "reviewed"
    blind = browser_of("chief-2").post(f"/warnings/{one.key}/reject", {"reason": "x"})
    assert blind.status_code == 422


@pytest.mark.parametrize(("status", "mark"), [("Exercise", "【演练】"), ("Test", "【测试】")])
def test_a_drill_is_marked_on_each_of_its_pages(office: Office, status: str, mark: str) -> None:
    one = office.drafted(status=status)
    browser = browser_of("county")
    for path in (f"/warnings/{one.key}", f"/warnings/{one.key}/edit"):
        page = browser.get(path).text
        assert mark in page.partition("page-banner")[2][:100]
        assert f"{mark}安澜县应急管理局发布洪水橙色预警" in page
    assert mark in browser.get("/warnings/").text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_chinese_has_no_english_word(office: Office, path: str) -> None:
    User.objects.update(name="张三")
    one = office.drafted()
    page = browser_of("county").get(path.format(key=one.key)).text
    assert latin(page) - {"CAP", "XML", "SHA"} == set()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_english(office: Office, path: str) -> None:
    one = office.drafted()
    browser = browser_of("county")
    browser.cookies["anlan_language"] = "en"
    page = browser.get(path.format(key=one.key)).text
    assert '<html lang="en"' in page
    assert ">Warnings<" in page


def test_the_pages_ask_the_database_a_bounded_number_of_times(
    office: Office, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    ones = [office.issued() for _n in range(3)] + [office.reviewed() for _n in range(3)]
    browser = browser_of("county")
    for path, most in (("/warnings/", 14), (f"/warnings/{ones[0].key}", 40),
                       (f"/warnings/{ones[-1].key}", 60)):  # fmt: skip
        with django_assert_max_num_queries(most):  # type: ignore[attr-defined]  # a manager
            assert browser.get(path).status_code == 200


def test_the_way_to_its_alarm_is_shown_to_those_who_may_see_the_alarm(office: Office) -> None:
    one = office.submitted(OWN, WATER)
    Alarm.objects.update(region="990102")
    for path in (f"/warnings/{one.key}", f"/warnings/{one.key}/edit"):
        for who in (WRITER, "water"):
            assert "alarm-1" not in said(browser_of(who).get(path).text)
        assert "alarm-1" in said(browser_of("city").get(path, follow=True).text)
    assert "依据报警起草" in said(browser_of("water").get(f"/warnings/{one.key}").text)
    lists = {who: browser_of(who).get("/api/v1/warnings").json()["items"][0] for who in
             ("water", "city")}  # fmt: skip
    told = {who: (item["origin"], item["cause"]) for who, item in lists.items()}
    assert told == {"water": ("alarm", ""), "city": ("alarm", "alarm-1")}
