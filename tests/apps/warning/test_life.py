"""The life of a warning: from the alarm to its end, and what can never change on the way."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.models import ObservedObject
from anlan.apps.people.models import AuditLine, Notice, Organisation, User
from anlan.apps.warning import actions
from anlan.apps.warning.actions.course import signing
from anlan.apps.warning.models import Edit, Message, Signature, Step, Warning
from anlan.apps.warning.queries import Wanted, listing, messages, possible, remarks, warnings
from anlan.apps.warning.queries.writing.wording import MARKS
from anlan.apps.watch.models import Alarm
from anlan.cap.read import read
from anlan.terms.errors import Malformed, Refused
from tests.apps.conftest import PASSWORD
from tests.apps.warning.conftest import CHIEF, DEPUTY, OWN, WATER, WRITER, Office


def test_an_alarm_suggests_a_whole_draft(office: Office) -> None:
    one = office.drafted()
    assert (one.state, one.status, one.level, one.event) == ("draft", "Actual", 3, "11A01")
    assert one.headline_zh == "安澜县应急管理局发布洪水橙色预警"
    assert one.headline_en == "Anlan County Emergency Bureau issues an orange warning: flood"
    assert "清河上段" in one.description_zh
    assert "31.50 m" in one.description_zh
    assert "抢险队伍和物资到位" in one.measures_zh
    assert (one.regions, one.area_zh, one.cause) == (["990101001"], "城关镇", "alarm-1")
    assert one.shape.bounds == (118.1, 30.1, 118.2, 30.2)
    assert [r for r in remarks(one, office.now) if r.stops] == []


def test_units_are_written_as_people_write_them(office: Office) -> None:
    Alarm.objects.filter(pk=office.alarm.pk).update(unit="[ppm]", value=32.0)
    told = office.drafted().description_zh
    assert "32 ppm" in told
    assert "[" not in told


def test_the_english_text_calls_the_object_by_its_english_name(office: Office) -> None:
    ObservedObject.objects.create(
        key=office.alarm.object_key, name="清河上段", name_en="Upper Qing reach",
        region=office.alarm.region, kind="reach", since=office.now,
    )  # fmt: skip
    one = office.drafted()
    assert "Upper Qing reach" in one.description_en
    assert "清河上段" in one.description_zh


def test_a_ratio_is_told_as_what_it_is_and_leaves_nothing_open(office: Office) -> None:
    """1.03 of a limit is no rain of 1.03: the rule says what it is, and it has no unit."""
    rule = "geohazard.rain.flash"
    Alarm.objects.filter(pk=office.alarm.pk).update(
        pack="geohazard", rule=rule, unit="", value=1.0263, limit=1.0,
    )  # fmt: skip
    one = office.drafted()
    title = packs()["geohazard"].notes[rule].title
    assert f"{title.zh}为1.0，" in one.description_zh
    assert f"{title.en} at " in one.description_en
    assert "－" not in one.description_zh + one.description_en


@pytest.mark.parametrize(
    ("pack", "rule", "quantity", "value"),
    [
        ("tailings", "tailings.promotion.pond", "", None),
        ("elevator", "elevator.trapped.level", "elevator.trapped", 1.0),
    ],
)
def test_what_has_no_amount_is_told_by_its_name_and_leaves_nothing_open(
    office: Office, pack: str, rule: str, quantity: str, value: float | None
) -> None:
    Alarm.objects.filter(pk=office.alarm.pk).update(
        pack=pack, rule=rule, quantity=quantity, value=value, limit=value,
        unit="{state}" if quantity else "",
    )  # fmt: skip
    one = office.drafted()
    title = packs()[pack].notes[rule].title
    assert f"出现{title.zh}，" in one.description_zh
    assert title.en in one.description_en
    assert "－" not in one.description_zh + one.description_en
    assert "限值" not in one.description_zh


def test_without_a_border_the_area_is_a_circle_round_the_object(office: Office) -> None:
    office.alarm.region = "990101001001"
    office.alarm.save()
    shape = office.drafted().shape
    assert shape.geom_type == "Polygon"
    assert shape.centroid.distance(shape.exterior) == pytest.approx(0.0095, rel=0.2)


def test_from_the_draft_to_the_message(office: Office) -> None:
    one = office.issued()
    assert (one.state, one.standing, one.due_at) == ("issued", "issued", one.expires)
    message = one.messages.get()
    assert message.digest == hashlib.sha256(message.xml).hexdigest()
    told = read(message.xml)
    assert (told.status, told.msg_type, told.references) == ("Actual", "Alert", None)
    assert [info.language for info in told.info] == ["zh-CN", "en-US"]
    assert told.info[0].sender_name == "安澜县应急管理局"
    assert told.info[0].area[0].polygon[0].startswith("30.1")
    assert told.info[0].area[0].geocode[0].value == "990101001000"
    kinds = [step.kind for step in one.steps.all()]
    assert kinds == ["draft", "submit", "review", "sign", "issue"]
    line = AuditLine.objects.get(detail__message=message.identifier)
    assert (line.who, line.detail["digest"]) == (CHIEF, message.digest)
    assert all(step.cause.startswith("audit:") for step in one.steps.all())


def test_every_edit_is_kept_with_who_and_when(office: Office) -> None:
    one = office.drafted()
    office.later(minutes=1)
    actions.edit(office.asker("duty-2"), one.key, version=1, fields={"contact": "0571-12345"})
    office.later(minutes=1)
    two = actions.edit(office.asker(WRITER), one.key, version=2, fields={
        "contact": "12350", "shape": '{"type":"Point","coordinates":[118.15,30.15]}'})  # fmt: skip
    first, second, third = Edit.objects.filter(warning=one)
    assert first.changes["headline_zh"][0] is None
    assert (second.who, second.changes) == ("duty-2", {"contact": ["", "0571-12345"]})
    assert third.changes["contact"] == ["0571-12345", "12350"]
    assert [third.at - second.at, two.version] == [timedelta(minutes=1), 3]
    assert set(third.changes) == {"contact", "shape"}


def test_the_trail_and_the_messages_cannot_be_changed_even_by_sql(office: Office) -> None:
    one = office.issued()
    for model in (Message, Edit, Step):
        row = model._default_manager.filter(warning=one).first()
        assert row is not None
        for change in (row.save, row.delete):
            with pytest.raises(Refused):
                change()
        with pytest.raises(Refused):
            model._default_manager.filter(pk=row.pk).delete()
    for sql in _CHANGES:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(Refused):
        one.delete()


_CHANGES = (
    "UPDATE warning_message SET body = ''",
    "DELETE FROM warning_message",
    "UPDATE warning_edit SET who = 'x'",
    "DELETE FROM warning_edit",
    "UPDATE warning_step SET who = 'x'",
    "DELETE FROM warning_step",
    "UPDATE warning_warning SET status = 'Test'",
    "UPDATE warning_warning SET region = '990102'",
)


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_a_drill_goes_the_same_way_with_its_mark_in_every_text(office: Office, status: str) -> None:
    message = office.issued(status=status).messages.get()
    assert message.status == status
    assert read(message.xml).status == status
    for info in read(message.xml).info:
        for text in (info.headline, info.description, info.instruction):
            assert (text or "").startswith(MARKS[status]["zh"])
    assert all(n.subject.count(MARKS[status]["zh"]) == 1 for n in Notice.objects.all())
    assert {notice.status for notice in Notice.objects.all()} == {status}


@pytest.mark.parametrize("after", ["Actual", "Exercise", "Test"])
@pytest.mark.parametrize("before", ["Actual", "Exercise", "Test"])
def test_status_never_changes(office: Office, before: str, after: str) -> None:
    one = office.drafted(status=before)
    if before == after:
        return
    with pytest.raises(Malformed):
        actions.edit(office.asker(WRITER), one.key, version=1, fields={"status": after})
    one.status = after
    with pytest.raises(Refused):
        one.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Warning.objects.filter(pk=one.pk).update(status=after)
    assert office.again(one).status == before


def test_out_of_a_drill_comes_no_actual_warning(office: Office) -> None:
    office.alarm.status = "Exercise"
    office.alarm.save()
    with pytest.raises(Refused):
        office.drafted(status="Actual")
    assert office.drafted().status == "Exercise"


def test_update_level_and_cancel_follow_in_one_act_each(office: Office) -> None:
    one = office.issued()
    for act, who in ((_update, "county"), (_relevel, "duty-2"), (_cancel, "county")):
        office.later(minutes=5)
        one = act(office, one, who)
        assert one.state == "submitted"
        one = actions.review(office.asker("county-admin"), one.key, version=one.version)
        one = office.signed(one)
    sent = [read(message.xml) for message in one.messages.all()]
    assert [told.msg_type for told in sent] == ["Alert", "Update", "Update", "Cancel"]
    for number, told in enumerate(sent):
        assert (told.references or "").split() == [earlier.reference for earlier in sent[:number]]
    assert [told.info[0].headline for told in sent[1:]] == [
        "安澜县应急管理局更新洪水橙色预警",
        "安澜县应急管理局更新洪水红色预警",
        "安澜县应急管理局解除洪水红色预警",
    ]
    assert [told.info[0].severity for told in sent] == ["Severe", "Severe", "Extreme", "Extreme"]
    assert "组织全部受威胁人员撤离" in (sent[2].info[0].instruction or "")
    assert (one.state, one.standing, one.due_at) == ("cancelled", "cancelled", None)
    assert possible(office.asker(WRITER), one) == frozenset()


def _update(office: Office, one: Warning, who: str) -> Warning:
    return actions.update(office.asker(who), one.key, version=one.version, reason="水位续涨",
                          fields={"contact": "12350"})  # fmt: skip


def _relevel(office: Office, one: Warning, who: str) -> Warning:
    return actions.change_level(office.asker(who), one.key, version=one.version, level=4,
                                reason="超保证水位")  # fmt: skip


def _cancel(office: Office, one: Warning, who: str) -> Warning:
    return actions.cancel(office.asker(who), one.key, version=one.version, reason="水位回落")


@pytest.mark.parametrize("act", [_update, _relevel, _cancel])
def test_nothing_follows_what_is_not_in_force(office: Office, act: Any) -> None:
    for one in (office.drafted(), office.reviewed()):
        with pytest.raises(Refused):
            act(office, one, WRITER)
    assert Message.objects.count() == 0


def test_a_withdrawn_update_leaves_what_is_out(office: Office) -> None:
    one = office.issued()
    office.later(minutes=5)
    two = _relevel(office, one, WRITER)
    assert (two.level, two.standing, two.is_in_force) == (4, "issued", True)
    with pytest.raises(Refused):
        _cancel(office, two, WRITER)
    three = actions.withdraw(office.asker(WRITER), one.key, version=two.version, reason="误操作")
    assert (three.state, three.level, three.kind) == ("issued", 3, "Alert")
    assert three.headline_zh == one.headline_zh
    assert office.again(one).shape.equals(one.shape)
    assert "cancel" in possible(office.asker(WRITER), three)


def test_what_was_sent_stays_the_same_bytes(office: Office) -> None:
    one = office.issued()
    before = one.messages.get().xml
    Organisation.objects.filter(key="org-county").update(name="安澜县应急管理委员会")
    User.objects.filter(key=CHIEF).update(name="别人")
    office.alarm.object_name = "别处"
    office.alarm.save()
    office.later(minutes=5)
    two = _cancel(office, one, WRITER)
    two = actions.review(office.asker("county-admin"), one.key, version=two.version)
    office.signed(two)
    first, last = one.messages.order_by("order")
    assert first.xml == before
    assert hashlib.sha256(first.xml).hexdigest() == first.digest
    assert "安澜县应急管理委员会" in last.xml.decode()


def test_a_clock_that_is_set_back_does_not_turn_the_order_round(office: Office) -> None:
    one = office.issued()
    office.later(hours=-2)
    two = _cancel(office, one, WRITER)
    two = actions.review(office.asker("county-admin"), one.key, version=two.version)
    office.signed(two)
    first, last = one.messages.order_by("order")
    assert last.issued_at == first.issued_at + timedelta(seconds=1)
    assert last.sent > first.sent
    assert last.references == first.reference


def test_what_has_ended_expires_once_and_drops_what_was_to_follow(office: Office) -> None:
    one = office.issued()
    office.later(minutes=5)
    _update(office, one, WRITER)
    office.later(hours=30)
    assert actions.keep_time(office.now) == 1
    assert actions.keep_time(office.now) == 0
    two = office.again(one)
    assert (two.state, two.standing) == ("expired", "expired")
    assert office.last(two).kind == "expire"
    with pytest.raises(Refused):
        _cancel(office, two, WRITER)


def test_what_a_clock_that_ran_ahead_ended_stands_again_and_can_be_lifted(office: Office) -> None:
    """By its bytes the public reads it as in force: nobody may be left unable to lift it."""
    one = office.issued()
    office.later(hours=30)
    actions.keep_time(office.now)
    office.later(hours=-29)  # the clock is put right
    assert [actions.keep_time(office.now), actions.keep_time(office.now)] == [1, 0]
    two = office.again(one)
    assert (two.state, two.standing, two.due_at) == ("issued", "issued", two.expires)
    assert office.last(two).kind == "revive"
    assert _cancel(office, two, WRITER).kind == "Cancel"


def test_who_does_not_answer_is_passed_over_and_that_is_shown(office: Office) -> None:
    one = office.reviewed()
    with pytest.raises(Refused):
        office.signed(one, DEPUTY)
    office.later(minutes=4)
    assert actions.keep_time(office.now) == 0
    told = Notice.objects.filter(address=f"{DEPUTY}@example.org")
    before = told.count()
    office.later(minutes=1)
    assert [actions.keep_time(office.now), actions.keep_time(office.now)] == [1, 0]
    one = office.again(one)
    step = office.last(one)
    assert (step.kind, step.detail["late"], step.detail["asked"]) == ("pass_on", CHIEF, DEPUTY)
    assert told.count() == before + 1
    with pytest.raises(Refused, match=DEPUTY):
        office.signed(one)
    two = office.signed(one, DEPUTY)
    assert two.state == "issued"
    signature = Signature.objects.get(warning=one)
    assert (signature.signed_by, signature.deputy_of) == (DEPUTY, CHIEF)


def test_where_the_deputy_is_late_too_the_signer_is_asked_again(office: Office) -> None:
    one = office.reviewed()
    for _time in range(2):
        office.later(minutes=5)
        actions.keep_time(office.now)
    assert office.signed(office.again(one)).state == "issued"


def test_a_joint_warning_leaves_once_when_the_last_has_signed(office: Office) -> None:
    one = office.signed(office.reviewed(OWN, WATER))
    assert (one.state, Message.objects.count()) == ("signed", 0)
    with pytest.raises(Refused):
        actions.edit(office.asker(WRITER), one.key, version=one.version, fields={"contact": "1"})
    one = office.signed(one, "water")
    assert one.state == "issued"
    told = read(Message.objects.get().xml)
    assert told.info[0].sender_name == "安澜县应急管理局、安澜县水利局"
    digests = set(Signature.objects.filter(warning=one).values_list("digest", flat=True))
    assert len(digests) == 1


def test_one_of_several_departments_turns_it_down_for_all(office: Office) -> None:
    one = office.signed(office.reviewed(OWN, WATER))
    with pytest.raises(Refused):
        actions.reject(office.asker("water"), one.key, version=one.version, reason=" ")
    one = actions.reject(office.asker("water"), one.key, version=one.version, reason="范围偏大")
    assert one.state == "draft"
    assert office.last(one).text == "范围偏大"
    assert not Signature.objects.exclude(signed_at=None).exists()
    one = actions.submit(office.asker(WRITER), one.key, version=one.version)
    one = actions.review(office.asker("county-admin"), one.key, version=one.version)
    for who in (CHIEF, "water"):
        one = office.signed(one, who)
    assert Message.objects.count() == 1


def test_the_second_person_approves_in_one_act(office: Office) -> None:
    one = office.submitted()
    one = actions.approve(office.asker(CHIEF), one.key, version=one.version, password=PASSWORD)
    assert [s.kind for s in one.steps.all()][-3:] == ["review", "sign", "issue"]


def test_the_same_button_twice_and_an_old_page(office: Office) -> None:
    one = office.reviewed()
    office.signed(one)
    for _time in range(2):
        with pytest.raises(Refused):
            office.signed(one)
    assert Message.objects.count() == 1
    draft = office.drafted()
    actions.edit(office.asker("duty-2"), draft.key, version=1, fields={"contact": "1"})
    with pytest.raises(Refused, match="duty-2"):
        actions.edit(office.asker(WRITER), draft.key, version=1, fields={"contact": "2"})


def test_other_jurisdictions_never_learn_that_it_exists(office: Office) -> None:
    one = office.issued()
    for who in ("county-b", "county-b-chief"):
        asker = office.asker(who)
        assert not warnings(asker).exists()
        assert not messages(asker).exists()
        assert listing(asker, Wanted()).rows == []
        assert listing(asker, Wanted(), after=one.key).rows == []
        for key in (one.key, "0" * 16):
            with pytest.raises(Http404):
                actions.cancel(asker, key, version=one.version, reason="x")
            with pytest.raises(Http404):
                actions.sign(asker, key, version=one.version, password=PASSWORD)
        with pytest.raises(Http404):
            actions.draft_from_alarm(asker, office.alarm.key)


def test_lists_are_cut_and_paged(office: Office) -> None:
    made = [office.drafted() for _number in range(3)]
    issued = office.issued()
    asker = office.asker(CHIEF)
    first = listing(asker, Wanted(), size=3)
    rest = listing(asker, Wanted(), after=first.after, size=3)
    assert [w.pk for w in (*first.rows, *rest.rows)] == [w.pk for w in (issued, *reversed(made))]
    assert listing(asker, Wanted(in_force=True)).rows == [issued]
    assert len(listing(asker, Wanted(in_the_making=True)).rows) == 3
    assert listing(asker, Wanted(text="没有")).rows == []
    waiting = office.reviewed()
    assert listing(asker, Wanted(mine=True)).rows == [waiting]
    assert listing(office.asker(DEPUTY), Wanted(mine=True)).rows == []


def test_a_break_between_signature_and_message_leaves_neither(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = office.reviewed()

    def broken(_told: object) -> bytes:
        raise SystemExit(9)

    monkeypatch.setattr(signing, "write", broken)
    with pytest.raises(SystemExit):
        office.signed(one)
    one = office.again(one)
    assert (one.state, Message.objects.count()) == ("reviewed", 0)
    assert not Signature.objects.exclude(signed_at=None).exists()
    monkeypatch.undo()
    assert office.signed(one).state == "issued"
