"""One warning minute by minute: what was done, what happened, and why it is judged as it is."""

import pytest
from pytest_django import DjangoAssertNumQueries

from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.evaluation.single import Single, single
from tests.apps.conftest import COUNTY
from tests.apps.warning.conftest import CHIEF, WRITER, Office
from tests.apps.warning.evaluation.nights import happen
from tests.apps.warning.test_pages import browser_of


def of_night(office: Office, who: str = WRITER) -> Single:
    """The first warning of the night."""
    one = Warning.objects.order_by("pk")[0]
    return single(office.asker(who), one, 3)


def test_the_course_stands_in_its_order_with_what_happened(night: Office) -> None:
    found = of_night(night)
    kinds = [one.kind for one in found.moments]
    assert kinds == [one.kind for one in sorted(found.moments, key=lambda one: one.at)]
    order = ["draft", "submit", "review", "sign", "issue", "event", "lifted"]
    places = [kinds.index(kind, kinds.index("issue") if kind == "event" else 0) for kind in order]
    assert places == sorted(places)
    assert [(one.alarm.key, one.found, one.lead_s) for one in found.happenings] == [
        ("alarm-1", "late", -600.0), ("hit", "hit", 1800.0), ("near", "near", 2400.0),
    ]  # fmt: skip
    assert (found.standing, found.beside) == ("judged", 1)


def test_the_page_says_the_verdict_its_reasons_and_what_is_meant(night: Office) -> None:
    one = Warning.objects.order_by("pk")[0]
    page = browser_of(WRITER).get(f"/warnings/{one.key}/evaluation?level=3").text
    words = "判定：命中 最短提前量 30.0\u2009 迟报 unverified /alarms/hit 事件开始"
    for said in words.split(" "):
        assert said in page, said
    assert f"/warnings/{one.key}/evaluation" in browser_of(WRITER).get(f"/warnings/{one.key}").text


def test_what_is_in_force_or_a_drill_or_unsent_is_not_judged(office: Office) -> None:
    standing = {
        single(office.asker(WRITER), one, 2).standing
        for one in (office.issued(), office.issued(status="Exercise"), office.drafted())
    }
    assert standing == {"open", "drill", "unsent"}
    for one in Warning.objects.all():
        assert browser_of(WRITER).get(f"/warnings/{one.key}/evaluation").status_code == 200


def test_another_county_never_learns_of_it(night: Office) -> None:
    one = Warning.objects.order_by("pk")[0]
    for key in (one.key, "nosuchkey"):
        assert browser_of("county-b-chief").get(f"/warnings/{key}/evaluation").status_code == 404


def test_a_town_sees_what_happened_in_it_alone(night: Office) -> None:
    one = Warning.objects.filter(region__startswith=COUNTY).order_by("pk")[0]
    happen("other-town", night.now, region="990101002")
    seen = {row.alarm.region for row in single(night.asker("town-chief"), one, 1).happenings}
    assert seen <= {"990101001"}


@pytest.mark.parametrize("many", [1, 8])
def test_it_takes_the_same_queries_however_much_happened(
    night: Office, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    one = Warning.objects.order_by("pk")[0]
    start = one.messages.order_by("order")[0].issued_at
    for n in range(many):
        happen(f"more-{n}", start)
    asker = night.asker(CHIEF)
    with django_assert_num_queries(13):
        single(asker, one, 2)
