"""The monthly report: what it says, that a past month never changes by itself, whose it is."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from anlan.apps.people.models import AuditLine
from anlan.apps.warning.actions import keep_time
from anlan.apps.warning.actions.calling import keep_calling
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import MonthReport, Warning
from anlan.apps.warning.queries.evaluation.month import Month, figures, month, month_span
from anlan.apps.warning.views.evaluation.monthly import body_of
from anlan.apps.warning.views.evaluation.telling import sections
from anlan.apps.watch.models import Alarm
from tests.apps.conftest import COUNTY
from tests.apps.warning.conftest import WRITER, Office
from tests.apps.warning.reaching import plant_tree
from tests.apps.warning.test_pages import browser_of

PAGE = "/warnings/evaluation/month"


@pytest.fixture
def called(office: Office) -> Office:
    """An orange warning whose call-down nobody has answered."""
    plant_tree(office)
    office.issued()
    hand_over(office.now)
    keep_calling(office.now)
    return office


def of_month(office: Office, days: int, who: str = WRITER) -> Month:
    """The month of the warning, as seen so many days later."""
    first = timezone.localtime(Warning.objects.latest("pk").created_at).date()
    office.now += timedelta(days=days)
    found = month(office.asker(who), month_span(first, COUNTY))
    office.now -= timedelta(days=days)
    return found


def test_a_month_that_is_over_gives_the_same_file_whenever_it_is_made(called: Office) -> None:
    early, later = of_month(called, 40), of_month(called, 80)
    assert early.is_over
    for language in ("zh", "en"):
        body = body_of(early, language)
        assert body.startswith(b"%PDF")
        assert body == body_of(later, language)
    assert body_of(early, "zh") != body_of(early, "en")


def test_it_says_what_was_warned_of_and_who_never_answered(called: Office) -> None:
    found = of_month(called, 40)
    told = {part["title"]: part for part in sections(found)}
    (row,) = told["按灾种和级别统计"]["tables"][0]["rows"]
    assert row[1:] == ["0", "1", "0", "0", "1"]
    silent = {row[2] for row in told["无人应答"]["tables"][0]["rows"]}
    assert "镇长" in silent
    assert sum(found.called.values()) == len(found.silent)
    assert found.took["sign"].n == 1


def test_it_says_how_many_of_the_unanswered_are_told(
    called: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = of_month(called, 40)
    monkeypatch.setattr(figures, "MOST_SILENT", 1)
    cut = of_month(called, 40)
    assert (len(cut.silent), cut.unanswered) == (1, len(every.silent))
    (note,) = sections(cut)[-1]["notes"]
    assert note == f"共 {cut.unanswered} 条，仅列前 1 条，按行政区划和时间排序。"
    assert sections(every)[-1]["notes"] == []


def test_a_running_month_is_provisional(called: Office) -> None:
    found = of_month(called, 0)
    assert (found.is_over, found.as_of) == (False, called.now)
    today = timezone.localtime(called.now)
    assert "暂定" in browser_of(WRITER).get(f"{PAGE}?month={today:%Y-%m}").text


def test_the_files_are_whose_the_place_is(called: Office) -> None:
    today = timezone.localtime(called.now)
    asked = f"month={today:%Y-%m}&region={COUNTY}"
    made = browser_of(WRITER).get(f"{PAGE}.zh.pdf?{asked}")
    assert (made.status_code, made.headers["Content-Type"]) == (200, "application/pdf")
    assert browser_of("county-b-chief").get(f"{PAGE}.zh.pdf?{asked}").status_code == 404
    assert browser_of("county-b-chief").get(f"{PAGE}?{asked}").status_code == 404
    assert "镇长" not in browser_of("county-b-chief").get(f"{PAGE}?month={today:%Y-%m}").text
    assert browser_of(WRITER).get(f"{PAGE}.fr.pdf?{asked}").status_code == 404


@pytest.mark.parametrize("odd", ["month=x", "month=2026-13", "month=9999-01", "month=9999-12"])
def test_what_makes_no_sense_is_said(office: Office, odd: str) -> None:
    assert browser_of(WRITER).get(f"{PAGE}?{odd}").status_code == 422


def test_a_month_without_warnings_says_so(office: Office) -> None:
    page = browser_of(WRITER).get(f"{PAGE}?month=2020-01").text
    assert "该时段内没有。" in page


def test_it_takes_the_same_queries_however_much_there_was(
    called: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asker, span = called.asker(WRITER), month_span(timezone.localtime(called.now).date(), COUNTY)
    with django_assert_num_queries(22):
        month(asker, span)
    called.issued()
    with django_assert_num_queries(22):
        month(asker, span)


def closing(office: Office, who: str = "county-admin", **words: object) -> tuple[int, str]:
    """What the press of the button answers, in the month after the warning's."""
    sent = {"month": chosen(), "region": COUNTY, "version": 0, **words}
    answer = browser_of(who).post(f"{PAGE}/close", sent)
    return answer.status_code, answer.text


def chosen() -> str:
    """The month of the warning."""
    return f"{timezone.localtime(Warning.objects.latest('pk').created_at):%Y-%m}"


@pytest.fixture
def past(called: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The same, forty days later: pages know no other time."""
    called.later(days=40)
    monkeypatch.setattr(timezone, "now", lambda: called.now)
    Alarm.objects.update(level=0, recovered_at=called.now - timedelta(days=39))
    keep_time(called.now)
    return called


def test_what_was_closed_stays_and_says_that_there_is_a_newer_state(past: Office) -> None:
    query = f"?month={chosen()}&region={COUNTY}"
    page, file = browser_of("county"), f"/warnings/evaluation/month.zh.pdf?month={chosen()}"
    assert "尚未定稿" in page.get(PAGE + query).text
    assert closing(past)[0] == 302
    before, body = page.get(PAGE + query).text, page.get(f"{file}&region={COUNTY}").content
    assert "由county-admin定稿" in before
    assert "记录已有变化" not in before
    Alarm.objects.update(is_false=True)
    after = page.get(PAGE + query).text
    assert "定稿后记录已有变化" in after
    main = [text.partition("</form>")[2].partition("<section>")[2] for text in (before, after)]
    assert main[0] == main[1] != ""
    assert page.get(f"{file}&region={COUNTY}").content == body
    assert page.get(f"{file}&region={COUNTY}&now=1").content != body
    assert "并非定稿报告" in page.get(f"{PAGE}{query}&now=1").text


def test_it_is_closed_anew_with_a_reason_and_by_nobody_unseen(past: Office) -> None:
    assert closing(past)[0] == 302
    assert "刚刚已有人定稿" in closing(past)[1]
    assert "请填写重新定稿的原因" in closing(past, version=1)[1]
    assert closing(past, version=1, reason="误报更正")[0] == 302
    assert list(MonthReport.objects.values_list("number", "reason")) == [(1, ""), (2, "误报更正")]
    acts = AuditLine.objects.filter(act="warning.close_month").order_by("number")
    assert [line.detail["number"] for line in acts] == [1, 2]


def test_who_may_not_close_it_and_what_is_not_over_stays_open(past: Office) -> None:
    assert closing(past, "county")[0] == 403
    assert closing(past, "county-b-chief")[0] == 404
    running = f"{timezone.localtime(past.now):%Y-%m}"
    assert closing(past, month=running)[0] == 422
    assert closing(past, region="")[0] == 422
    assert not MonthReport.objects.exists()
