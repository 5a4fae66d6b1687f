"""Evaluation: what the platform counts of a known night is what is counted by hand."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from anlan.apps.warning.queries.evaluation import Evaluation, Span, evaluation
from tests.apps.warning.conftest import CHIEF, WRITER, Office
from tests.apps.warning.evaluation.nights import happen, lifted
from tests.apps.warning.test_pages import browser_of

PAGE = "/warnings/evaluation/"


def judged(office: Office, who: str = WRITER, level: int = 3) -> Evaluation:
    """The days around, as somebody sees them."""
    day = timedelta(days=2)
    return evaluation(office.asker(who), Span(
        since=office.now - day, until=office.now + day, level=level))  # fmt: skip


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


@pytest.mark.parametrize("odd", ["since=x", "level=9", "since=2026-02-01&until=2026-01-01",
                                 "since=2000-01-01", "level=x", "until=9999-12-31"])  # fmt: skip
def test_what_makes_no_sense_is_said(office: Office, odd: str) -> None:
    assert browser_of(CHIEF).get(f"{PAGE}?{odd}").status_code == 422


def test_who_may_see_it_and_what(night: Office) -> None:
    assert Client(headers={"accept": "text/html"}).get(PAGE).status_code == 302
    assert browser_of("enterprise").get(PAGE).status_code == 403
    other = judged(night, "county-b-chief")
    assert (other.lines, other.missed, other.total.warnings) == ([], [], 0)
