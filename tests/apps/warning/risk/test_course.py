"""A risk from its opening to its verified end: whom it is pushed to and why, who is in charge, what
happens when nobody acts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from anlan.apps.people.models import AuditLine, Notice, Organisation, Post, Responsibility, User
from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.actions.risk import ask, assign, close, open_risk, report, send_back, take
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk import plan_for
from anlan.terms.errors import Refused
from tests.apps.conftest import COUNTY, TOWN, World
from tests.apps.warning.risk.conftest import Yard


def seats(yard: Yard, **words: object) -> list[tuple[str, str, str]]:
    """Of a plan: the seat, who is told for it, and why it is not the seat's own."""
    told = yard.plan(**words).told
    return [(one.seat, one.line.person if one.line else "", one.gap) for one in told]


def test_orange_goes_up_to_the_department_whose_place_the_leader_takes(yard: Yard) -> None:
    assert seats(yard) == [
        ("enterprise", "enterprise", ""), ("grid", "village", ""), ("town", "town", ""),
        ("department", "county-chief", "none"),
    ]  # fmt: skip
    assert yard.plan().holder.user.key == "enterprise"


def test_blue_stays_below_and_red_reaches_the_leader(yard: Yard) -> None:
    assert [one[0] for one in seats(yard, level=1)] == ["enterprise", "grid"]
    assert [one[0] for one in seats(yard, level=4)][-1] == "leader"


def test_a_department_of_the_tree_is_told_for_itself(yard: Yard, world: World) -> None:
    fire = Organisation.objects.create(key="org-fire", name="应急局", kind="department",
                                       region=COUNTY)  # fmt: skip
    Responsibility.objects.create(region=COUNTY, person="处长", organisation=fire)
    assert seats(yard)[-1] == ("department", "处长", "")


def test_what_is_missing_in_the_list_is_a_gap_and_the_next_one_up_is_told(yard: Yard) -> None:
    by_hand = {"thing": "", "region": TOWN, "level": 2}
    assert seats(yard, **by_hand) == [
        ("enterprise", "town", "thing"), ("grid", "town", "place"), ("town", "town", "")
    ]  # fmt: skip
    assert yard.plan(**by_hand).holder.user.key == "town"
    Responsibility.objects.all().delete()
    assert [one[2] for one in seats(yard, **by_hand)] == ["thing", "place", "none"]
    assert yard.plan(**by_hand).holder.user.key == "town"  # by the post over the place


def test_who_has_no_account_is_told_and_the_next_one_up_is_in_charge(yard: Yard) -> None:
    Responsibility.objects.filter(person="enterprise").update(user_key="")
    plan = yard.plan()
    assert plan.told[0].line is not None
    assert plan.holder.user.key == "village"


def test_a_risk_is_pushed_by_the_plan_that_was_looked_at_and_once(yard: Yard) -> None:
    facts, key = yard.facts(), new_key()
    plan = plan_for(facts, yard.now, "county")
    Responsibility.objects.filter(person="village").update(person="新网格员", user_key="")
    Responsibility.objects.filter(person="town").delete()
    with pytest.raises(Refused, match="方案"):
        open_risk(yard.asker("county"), facts, plan=plan.digest, key=key)
    assert not Risk.objects.exists()
    plan = plan_for(facts, yard.now, "county")
    ones = {open_risk(yard.asker("county"), facts, plan=plan.digest, key=key).pk for _n in "12"}
    assert len(ones) == 1
    assert Notice.objects.filter(cause=f"risk:{key}").count() == len(
        {one.ways.get("email") for one in RiskPush.objects.all()} - {None}
    )


def test_those_of_the_plan_are_told_each_once_with_who_is_in_charge(yard: Yard) -> None:
    one = yard.opened()
    sent = Notice.objects.filter(cause=f"risk:{one.key}").order_by("pk")
    assert [n.person for n in sent] == ["enterprise", "village", "town", "county-chief"]
    assert "您负责处置" in sent[0].subject
    assert "请知悉" in sent[1].subject
    assert all("责任人：enterprise" in n.text and "法兰渗漏" in n.text for n in sent)
    assert one.take_by == yard.now + timedelta(hours=1)


def test_taken_over_reported_and_closed_by_another_person(yard: Yard) -> None:
    one = yard.asked()
    assert one.state == "asked"
    with pytest.raises(Refused):
        yard.do(close, one, "enterprise", text="自己看过")
    assert "请复核" in Notice.objects.latest("pk").subject
    yard.do(close, one, "county", text="现场复核，照片在案")
    assert yard.again(one).state == "closed"
    kinds = list(one.steps.values_list("kind", flat=True))
    assert kinds == ["open", "take", "report", "ask", "close"]
    acts = list(AuditLine.objects.order_by("number").values_list("act", flat=True))[-5:]
    assert acts == [f"warning.{kind}_risk" for kind in kinds]
    with pytest.raises(Refused):
        yard.do(report, one, "enterprise", text="x")


def test_one_person_with_two_accounts_does_not_verify_their_own(yard: Yard) -> None:
    one = yard.asked()
    User.objects.filter(key__in=("enterprise", "county")).update(phone="139-0000-0001")
    with pytest.raises(Refused):
        yard.do(close, one, "county", text="x")


def test_sent_back_with_a_reason_it_is_asked_for_anew(yard: Yard) -> None:
    one = yard.asked()
    with pytest.raises(Refused):
        yard.do(send_back, one, "town", text=" ")
    yard.do(send_back, one, "town", text="缺复测记录")
    assert yard.again(one).state == "taken"
    assert Notice.objects.latest("pk").person == "enterprise"
    yard.do(ask, one, "enterprise", text="已补记录")
    assert yard.again(one).state == "asked"


def test_only_whoever_is_in_charge_takes_over_and_reports_before_asking(yard: Yard) -> None:
    one = yard.opened()
    for who in ("village", "county"):
        with pytest.raises(Refused, match="enterprise"):
            yard.do(take, one, who)
    yard.do(take, one, "enterprise")
    with pytest.raises(Refused):
        yard.do(ask, one, "enterprise", text="好了")


def test_who_comes_second_is_told_who_was_faster(yard: Yard) -> None:
    one = yard.asked()
    close(yard.asker("county"), one.key, version=one.version, text="已复核")
    with pytest.raises(Refused, match="county"):
        send_back(yard.asker("county-chief"), one.key, version=one.version, text="不合格")
    assert yard.again(one).state == "closed"


def test_what_nobody_takes_over_passes_up_step_by_step(yard: Yard) -> None:
    one = yard.opened()
    yard.later(minutes=59)
    assert yard.again(one).holder == "enterprise"
    seen = []
    for _n in range(6):
        yard.later(minutes=61)
        seen.append(yard.again(one).holder)
    assert seen[:4] == ["village", "town", "county-chief", "city"]
    assert set(seen[4:]) == {"city"}  # nobody is further up
    assert "县" not in Notice.objects.latest("pk").subject
    yard.do(take, one, "city")
    assert yard.again(one).state == "taken"


def test_what_is_not_reported_or_closed_in_time_is_told_upwards(yard: Yard) -> None:
    one = yard.opened()
    yard.do(take, one, "enterprise")
    yard.later(hours=4, minutes=1)
    late = RiskPush.objects.filter(risk=one, why="report")
    assert [push.person for push in late] == ["village"]
    assert yard.again(one).holder == "enterprise"
    yard.do(report, one, "enterprise", text="正在更换")
    yard.later(hours=70)
    assert [p.person for p in RiskPush.objects.filter(risk=one, why="close")] == ["town"]
    yard.later(hours=73)
    assert [p.person for p in RiskPush.objects.filter(risk=one, why="close")][:2] == [
        "town", "county-chief"]  # fmt: skip


@pytest.mark.parametrize("how", ["post", "account", "place"])
def test_nothing_is_open_without_somebody_in_charge(yard: Yard, how: str) -> None:
    """Whoever is in charge leaves, one after the other, until nobody of the tree is left."""
    one = yard.opened()
    yard.do(take, one, "enterprise")
    seen = []
    for _n in range(8):
        holder = yard.again(one).holder
        if how == "post":
            yard.leaves(holder)
        elif how == "account":
            User.objects.filter(key=holder).update(is_active=False)
        else:
            Post.objects.filter(user__key=holder).update(region="990102", own_only=False)
        yard.later(seconds=10)
        found = yard.again(one)
        if found.holder == holder:
            break
        assert (found.state, found.taken_at) == ("pushed", None)
        seen.append(found.holder)
    assert seen[:4] == ["village", "town", "county-chief", "city"]
    assert {"county", "county-admin", "province"} <= set(seen)
    with pytest.raises(IntegrityError), transaction.atomic():
        Risk.objects.update(holder="")


def test_the_tree_is_gone_and_whoever_is_near_is_in_charge(yard: Yard) -> None:
    one = yard.opened()
    Responsibility.objects.all().delete()
    yard.leaves("enterprise")
    yard.later(seconds=10)
    assert yard.again(one).holder == "village"


def test_somebody_else_is_put_in_charge_with_a_reason(yard: Yard) -> None:
    one = yard.opened()
    for to in ("county-b", "enterprise", "admin"):
        with pytest.raises(Refused):
            yard.do(assign, one, "county", to=to, text="更合适")
    yard.do(assign, one, "county", to="town", text="企业已停产")
    assert yard.again(one).holder == "town"
    assert one.steps.latest("pk").detail["before"] == "enterprise"


def test_a_drill_leaves_only_for_a_sandbox_and_with_its_mark(yard: Yard) -> None:
    from anlan.apps.watch.models import Alarm

    Alarm.objects.update(status="Exercise")
    one = yard.opened(origin="alarm:alarm-1")
    assert (one.status, one.source, one.cause) == ("Exercise", "alarm", "alarm-1")
    assert not Notice.objects.exists()
