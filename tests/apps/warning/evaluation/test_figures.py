"""Evaluation: what the platform counts of a known night is what is counted by hand."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from anlan.apps.warning.actions import approve, edit, keep_time, submit
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries import Seat
from anlan.apps.warning.queries.evaluation import Evaluation, Span, evaluation, finding
from anlan.apps.warning.queries.evaluation.finding import event_of
from anlan.apps.warning.queries.evaluation.sent import warned, with_areas
from anlan.apps.watch.models import Alarm
from tests.apps.conftest import COUNTY, NEIGHBOUR, PASSWORD, TOWN
from tests.apps.warning.conftest import CHIEF, WRITER, Office
from tests.apps.warning.evaluation.nights import OUTSIDE, happen, lifted
from tests.apps.warning.test_pages import browser_of

PAGE = "/warnings/evaluation/"


_DAY = timedelta(days=1)


def judged(office: Office, who: str = WRITER, level: int = 3, **asked: Any) -> Evaluation:
    """The days around, as somebody sees them."""
    return evaluation(office.asker(who), Span(
        since=office.now - 2 * _DAY, until=office.now + 2 * _DAY, level=level,
        **asked))  # fmt: skip


def test_a_known_night_is_counted_as_by_hand(night: Office) -> None:
    found = judged(night)
    second, first = found.lines
    assert [one.key for one in first.verdict.hits] == ["hit"]
    assert [one.key for one in first.verdict.late] == ["alarm-1"]
    assert [one.key for one in first.verdict.near] == ["near"]
    assert first.verdict.lead_s == 1800
    assert second.verdict.is_false
    assert {one.key for one in found.missed} == {"unlike", "elsewhere", "before"}
    total = found.total
    assert (total.warnings, total.hits, total.late, total.misses, total.false) == (2, 1, 1, 3, 1)
    assert (total.pod, total.far, total.csi, total.lead_s) == (1 / 5, 1 / 2, 1 / 6, 1800)


def test_with_a_lower_level_the_near_one_is_an_event(night: Office) -> None:
    total = judged(night, level=2).total
    assert (total.hits, total.late, total.misses) == (2, 1, 3)


def test_what_is_in_force_is_not_judged_yet_and_covers_its_events(office: Office) -> None:
    one = office.issued()
    happen("hit", one.messages.get().issued_at + timedelta(minutes=1))
    found = judged(office)
    assert (found.open, found.lines, found.total.far) == (1, [], None)
    assert "hit" not in {alarm.key for alarm in found.missed}


def test_a_drill_is_never_judged(office: Office) -> None:
    one = office.issued(status="Exercise")
    lifted(office, one, timedelta(hours=1))
    found = judged(office)
    assert (found.open, found.lines) == (0, [])


def test_the_page_and_the_workbook_say_the_same(night: Office) -> None:
    browser = browser_of(WRITER)
    day = timedelta(days=2)
    days = f"since={night.now - day:%F}&until={night.now + day:%F}&level=3"
    page = browser.get(f"{PAGE}?{days}").text
    for said in (
        "20.0\u2009%",
        "50.0\u2009%",
        "迟报",
        "空报",
        "漏报事件",
        "/alarms/elsewhere",
        "/alarms/hit",
    ):
        assert said in page
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(browser.get(f"{PAGE}export.xlsx?{days}").content))  # fmt: skip
    figures: dict[Any, Any] = {row[0]: row[1] for row in book.get_sheet_by_index(2).to_python()}
    assert (figures["命中"], figures["POD"], figures["FAR"]) == (1, 0.2, 0.5)
    assert len(book.get_sheet_by_index(1).to_python()) == 4
    assert f'href="{PAGE}"' in browser.get("/warnings/").text


def test_by_the_level_of_warnings_nothing_is_told_of_what_was_missed(night: Office) -> None:
    found = judged(night, warned=3)
    total = found.total
    assert (total.hits, total.late, total.false, total.far) == (1, 1, 1, 1 / 2)
    assert (found.missed, total.misses, total.pod, total.csi) == ([], None, None, None)
    assert judged(night, warned=4).lines == []
    days = f"since={night.now - _DAY:%F}&until={night.now + _DAY:%F}&level=3&warned=3"
    browser = browser_of(WRITER)
    page = browser.get(f"{PAGE}?{days}").text
    assert "不统计漏报、POD 和 CSI" in page
    assert "/alarms/elsewhere" not in page
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(browser.get(f"{PAGE}export.xlsx?{days}").content))  # fmt: skip
    rows: dict[Any, Any] = {row[0]: row[1] for row in book.get_sheet_by_index(1).to_python()}
    assert (rows["漏报事件"], rows["POD"], rows["CSI"], rows["FAR"]) == ("—", "—", "—", 0.5)


def test_an_event_after_the_time_belongs_to_the_warning_before_it(office: Office) -> None:
    """A warning an hour before midnight, and what happens two hours after it."""
    one = office.issued()
    midnight = one.messages.get().issued_at + timedelta(hours=1)
    happen("after", midnight + timedelta(hours=2))
    happen("unlike", midnight + timedelta(hours=2), pack="chemical")
    lifted(office, one, timedelta(hours=6))
    Alarm.objects.filter(key="alarm-1").update(is_false=True)
    before, after = both = [
        evaluation(office.asker(WRITER), Span(since=midnight + since, until=midnight + until))
        for since, until in ((-_DAY, timedelta(0)), (timedelta(0), _DAY))
    ]
    assert [len(found.lines) for found in both] == [1, 0]
    assert [one.key for one in before.lines[0].verdict.hits] == ["after"]
    assert before.missed == []
    assert [one.key for one in after.missed] == ["unlike"]
    assert (before.total.hits, after.total.events) == (1, 1)


def test_an_event_across_the_border_of_the_district_belongs_to_its_warning(office: Office) -> None:
    one = office.issued()
    start = one.messages.get().issued_at
    happen("across", start + timedelta(minutes=5), region=NEIGHBOUR)
    happen("beyond", start + timedelta(minutes=5), region=NEIGHBOUR, at=OUTSIDE)
    lifted(office, one, timedelta(hours=6))
    Alarm.objects.filter(key="alarm-1").update(is_false=True)
    found = judged(office, "city", region=COUNTY)
    assert [one.key for one in found.lines[0].verdict.hits] == ["across"]
    assert (found.total.hits, found.total.misses) == (1, 0)
    assert [one.key for one in judged(office, "city", region=NEIGHBOUR).missed] == ["beyond"]


def warned_by_the_city(office: Office, *regions: str) -> Warning:
    """The city warned counties and it is over; one of them was flooded."""
    one, asker = office.drafted("city"), office.asker("city")
    one = edit(asker, one.key, version=one.version, fields={"regions": regions, "shape": None})
    one = submit(asker, one.key, version=one.version, seats=[Seat("org-city", "city-chief", "")])
    one = approve(office.asker("city-chief"), one.key, version=one.version, password=PASSWORD)
    assert one.region == "9901"
    Alarm.objects.update(is_false=True)
    happen("flood", office.now + timedelta(minutes=10))
    office.later(hours=30)
    keep_time(office.now)
    return one


def test_the_city_s_warning_is_a_hit_or_false_in_each_county_that_it_warned(office: Office) -> None:
    warned_by_the_city(office, COUNTY, NEIGHBOUR)
    counted = {}
    for region in ("", COUNTY, NEIGHBOUR, "9902", TOWN):
        found = judged(office, "city", region=region)
        counted[region] = (found.total.warnings, found.total.hits, found.total.false)
    assert counted == {"": (1, 1, 0), COUNTY: (1, 1, 0), TOWN: (1, 1, 0), NEIGHBOUR: (1, 0, 1),
                       "9902": (0, 0, 0)}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "own", "hits"),
    [("county", COUNTY, 1), ("town", TOWN, 1), ("county-b", NEIGHBOUR, 0)],
)
def test_a_county_sees_what_the_city_issued_for_it_and_not_how(
    office: Office, who: str, own: str, hits: int
) -> None:
    one = warned_by_the_city(office, COUNTY, NEIGHBOUR)
    for region in ("", own):
        found = judged(office, who, region=region)
        (line,) = found.lines
        assert (line.row.key, line.issuer) == (one.key, "安澜市应急管理局")
        assert (found.total.hits, found.total.false, found.missed) == (hits, 1 - hits, [])
    browser = browser_of(who)
    page = browser.get(f"{PAGE}?since={office.now - 2 * _DAY:%F}&until={office.now:%F}").text
    inside = f"/warnings/{one.key}/evaluation"
    assert "安澜市应急管理局" in page
    assert inside not in page
    assert browser.get(inside).status_code == 404
    assert inside in browser_of("city").get(f"{PAGE}?since={office.now - 2 * _DAY:%F}").text


def test_what_the_city_issued_for_others_a_county_does_not_see(office: Office) -> None:
    warned_by_the_city(office, COUNTY)
    assert len(judged(office, WRITER).lines) == 1
    for region in ("", NEIGHBOUR, COUNTY):
        assert judged(office, "county-b", region=region).lines == []


def test_areas_are_read_only_where_the_districts_do_not_decide(
    night: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    messages = Message.objects.all()
    rough = warned(messages, drawn=False)
    assert not any(part.drawn for one in rough.values() for part in one.stretches)
    inside, beyond = (event_of(Alarm.objects.get(key=key)) for key in ("hit", "elsewhere"))
    with django_assert_num_queries(0):
        assert with_areas(rough, [inside]) == rough
    with django_assert_num_queries(1):
        told = with_areas(rough, [beyond])
    first = Warning.objects.earliest("pk").key
    assert told == rough | {first: warned(messages)[first]}


def test_of_more_than_is_looked_at_it_says_so(
    night: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not judged(night).is_cut
    monkeypatch.setattr(finding, "MOST", 2)
    assert judged(night).is_cut
    assert judged(night, warned=4).is_cut


@pytest.mark.parametrize("odd", ["since=x", "level=9", "since=2026-02-01&until=2026-01-01",
                                 "since=2000-01-01", "level=x", "until=9999-12-31"])  # fmt: skip
def test_what_makes_no_sense_is_said(office: Office, odd: str) -> None:
    assert browser_of(CHIEF).get(f"{PAGE}?{odd}").status_code == 422


def test_who_may_see_it_and_what(night: Office) -> None:
    assert Client(headers={"accept": "text/html"}).get(PAGE).status_code == 302
    assert browser_of("enterprise").get(PAGE).status_code == 403
    other = judged(night, "county-b-chief")
    assert (other.lines, other.missed, other.total.warnings) == ([], [], 0)
