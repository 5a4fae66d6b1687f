"""Deadlines: who is told at once, who is asked when nobody answers, and only once."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.apps.people.models import Notice, Responsibility
from anlan.apps.watch.actions import acknowledge, escalate, explain
from anlan.apps.watch.models import Alarm, Deadline
from tests.apps.watch.conftest import BLUE, NONE, ORANGE, RED, YELLOW, Night, change

_TREE = (
    ("990101001001", "tank", 1, "厂长", "plant@example.org"),
    ("990101001001", "", 1, "村主任", "village@example.org"),
    ("990101001", "", 1, "镇长", "town@example.org"),
    ("990101", "", 1, "县值班长", ""),
)


@pytest.fixture
def tree(world: Any) -> None:
    """The owner of the tank, then village, town and county, the last without an address."""
    for region, thing, rank, person, email in _TREE:
        Responsibility.objects.create(
            region=region, thing=thing, rank=rank, person=person, email=email, phone="000-1",
            organisation=world.organisations["org-county"],
        )  # fmt: skip


def _asked() -> list[str]:
    return list(Notice.objects.order_by("id").values_list("person", flat=True))


def _run(now: datetime) -> None:
    while escalate(now):
        pass


@pytest.mark.usefixtures("tree")
def test_the_responsible_is_told_at_once_of_orange_and_red(night: Night) -> None:
    alarm = night.raised(ORANGE)
    _run(night.at(10))
    notice = Notice.objects.get()
    assert (notice.person, notice.address) == ("厂长", "plant@example.org")
    assert (notice.region, notice.status, notice.cause) == (
        alarm.region, "Actual", f"alarm:{alarm.key}")  # fmt: skip
    assert "储罐 T-1" in notice.subject
    step = alarm.steps.get(kind="called")
    assert [one["person"] for one in step.detail["to"]] == ["厂长"]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("address", ["https://anlan.county.example", ""])
def test_a_letter_links_to_the_alarm_where_the_address_is_known(
    night: Night, settings: Any, address: str
) -> None:
    options = dataclasses.replace(settings.PLACE.options, address=address)
    settings.PLACE = dataclasses.replace(settings.PLACE, options=options)
    alarm = night.raised(ORANGE)
    _run(night.at(10))
    last = Notice.objects.get().text.splitlines()[-1]
    assert (last == f"{address}/alarms/{alarm.key}") is bool(address)
    assert ("://" in last) is bool(address)


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("level", [BLUE, YELLOW])
def test_nobody_is_called_at_once_for_less(night: Night, level: Any) -> None:
    night.raised(level)
    _run(night.at(10))
    assert _asked() == []


@pytest.mark.usefixtures("tree")
def test_who_is_late_is_followed_by_the_next_in_the_tree(night: Night) -> None:
    alarm = night.raised(RED)
    start = night.at(10)
    for minutes in (0, 2, 3, 4, 6, 7, 9, 12, 20):
        _run(start + timedelta(minutes=minutes))
    asked = [one["person"] for step in alarm.steps.filter(kind__in=("called", "escalated"))
             for one in step.detail["to"]]  # fmt: skip
    assert asked == ["厂长", "村主任", "镇长", "县值班长"]
    assert _asked() == ["厂长", "村主任", "镇长"]  # the last has no address: by phone
    last = alarm.steps.filter(kind="escalated").last()
    assert last is not None
    assert last.detail["to"] == []  # nobody further up


@pytest.mark.usefixtures("tree")
def test_the_alarm_says_who_was_told_and_how(night: Night, client_for: Any) -> None:
    alarm = night.raised(RED)
    for minutes in (0, 2, 3, 4, 6, 7, 9, 12, 20):
        _run(night.at(10) + timedelta(minutes=minutes))
    page = client_for("county").get(f"/alarms/{alarm.key}").content.decode()
    for person in ("厂长", "村主任", "镇长", "县值班长"):
        assert person in page
    assert "无联系地址，请打电话" in page
    assert "已无上级责任人" in page


@pytest.mark.usefixtures("tree")
def test_what_was_acknowledged_in_time_is_not_escalated(night: Night, asker_for: Any) -> None:
    alarm = night.raised(ORANGE)
    _run(night.at(10))
    acknowledge(asker_for("county"), alarm.key, version=1)
    _run(night.at(30))
    assert _asked() == ["厂长"]
    _run(night.at(80))
    late = alarm.steps.filter(kind="escalated").get()
    assert late.detail["what"] == "answer"


@pytest.mark.usefixtures("tree")
def test_what_recovered_is_not_called_for_but_still_to_be_answered(
    night: Night, asker_for: Any
) -> None:
    alarm = night.raised(ORANGE)
    _run(night.at(10))
    night.write(change(ORANGE, NONE, at=night.at(11)))
    night.follow()
    _run(night.at(60))
    assert _asked() == ["厂长"]
    explain(asker_for("county"), alarm.key, version=1, cause="检修", measure="恢复")
    assert set(alarm.deadlines.filter(done_at=None).values_list("what", flat=True)) == {"close"}


@pytest.mark.usefixtures("tree")
def test_what_becomes_worse_is_told_again_and_due_sooner(night: Night) -> None:
    alarm = night.raised(ORANGE)
    _run(night.at(10))
    night.write(change(ORANGE, RED, at=night.at(11)))
    night.follow()
    _run(night.at(11))
    assert _asked() == ["厂长", "厂长"]
    assert alarm.deadlines.get(what="acknowledge").due_at == night.at(14)


@pytest.mark.usefixtures("tree")
def test_old_history_has_no_deadlines(night: Night) -> None:
    night.write(change(NONE, RED, at=night.at(-5000)), change(RED, NONE, at=night.at(-4990)))
    night.follow()
    _run(night.at(10))
    assert not Deadline.objects.exists()
    assert _asked() == []


@pytest.mark.usefixtures("tree")
def test_looking_twice_tells_once(night: Night) -> None:
    for key in ("tank", "reach"):
        night.raised(RED, object_key=key)
    for _ in range(3):
        _run(night.at(10))
    assert Alarm.objects.filter(called=RED).count() == 2
    assert len(_asked()) == 2


@pytest.mark.usefixtures("tree")
def test_a_stormy_night_is_one_letter_for_each_place(night: Night) -> None:
    night.write(*(change(NONE, RED, at=night.at(0), object_key=f"gauge {n}") for n in range(120)))
    night.follow()
    Alarm.objects.update(region="990101001", object_name="清河水位站")
    night.raised(RED)
    _run(night.at(10))
    subjects = list(Notice.objects.filter(person="镇长").values_list("subject", flat=True))
    assert len(subjects) == 3  # at most fifty alarms in one
    assert "50" in subjects[-1]
    assert [n.person for n in Notice.objects.exclude(person="镇长")] == ["厂长"]
    assert Alarm.objects.filter(called=RED, steps__kind="called").count() == 121
