"""The pages of risks: who sees them, the plan before the push, the acts, and what they refuse."""

import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image

from anlan.apps.people.models import AuditLine, Responsibility, User
from anlan.apps.warning.models import Risk
from tests.apps.conftest import TOWN
from tests.apps.limits.test_chinese import latin
from tests.apps.warning.risk.conftest import Yard
from tests.apps.warning.test_pages import browser_of, said

PAGES = ("/warnings/risks/", "/warnings/risks/new", "/warnings/risks/{key}")
VERBS = ("take", "report", "ask", "close", "send_back", "assign")
BY_HAND = {"event": "flood:river_flood", "level": "2", "thing": "", "region": TOWN,
           "text": "堤脚渗水"}  # fmt: skip


def post(who: str, one: Risk, verb: str, **words: object) -> tuple[int, str]:
    """What an act on the page answers, with the version that is there now."""
    fresh = Risk.objects.get(pk=one.pk)
    answer = browser_of(who).post(
        f"/warnings/risks/{one.key}/{verb}", {"version": fresh.version, **words}
    )
    return answer.status_code, answer.text


def hidden(page: str, name: str) -> str:
    """What a form on a page carries under a name."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def photo() -> io.BytesIO:
    """A picture as a phone sends it."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    file.seek(0)
    file.name = "a.jpg"
    return file


def test_strangers_are_led_to_the_door_and_who_may_not_is_refused(yard: Yard) -> None:
    one = yard.opened()
    for path in (*PAGES, "/warnings/risks/export.csv"):
        answer = Client(headers={"accept": "text/html"}).get(path.format(key=one.key))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login")
    assert browser_of("enterprise").get("/warnings/risks/new").status_code == 403
    assert browser_of("enterprise").get("/warnings/risks/export.csv").status_code == 403


@pytest.mark.parametrize("who", ["county-b", "team"])
def test_whoever_has_nothing_to_do_with_it_is_told_that_there_is_none(yard: Yard, who: str) -> None:
    one, browser = yard.opened(), browser_of(who)
    absent = browser.get("/warnings/risks/0123456789abcdef")
    answer = browser.get(f"/warnings/risks/{one.key}")
    assert (answer.status_code, said(answer.text)) == (404, said(absent.text))
    for verb in VERBS:
        assert browser.post(f"/warnings/risks/{one.key}/{verb}", {"version": 1}).status_code == 404
    listed = browser.get("/warnings/risks/").text
    assert one.key not in listed
    assert 'mine=1">我负责的 <span class="num">0' in listed
    if who == "county-b":
        assert one.key not in browser.get("/warnings/risks/export.csv").content.decode()
        assert browser.get("/warnings/risks/new?from=alarm:alarm-1").status_code == 404
        wrong = browser.post("/warnings/risks/new", {**BY_HAND, "region": "", "thing": "tank"})
        assert "没有该对象或企业" in wrong.text


def test_forms_of_others_are_refused(yard: Yard) -> None:
    one = yard.opened()
    browser = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    browser.force_login(User.objects.get(key="enterprise"))
    assert browser.post(f"/warnings/risks/{one.key}/take", {"version": 1}).status_code == 403


@pytest.mark.parametrize("key", ["..", "a%00b", "x" * 300, "1'--", "%F0%9F%98%80"])
def test_forged_keys_and_verbs_are_not_found(yard: Yard, key: str) -> None:
    browser = browser_of("county")
    for path in (f"/warnings/risks/{key}", f"/warnings/risks/pictures/{key}",
                 f"/warnings/risks/new?from=alarm:{key}"):  # fmt: skip
        assert browser.get(path).status_code in (400, 404)
    assert browser.post(f"/warnings/risks/{yard.opened().key}/seize").status_code == 404


def test_an_alarm_leads_to_the_form_the_plan_and_the_push(yard: Yard) -> None:
    browser = browser_of("county")
    assert "/warnings/risks/new?from=alarm:alarm-1" in browser.get("/alarms/alarm-1").text
    form = browser.get("/warnings/risks/new?from=alarm:alarm-1").text
    assert 'value="tank"' in form
    assert "推送方案" in form
    asked = {"from": "alarm:alarm-1", "event": "chemical:chemical", "level": "3", "thing": "tank",
             "region": "", "text": "法兰渗漏"}  # fmt: skip
    plan = browser.post("/warnings/risks/new", asked).text
    assert not Risk.objects.exists()
    for text in ("企业（权属单位）", "网格员", "乡镇（街道）", "县级部门",
                 "责任树中无人承担；由上一级接替", "未核实"):  # fmt: skip
        assert text in plan
    push = {**asked, "plan": hidden(plan, "plan"), "key": hidden(plan, "key")}
    urls = {browser.post("/warnings/risks/new", push)["Location"] for _n in range(2)}
    one = Risk.objects.get()
    assert urls == {f"/warnings/risks/{one.key}"}
    assert (one.source, one.cause, one.holder) == ("alarm", "alarm-1", "enterprise")
    assert f"/warnings/risks/{one.key}" in browser.get("/alarms/alarm-1").text


def test_a_plan_that_changed_is_shown_anew_and_nothing_leaves(yard: Yard) -> None:
    browser = browser_of("county")
    plan = browser.post("/warnings/risks/new", BY_HAND).text
    push = {**BY_HAND, "plan": hidden(plan, "plan"), "key": hidden(plan, "key")}
    Responsibility.objects.filter(person="town").update(person="新镇长")
    answer = browser.post("/warnings/risks/new", push)
    assert answer.status_code == 422
    assert "推送方案已有变化" in answer.text
    assert "新镇长" in answer.text
    assert not Risk.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"region": "990102"}, {"region": ""}, {"level": "7"}, {"event": "flood:x"}, {"text": " "},
     {"thing": "不存在"}, {"text": "长" * 2001}],
)  # fmt: skip
def test_what_cannot_be_a_risk_is_named(yard: Yard, wrong: dict[str, str]) -> None:
    answer = browser_of("county").post("/warnings/risks/new", {**BY_HAND, **wrong})
    assert answer.status_code == 422
    assert "按此方案推送" not in answer.text


def test_a_grid_worker_takes_over_and_reports_with_a_picture(yard: Yard) -> None:
    Responsibility.objects.filter(person="enterprise").delete()
    one = yard.opened()
    browser = browser_of("village")
    assert "/warnings/risks/?state=open&amp;mine=1" in browser.get("/").text
    assert post("village", one, "take")[0] == 302
    answer = browser.post(
        f"/warnings/risks/{one.key}/report",
        {"version": 2, "text": "已设警戒", "pictures": photo()},
    )
    assert answer.status_code == 302
    page = browser_of("county").get(f"/warnings/risks/{one.key}").text
    url = re.findall(r'src="(/warnings/risks/pictures/[^"]+)"', page)[0]
    assert browser_of("county").get(url).status_code == 200
    assert browser_of("county-b").get(url).status_code == 404
    damaged = post("village", one, "report", text="x", pictures=io.BytesIO(b"no picture"))
    assert damaged[0] == 422


def test_refusals_are_told_on_the_page_with_what_was_typed(yard: Yard) -> None:
    one = yard.asked()
    status, page = post("village", one, "send_back", text="")
    assert (status, "退回" in page) == (422, True)
    assert post("county", one, "close", text="现场复核合格")[0] == 302
    late = browser_of("county-chief").post(
        f"/warnings/risks/{one.key}/send_back", {"version": one.version, "text": "我的理由"}
    )
    assert late.status_code == 422
    assert "county已于" in late.text
    blind = browser_of("county").post(f"/warnings/risks/{one.key}/assign", {"text": "x"})
    assert blind.status_code == 422


@pytest.mark.parametrize(
    ("query", "shown"),
    [("state=open", True), ("state=closed", False), ("level=3", True), ("level=4", False),
     ("event=chemical:chemical", True), ("event=flood:rainstorm", False), ("late=1", False),
     ("region=990101001", True), ("region=990101002", False), ("mine=1", False),
     ("text=渗漏", True), ("text=地震", False)],
)  # fmt: skip
def test_the_list_and_its_export_are_cut_by_the_filters(
    yard: Yard, query: str, shown: bool
) -> None:
    one, browser = yard.opened(), browser_of("county")
    assert (f'data-id="{one.key}"' in browser.get(f"/warnings/risks/?{query}").text) is shown
    body = browser.get(f"/warnings/risks/export.csv?{query}").content.decode()
    assert (one.key in body) is shown
    assert AuditLine.objects.latest("number").act == "warning.export"


@pytest.mark.parametrize(
    "query", ["state=x", "level=9", "event=flood:x", "region=12x", "late=2", "mine=x"]
)
def test_a_filter_that_is_none_is_named(yard: Yard, query: str) -> None:
    answer = browser_of("county").get(f"/warnings/risks/?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_chinese_has_no_english_word_and_one_in_english_is_whole(
    yard: Yard, path: str
) -> None:
    User.objects.update(name="张三")
    Responsibility.objects.update(person="李四")
    one, browser = yard.asked(), browser_of("county")
    assert latin(browser.get(path.format(key=one.key)).text) - {"T"} == set()
    browser.cookies["anlan_language"] = "en"
    assert '<html lang="en"' in browser.get(path.format(key=one.key)).text


def test_the_pages_ask_the_database_a_bounded_number_of_times(
    yard: Yard, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    ones = [yard.opened() for _n in range(4)]
    browser = browser_of("county")
    for path, most in (("/warnings/risks/", 14), (f"/warnings/risks/{ones[0].key}", 24)):
        with django_assert_max_num_queries(most):  # type: ignore[attr-defined]  # a manager
            assert browser.get(path).status_code == 200
