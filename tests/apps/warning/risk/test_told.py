"""Whom a risk reaches, and whom not: what the acts, the timeline and the page say of it."""

from datetime import timedelta

import pytest

from anlan.apps.people.models import Notice, Post, Responsibility, User
from anlan.apps.warning.actions.risk import ask, assign, report, send_back, take
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk import Asked, listed
from tests.apps.warning.risk.conftest import Yard
from tests.apps.warning.test_pages import browser_of


def answered(who: str, one: Risk, verb: str, **words: str) -> str:
    """The page to which an act leads back."""
    fresh = Risk.objects.get(pk=one.pk)
    path, sent = f"/warnings/risks/{one.key}/{verb}", {"version": fresh.version, **words}
    return browser_of(who).post(path, sent, follow=True).text


@pytest.mark.parametrize(
    ("address", "told"),
    [("t@example.org", "已改派，并已通知新责任人"), ("", "已改派；没有可达方式，请电话通知")],
)
def test_who_is_put_in_charge_is_said_to_be_told_only_where_something_reaches_them(
    yard: Yard, address: str, told: str
) -> None:
    one = yard.opened()
    User.objects.filter(key="town").update(email=address)
    page = answered("county", one, "assign", to="town", text="企业已停产")
    assert told in page
    step = one.steps.latest("pk")
    missed = [] if address else [["town", "城关镇人民政府"]]
    assert step.detail.get("missed", []) == missed
    assert ("⚠ town 城关镇人民政府 · 没有可用方式，请拨打电话" in page) is bool(missed)


def test_acts_return_whom_they_reached(yard: Yard) -> None:
    one = yard.asked()
    back = yard.done(send_back, one, "county", text="缺记录")
    assert (back.reached, back.missed) == ((("enterprise", "南岗化工有限公司"),), ())
    User.objects.filter(key="enterprise").update(email="")
    yard.do(ask, one, "enterprise", text="已补")
    back = yard.done(send_back, one, "county", text="仍缺")
    assert (back.reached, back.missed) == ((), (("enterprise", "南岗化工有限公司"),))
    assert yard.done(assign, one, "county", to="town", text="更近").reached


def test_the_timeline_does_not_say_told_of_whom_nothing_reaches(yard: Yard) -> None:
    one = yard.opened()
    yard.do(take, one, "enterprise")
    User.objects.filter(key="village").update(email="")
    yard.later(hours=4, minutes=1)
    detail = one.steps.latest("pk").detail
    assert (detail["told"], detail["missed"]) == ([], [["village", "桥头村村民委员会"]])
    page = browser_of("county").get(f"/warnings/risks/{one.key}").text
    assert "⚠ village 桥头村村民委员会 · 没有可用方式，请拨打电话" in page
    assert "已无上级责任人" not in page


def test_only_who_may_verify_is_asked_to(yard: Yard) -> None:
    """The next one up in the tree is of the enterprise too: it would be refused."""
    one = yard.opened()
    yard.leaves("county")
    user = User.objects.create(key="foreman", name="foreman", email="f@example.org",
                               created_at=yard.now)  # fmt: skip
    plant = Post.objects.get(user__key="enterprise")
    Post.objects.create(user=user, role=plant.role, organisation=plant.organisation,
                        region=plant.region, own_only=True, since=plant.since)  # fmt: skip
    Responsibility.objects.filter(person="village").update(person="foreman", user_key="foreman")
    yard.do(take, one, "enterprise")
    yard.do(report, one, "enterprise", text="已更换垫片")
    done = yard.done(ask, one, "enterprise", text="复测合格")
    assert done.reached == (("town", "城关镇人民政府"),)
    assert Notice.objects.latest("pk").person == "town"


def test_where_nobody_may_verify_the_page_says_so(yard: Yard) -> None:
    one = yard.opened()
    yard.do(take, one, "enterprise")
    yard.do(report, one, "enterprise", text="已更换垫片")
    Post.objects.exclude(user__key="enterprise").update(until=yard.now - timedelta(minutes=1))
    assert "此处无人可复核" in answered("enterprise", one, "ask", text="复测合格")


def test_what_fell_due_while_the_worker_was_down_is_told_though_somebody_reports_first(
    yard: Yard,
) -> None:
    one = yard.opened()
    yard.do(take, one, "enterprise")
    yard.now += timedelta(days=4)
    yard.do(report, one, "enterprise", text="正在更换")
    for _n in range(2):
        yard.later(seconds=10)
        assert [p.person for p in RiskPush.objects.filter(risk=one, why="close")] == ["village"]


def test_who_inherits_what_waits_for_verification_takes_it_over_when_it_is_sent_back(
    yard: Yard,
) -> None:
    one = yard.asked()
    yard.leaves("enterprise")
    yard.later(hours=2)
    assert (yard.again(one).state, yard.again(one).holder) == ("asked", "village")
    assert not RiskPush.objects.filter(risk=one, why="take").exists()
    assert not listed(yard.asker("county"), Asked(late=True)).exists()
    back = yard.do(send_back, one, "town", text="缺复测记录")
    assert (back.state, back.taken_at) == ("pushed", None)
    assert back.take_by == yard.now + timedelta(hours=1)
    assert yard.do(take, one, "village").state == "taken"
