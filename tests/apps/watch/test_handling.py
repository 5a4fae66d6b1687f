"""The life of an alarm in people's hands, from the acknowledgement to its end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404

from anlan.apps.people.models import AuditLine
from anlan.apps.watch import acts
from anlan.apps.watch.actions import (
    acknowledge,
    assign,
    close,
    comment,
    explain,
    mark_false,
    reopen,
    start,
    undo,
)
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import Wanted, alarms, listing, possible, timeline, undoable
from anlan.terms.errors import Refused
from tests.apps.watch.conftest import NONE, ORANGE, YELLOW, Night, change


def _told(alarm: Alarm) -> list[str]:
    return [entry.first.kind for entry in timeline(alarm)]


def test_an_alarm_is_handled_to_its_end_by_three_people(night: Night, asker_for: Any) -> None:
    county, plant = asker_for("county"), asker_for("enterprise")
    alarm = night.raised(ORANGE)
    alarm = acknowledge(county, alarm.key, version=alarm.version)
    assert (alarm.state, alarm.acknowledged_at) == ("acknowledged", county.now)
    alarm = assign(county, alarm.key, version=alarm.version, organisation="org-plant",
                   person="enterprise", note="请到现场查看")  # fmt: skip
    assert (alarm.state, alarm.assignee, alarm.assigned_to) == (
        "assigned", "enterprise", "org-plant")  # fmt: skip
    alarm = start(plant, alarm.key, version=alarm.version)
    alarm = explain(plant, alarm.key, version=alarm.version, cause="阀门泄漏", measure="已关阀")
    assert (alarm.state, alarm.cause, alarm.measure) == ("explained", "阀门泄漏", "已关阀")
    night.write(change(ORANGE, NONE, at=night.at(5)))
    night.follow()
    alarm = close(county, alarm.key, version=alarm.version)
    assert (alarm.state, alarm.closed_at, alarm.urgency) == ("closed", county.now, 0)
    done = {"acknowledge", "assign", "start", "explain", "close", "raised", "cleared"}
    assert set(_told(alarm)) == done


def test_every_act_leaves_one_audit_line_and_a_step_that_names_it(
    night: Night, asker_for: Any
) -> None:
    alarm = night.raised()
    acknowledge(asker_for("county"), alarm.key, version=1)
    line = AuditLine.objects.get(act="watch.acknowledge")
    assert (line.who, line.target, line.region) == ("county", alarm.key, alarm.region)
    step = alarm.steps.get(kind="acknowledge")
    assert (step.who, step.cause) == ("county", f"audit:{line.number}")


def test_the_second_of_two_is_told_who_did_what_and_overwrites_nothing(
    night: Night, asker_for: Any
) -> None:
    alarm = night.raised()
    acknowledge(asker_for("county"), alarm.key, version=1)
    with pytest.raises(Refused, match="county"):
        mark_false(asker_for("county-chief"), alarm.key, version=1, reason="我看错了")
    alarm.refresh_from_db()
    assert (alarm.state, alarm.is_false, alarm.version) == ("acknowledged", False, 2)
    assert AuditLine.objects.filter(target=alarm.key).count() == 1


def test_a_change_of_the_sensor_does_not_come_between_a_person_and_the_act(
    night: Night, asker_for: Any
) -> None:
    alarm = night.raised(YELLOW)
    night.write(change(YELLOW, ORANGE, at=night.at(1)))
    night.follow()
    assert acknowledge(asker_for("county"), alarm.key, version=alarm.version).level == ORANGE


@pytest.mark.parametrize("who", ["enterprise", "team"])
def test_enterprise_and_team_do_not_acknowledge_or_close(
    night: Night, asker_for: Any, who: str
) -> None:
    alarm = night.raised()
    assign(asker_for("county"), alarm.key, version=1, organisation="org-team")
    for act in (acknowledge, close):
        with pytest.raises(Refused):
            act(asker_for(who), alarm.key, version=2)


def test_a_team_sees_and_works_on_what_is_assigned_to_it(night: Night, asker_for: Any) -> None:
    alarm, team = night.raised(), asker_for("team")
    with pytest.raises(Http404):
        start(team, alarm.key, version=1)
    assign(asker_for("county"), alarm.key, version=1, organisation="org-team")
    assert [a.key for a in alarms(team)] == [alarm.key]
    assert start(team, alarm.key, version=2).assignee == "team"
    assert explain(team, alarm.key, version=3, cause="误碰", measure="复位").state == "explained"


def test_the_neighbouring_county_learns_nothing_of_it(night: Night, asker_for: Any) -> None:
    alarm, neighbour = night.raised(), asker_for("county-b")
    own = night.raised(object_key="pond")
    assert [a.key for a in alarms(neighbour)] == [own.key]
    for act in (acknowledge, start, close):
        with pytest.raises(Http404):
            act(neighbour, alarm.key, version=1)
    with pytest.raises(Http404):
        acknowledge(neighbour, "no-such-alarm", version=1)


def test_it_is_assigned_only_within_the_jurisdiction(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(), asker_for("county")
    seen = []
    for organisation in ("org-county-b", "org-of-nobody"):
        with pytest.raises(Refused) as refused:
            assign(county, alarm.key, version=1, organisation=organisation)
        seen.append(str(refused.value))
    assert seen[0] == seen[1]
    with pytest.raises(Refused):
        assign(county, alarm.key, version=1, organisation="org-team", person="county-b")


def test_it_is_closed_only_when_explained_and_recovered(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(), asker_for("county")
    assert acts.CLOSE not in possible(county, alarm)
    explain(county, alarm.key, version=1, cause="泄漏", measure="关阀")
    with pytest.raises(Refused):
        close(county, alarm.key, version=2)  # it stands
    night.write(change(ORANGE, NONE, at=night.at(1)))
    night.follow()
    assert close(county, alarm.key, version=2).state == "closed"


def test_recovered_but_not_explained_is_not_closed(night: Night, asker_for: Any) -> None:
    alarm = night.raised()
    night.write(change(ORANGE, NONE, at=night.at(1)))
    night.follow()
    with pytest.raises(Refused):
        close(asker_for("county"), alarm.key, version=1)


def test_a_false_alarm_is_closed_although_it_stands(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(), asker_for("county")
    mark_false(county, alarm.key, version=1, reason="标定气体")
    closed = close(county, alarm.key, version=2)
    assert (closed.state, closed.is_false, closed.false_reason) == ("closed", True, "标定气体")


def test_only_a_chief_closes_what_stands_and_says_why(night: Night, asker_for: Any) -> None:
    alarm, chief = night.raised(), asker_for("county-chief")
    with pytest.raises(Refused):
        close(asker_for("county"), alarm.key, version=1, reason="不管了")
    with pytest.raises(Refused):
        close(chief, alarm.key, version=1)
    assert close(chief, alarm.key, version=1, reason="转入事件处置").state == "closed"
    assert alarm.steps.get(kind="close_standing").text == "转入事件处置"


def test_a_closed_alarm_is_reopened_with_a_reason(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(), asker_for("county")
    mark_false(county, alarm.key, version=1, reason="误报")
    close(county, alarm.key, version=2)
    again = reopen(county, alarm.key, version=3, reason="复核为真")
    assert (again.is_open, again.is_false, again.closed_at) == (True, False, None)
    assert again.urgency > 0


def test_it_is_not_reopened_beside_a_later_one(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(YELLOW), asker_for("county")
    mark_false(county, alarm.key, version=1, reason="误报")
    close(county, alarm.key, version=2)
    night.write(change(YELLOW, ORANGE, at=night.at(20)))
    night.follow()
    with pytest.raises(Refused):
        reopen(county, alarm.key, version=3, reason="再看")


@pytest.mark.parametrize("seconds", [29, 31])
def test_an_acknowledgement_is_taken_back_within_half_a_minute(
    night: Night, asker_for: Any, seconds: int
) -> None:
    alarm, county = night.raised(), asker_for("county")
    alarm = acknowledge(county, alarm.key, version=1)
    later = replace(county, now=county.now + timedelta(seconds=seconds))
    if seconds > 30:
        with pytest.raises(Refused):
            undo(later, alarm.key, version=2)
    else:
        assert undoable(later, alarm, later.now) is not None
        back = undo(later, alarm.key, version=2)
        assert (back.state, back.acknowledged_at) == ("raised", None)
        assert _told(back)[-2:] == ["acknowledge", "undo"]


def test_nobody_takes_back_what_another_did(night: Night, asker_for: Any) -> None:
    alarm = night.raised()
    acknowledge(asker_for("county"), alarm.key, version=1)
    with pytest.raises(Refused):
        undo(asker_for("county-chief"), alarm.key, version=2)


def test_an_assignment_taken_back_leaves_the_one_before(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(), asker_for("county")
    acknowledge(county, alarm.key, version=1)
    assign(county, alarm.key, version=2, organisation="org-team")
    back = undo(county, alarm.key, version=3)
    assert (back.state, back.assigned_to) == ("acknowledged", "")


def test_a_comment_comes_between_nobody(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(), asker_for("county")
    comment(asker_for("enterprise"), alarm.key, text="正在赶往现场")
    assert acknowledge(county, alarm.key, version=1).state == "acknowledged"
    assert alarm.steps.get(kind="comment").text == "正在赶往现场"


def test_hostile_signs_in_texts_do_no_harm(night: Night, asker_for: Any) -> None:
    alarm, county = night.raised(), asker_for("county")
    with pytest.raises(Http404):
        acknowledge(county, "\0", version=1)
    with pytest.raises(Refused):
        assign(county, alarm.key, version=1, organisation="\0", note="\0")
    comment(county, alarm.key, text="\0<script>\0")
    assert alarm.steps.get(kind="comment").text == "<script>"
    assert listing(county, Wanted(text="\0", pack="\0", states=("\0",))).rows == []


@pytest.mark.parametrize(("cause", "measure"), [("", "关阀"), ("泄漏", "  "), ("长" * 257, "关阀")])
def test_an_explanation_needs_both_its_parts(
    night: Night, asker_for: Any, cause: str, measure: str
) -> None:
    alarm = night.raised()
    with pytest.raises(Refused):
        explain(asker_for("county"), alarm.key, version=1, cause=cause, measure=measure)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.version) == ("raised", 1)
