"""A call-down: who is asked, how they confirm, who is asked next, and how every call ends."""

import re
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.models import AuditLine, Duty, Notice, Organisation, Reply, Responsibility
from anlan.apps.warning import actions
from anlan.apps.warning.actions.calling import close_by_hand, confirm, keep_calling, pass_on
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Call, CallDown, CallWord, Warning
from anlan.terms.errors import Refused
from tests.apps.conftest import TOWN, VILLAGE
from tests.apps.warning.conftest import WRITER, Office
from tests.apps.warning.reaching import plant_tree, set_options, went_on

pytestmark = pytest.mark.django_db
SITE = {"address": "https://anlan.example"}
FIRST = {"村主任", "镇长", "县长", "河长"}
STATES = Call.State


@pytest.fixture(autouse=True)
def tree(office: Office, settings: Any) -> None:
    """Who answers for what."""
    plant_tree(office)
    set_options(settings, **SITE)


def begun(office: Office, status: str = "") -> Warning:
    """An orange warning that has been issued, handed over and called down."""
    office.alarm.level = office.alarm.peak = 3
    office.alarm.save()
    one = office.issued(status=status)
    hand_over(office.now)
    keep_calling(office.now)
    return one


def call(person: str, **more: Any) -> Call:
    """The newest call of a person."""
    found = Call.objects.filter(person=person, **more).order_by("-pk").first()
    assert found is not None
    return found


def letters(person: str = "") -> list[Notice]:
    """What asks to confirm, in order."""
    found = Notice.objects.filter(cause__startswith="call:").order_by("pk")
    return list(found.filter(person=person) if person else found)


def link_of(person: str) -> str:
    """The path of the link in somebody's newest letter."""
    found = re.search(r"https://anlan\.example(/warnings/answer/\S+)", letters(person)[-1].text)
    assert found is not None
    return found[1]


def names(state: str) -> set[str]:
    """Whose calls are in a state."""
    return set(Call.objects.filter(state=state).values_list("person", flat=True))


def test_the_first_of_each_place_and_thing_is_asked_once(office: Office) -> None:
    one = begun(office)
    assert names(STATES.ASKED) == FIRST
    assert not keep_calling(office.now)
    assert {notice.person for notice in letters()} == {"村主任", "镇长", "县长", "河长"}
    assert all("确认" in n.subject or "Confirm" in n.subject for n in letters())
    assert call("镇长").due_at is not None
    line = AuditLine.objects.get(act="warning.call_down")
    assert (line.detail["asked"], line.target) == (4, one.messages.get().identifier)
    assert "镇长" not in str(line.detail)


def test_a_link_opens_a_page_and_only_a_press_confirms(office: Office, client: Client) -> None:
    begun(office)
    path = link_of("镇长")
    shown = client.get(path)
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    assert "<button" in shown.text
    assert client.head(path).status_code == 200
    assert call("镇长").state == STATES.ASKED
    answered = Client(enforce_csrf_checks=True).post(path)
    assert answered.status_code == 200
    ended = call("镇长")
    assert (ended.state, ended.way) == (STATES.ANSWERED, "link")
    lines = AuditLine.objects.filter(act="warning.confirm").count()
    client.post(path)
    assert AuditLine.objects.filter(act="warning.confirm").count() == lines == 1
    assert names(STATES.ASKED) == FIRST - {"镇长"}
    assert client.get(path[:-2] + "xx").status_code == 404
    token = path.rpartition("/")[2]
    assert not Call.objects.filter(letter__token=token).exists()


def test_who_is_silent_is_followed_by_the_deputy_then_the_superior_then_the_desk(
    office: Office,
) -> None:
    begun(office)
    county = Organisation.objects.get(key="org-county")
    Duty.objects.create(organisation=county, person="值班员", phone="1", user_key=WRITER,
                        starts_at=office.now.replace(year=2020),
                        ends_at=office.now.replace(year=2040))  # fmt: skip
    office.later(minutes=5)
    keep_calling(office.now)
    # Of the town: the deputy. Of the village, which has none: the town's first is its superior.
    assert call("镇长", tier=1).state == STATES.ESCALATED
    assert call("镇长", tier=1).passed_to == "副镇长"
    assert call("村主任").passed_to == "镇长"
    assert Call.objects.filter(person="镇长", tier=2, region=VILLAGE).exists()
    assert call("副镇长", region=TOWN, thing="").ways == []
    assert not keep_calling(office.now)
    for _tier in range(3):
        office.later(minutes=6)
        keep_calling(office.now)
    assert not Call.objects.filter(state=STATES.ASKED).exists()
    assert Call.objects.filter(state=STATES.DESK).count() >= 3
    assert CallDown.objects.get().ended_at is None
    told = Notice.objects.filter(person="值班员").count()
    for one in Call.objects.filter(state=STATES.DESK):
        close_by_hand(office.asker(WRITER), one.key, note="电话联系到本人")
    assert CallDown.objects.get().ended_at is not None
    assert told <= 2
    assert {*Call.objects.values_list("state", flat=True)} <= {"escalated", "by_hand"}


def test_nobody_is_asked_twice_for_the_same(office: Office) -> None:
    begun(office)
    for _step in range(8):
        office.later(minutes=6)
        keep_calling(office.now)
        keep_calling(office.now)
    rows = list(Call.objects.values_list("region", "thing", "tier", "who"))
    assert len(rows) == len(set(rows))
    keys = [(n.cause, n.kind) for n in letters()]
    assert len(keys) == len(set(keys))


def test_two_who_are_silent_in_one_place_are_followed_by_one_deputy(office: Office) -> None:
    line = Responsibility.objects.get(person="镇长")
    line.pk, line.key, line.person, line.email = None, "second", "书记", "second@demo.invalid"
    line.save(force_insert=True)
    begun(office)
    office.later(minutes=6)
    keep_calling(office.now)
    assert {call("镇长", tier=1).passed_to, call("书记", tier=1).passed_to} == {"副镇长"}
    assert Call.objects.filter(person="副镇长", thing="", region=TOWN).count() == 1


@pytest.mark.parametrize(("kind", "text", "is_answer"), [
    ("sms", "1", True), ("sms", " 收到。", True), ("sms", "１", True), ("sms", "OK", True),
    ("sms", "在路上，马上回电", False), ("sms", "", False),
    ("voice", "1", True), ("voice", "", False), ("voice", "2", False), ("voice", "收到", False),
])  # fmt: skip
def test_a_reply_answers_only_by_its_words(
    office: Office, kind: str, text: str, is_answer: bool
) -> None:
    begun(office)
    letter = call("镇长").letter
    assert letter is not None
    sent = Notice.objects.create(
        key="sent", kind=kind, address="13900000001", subject="-", text="-", region=TOWN,
        cause=letter.cause, created_at=office.now,
    )  # fmt: skip
    Reply.objects.create(key="r", kind=kind, address=sent.address, text=text, heard_at=office.now)
    Reply.objects.create(key="s", kind=kind, address="13100000000", text="1", heard_at=office.now)
    assert keep_calling(office.now) == 2
    assert not keep_calling(office.now)
    assert (call("镇长").state == STATES.ANSWERED) == is_answer
    assert CallWord.objects.get(reply__key="r").is_answer == is_answer
    assert CallWord.objects.get(reply__key="s").letter is None


def test_an_answer_after_the_escalation_is_kept_as_late(office: Office, client: Client) -> None:
    begun(office)
    path = link_of("村主任")
    office.later(minutes=6)
    keep_calling(office.now)
    client.post(path)
    late = call("村主任")
    assert (late.state, late.way) == (STATES.ESCALATED, "link")
    assert late.late_at is not None
    assert call("镇长", tier=2).state == STATES.ASKED


def test_the_desk_closes_with_a_note_and_passes_on_in_its_jurisdiction(office: Office) -> None:
    begun(office)
    with pytest.raises(Refused):
        close_by_hand(office.asker(WRITER), call("镇长").key, note="  ")
    with pytest.raises(Refused):
        close_by_hand(office.asker("county-b"), call("镇长").key, note="x")
    done = close_by_hand(office.asker(WRITER), call("镇长").key, note="本人接听")
    assert (done.state, done.by, done.note) == (STATES.BY_HAND, WRITER, "本人接听")
    with pytest.raises(Refused):
        close_by_hand(office.asker("duty-2"), call("镇长").key, note="again")
    passed = pass_on(office.asker(WRITER), call("村主任").key)
    assert (passed.state, passed.passed_to) == (STATES.ESCALATED, "镇长")
    with pytest.raises(Refused):
        pass_on(office.asker("duty-2"), passed.key)
    assert len(letters("镇长")) == 2
    line = AuditLine.objects.filter(act="warning.call").first()
    assert line is not None
    assert "本人接听" not in str(line.detail)


def test_who_is_signed_in_confirms_their_own_only(office: Office) -> None:
    begun(office)
    own = call("县长")
    with pytest.raises(Refused):
        confirm(office.asker(WRITER), own.key)
    confirm(office.asker("county-chief"), own.key)
    confirm(office.asker("county-chief"), own.key)
    assert (call("县长").state, call("县长").way) == (STATES.ANSWERED, "app")


def test_a_lifted_warning_ends_what_is_open(office: Office) -> None:
    one = begun(office)
    close_by_hand(office.asker(WRITER), call("镇长").key, note="接听")
    went_on(office, one, "cancel")
    hand_over(office.now)
    keep_calling(office.now)
    assert names(STATES.NOT_NEEDED) == FIRST - {"镇长"}
    assert names(STATES.BY_HAND) == {"镇长"}
    assert [one.why for one in CallDown.objects.all()] == ["asked", "lifted"]
    assert all(one.ended_at for one in CallDown.objects.all())


def test_an_update_asks_again_only_where_the_level_was_raised(office: Office) -> None:
    one = begun(office)
    two = went_on(office, one, "update")
    hand_over(office.now)
    keep_calling(office.now)
    assert CallDown.objects.latest("pk").why == "same"
    assert not CallDown.objects.latest("pk").calls.exists()
    assert CallDown.objects.filter(ended_at=None).count() == 1
    office.later(minutes=1)
    three = actions.change_level(office.asker(WRITER), two.key, version=two.version, level=4,
                                 reason="水位继续上涨")  # fmt: skip
    three = actions.review(office.asker("county-admin"), three.key, version=three.version)
    office.signed(three)
    hand_over(office.now)
    keep_calling(office.now)
    newest = CallDown.objects.latest("pk")
    assert (newest.why, newest.answer_ms, newest.calls.count()) == ("asked", 180_000, 4)
    assert not Call.objects.exclude(call_down=newest).filter(state__in=Call.OPEN).exists()


def test_a_blue_warning_asks_nobody(office: Office) -> None:
    office.alarm.level = office.alarm.peak = 1
    office.alarm.save()
    office.issued()
    hand_over(office.now)
    keep_calling(office.now)
    assert (CallDown.objects.get().why, Call.objects.count()) == ("rule", 0)


def test_an_exercise_asks_everybody_in_the_sandbox_only(office: Office, settings: Any) -> None:
    set_options(settings, **SITE, sandbox_mail=("drill@demo.invalid",), sms_gateway="cmpp://x:1")
    begun(office, "Exercise")
    assert names(STATES.ASKED) == FIRST
    assert {n.address for n in letters()} == {"drill@demo.invalid"}
    assert all(n.subject.startswith("【演练】") and "【演练】" in n.text for n in letters())
    assert {n.status for n in letters()} == {"Exercise"}


def test_an_exercise_without_a_sandbox_leaves_nothing(office: Office) -> None:
    begun(office, "Exercise")
    assert (letters(), names(STATES.ASKED)) == ([], FIRST)


def test_a_clock_that_ran_ahead_gives_everybody_their_time(office: Office) -> None:
    office.later(hours=5)
    begun(office)
    office.later(hours=-4)
    keep_calling(office.now)
    due = call("镇长").due_at
    assert due is not None
    assert 299 <= (due - office.now).total_seconds() <= 301
    assert names(STATES.ASKED) == FIRST


def test_a_step_that_breaks_leaves_nothing_behind(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.apps.warning.actions.calling import asking

    def breaks(*_args: Any) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(asking, "notify_all", breaks)
        with pytest.raises(RuntimeError):
            begun(office)
    assert (CallDown.objects.count(), Call.objects.count(), letters()) == (0, 0, [])
    keep_calling(office.now)
    assert names(STATES.ASKED) == FIRST
    Responsibility.objects.all().delete()


def test_a_worker_killed_while_it_asks_the_next_asks_them_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.apps.warning.actions.calling import asking, passing

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    begun(office)
    office.later(minutes=6)
    before = len(letters())
    for module, name in ((asking, "notify_all"), (passing, "_tell_duty")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            with suppress(KeyboardInterrupt):
                keep_calling(office.now)
    keep_calling(office.now)
    keep_calling(office.now)
    rows = list(Call.objects.values_list("region", "thing", "tier", "who"))
    keys = [(n.cause, n.kind) for n in letters()]
    assert (len(rows), len(keys)) == (len(set(rows)), len(set(keys)))
    assert len(keys) > before
    assert names(STATES.ESCALATED) >= {"镇长", "村主任"}
