"""Risks are answered by SMS with their code, and by telephone with a key; nothing else answers."""

from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.models import Notice, Reply, User
from anlan.apps.warning.actions.calling.replies import hear_replies
from anlan.apps.warning.actions.risk import assign, close, take
from anlan.apps.warning.models import CallWord, Risk
from anlan.apps.warning.queries.risk.replying import code_of
from anlan.apps.watch.models import Alarm
from tests.apps.warning.reaching import set_options
from tests.apps.warning.risk.conftest import Yard
from tests.apps.warning.test_pages import browser_of, said

KEEPER, TOWN_PHONE, DRILL = "13800000001", "13800000002", "19900009999"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def phones(yard: Yard, settings: Any) -> None:
    """A gateway and an exchange; the enterprise and the town have telephones."""
    set_options(
        settings, sms_gateway="cmpp://10.1.2.3:7890", voice_exchange="sip:10.1.2.4:5060",
        sandbox_sms=(DRILL,), sandbox_voice=(DRILL,),
    )  # fmt: skip
    for who, phone in (("enterprise", KEEPER), ("town", TOWN_PHONE)):
        User.objects.filter(key=who).update(phone=phone)


def replied(yard: Yard, text: str, address: str = KEEPER, kind: str = "sms") -> CallWord:
    """What was made of a reply; by telephone it comes in the last call to that number."""
    notice = Notice.objects.filter(kind=kind, address=address).order_by("-pk").first()
    reply = Reply.objects.create(key=f"{kind}:{Reply.objects.count()}", kind=kind, text=text,
                                 address=address, notice=notice, heard_at=yard.now)  # fmt: skip
    hear_replies(yard.now)
    hear_replies(yard.now)
    return CallWord.objects.get(reply=reply)


def test_the_text_to_whoever_is_in_charge_says_how_to_answer(yard: Yard) -> None:
    one = yard.opened()
    texts = {n.address: n.text for n in Notice.objects.filter(kind="sms")}
    assert f"回复{code_of(one)}即为签收" in texts[KEEPER]
    assert code_of(one) not in texts[TOWN_PHONE]


def test_the_code_takes_over_and_with_words_reports(yard: Yard) -> None:
    one = yard.opened()
    code = code_of(one)
    assert replied(yard, f"{code}。").is_answer
    assert yard.again(one).state == Risk.State.TAKEN
    assert replied(yard, f"{code} 已更换垫片").is_answer
    steps = list(one.steps.values_list("kind", "who", "text", "detail__way"))
    assert steps[1:] == [("take", "enterprise", "", "sms"),
                         ("report", "enterprise", "已更换垫片", "sms")]  # fmt: skip
    page = said(browser_of("county").get(f"/warnings/risks/{one.key}").text)
    assert "短信回复" in page
    assert "未生效的回复" not in page
    assert replied(yard, code).is_answer  # said again, nothing more is done
    assert one.steps.count() == 3


def test_wide_digits_and_a_report_at_once_are_understood(yard: Yard) -> None:
    one = yard.opened()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code_of(one))
    assert replied(yard, f"签收 {wide}，已到现场，正在处置").is_answer
    assert list(one.steps.values_list("kind", "text")) == [
        ("open", ""), ("take", ""), ("report", "已到现场，正在处置"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["签收", "1", "收到。"])
def test_a_bare_word_is_enough_where_one_risk_waits(yard: Yard, text: str) -> None:
    one = yard.opened()
    assert replied(yard, text).risk == one
    assert yard.again(one).state == Risk.State.TAKEN


def test_a_bare_word_answers_none_of_two(yard: Yard) -> None:
    ones = [yard.opened(text=text) for text in ("渗漏", "锈蚀")]
    assert replied(yard, "签收").risk is None
    assert {yard.again(one).state for one in ones} == {Risk.State.PUSHED}


def test_nobody_else_answers_and_is_told_why(yard: Yard) -> None:
    one = yard.opened()
    word = replied(yard, code_of(one), TOWN_PHONE)
    assert (word.risk, word.is_answer) == (one, False)
    assert yard.again(one).state == Risk.State.PUSHED
    back = Notice.objects.filter(kind="sms", address=TOWN_PHONE).order_by("-pk")[0]
    assert "回复未生效" in back.subject
    page = said(browser_of("county").get(f"/warnings/risks/{one.key}").text)
    assert "未生效的回复" in page
    assert replied(yard, code_of(one), "13911112222").risk is None
    assert not Notice.objects.filter(address="13911112222").exists()


def test_who_is_not_in_charge_any_more_answers_nothing(yard: Yard) -> None:
    one = yard.opened()
    yard.do(assign, one, "county", to="town", text="改派")
    assert not replied(yard, code_of(one)).is_answer
    assert replied(yard, code_of(one), TOWN_PHONE).is_answer
    assert yard.again(one).holder == "town"


def test_what_is_closed_stays_so(yard: Yard) -> None:
    one = yard.asked()
    yard.do(close, one, "county", text="现场复核")
    word = replied(yard, f"{code_of(one)} 又漏了")
    assert (word.is_answer, word.why_not) == (False, "该风险已销号。")


def test_a_key_takes_over_in_its_own_call(yard: Yard) -> None:
    one = yard.opened()
    call = Notice.objects.get(kind="voice")
    assert call.address == KEEPER
    assert "签收请按1" in call.text
    assert not replied(yard, "2", kind="voice").is_answer
    assert yard.again(one).state == Risk.State.PUSHED
    assert replied(yard, "1", kind="voice").is_answer
    assert one.steps.order_by("-pk")[0].detail == {"way": "voice"}


def test_whoever_took_it_over_is_not_called_any_more(yard: Yard) -> None:
    one = yard.opened()
    yard.do(take, one, "enterprise")
    assert Notice.objects.get(kind="voice").state == "given_up"


def test_nobody_is_rung_for_yellow(yard: Yard) -> None:
    yard.opened(level=2)
    assert not Notice.objects.filter(kind="voice").exists()


def test_a_drill_rings_and_hears_the_sandbox_alone(yard: Yard) -> None:
    Alarm.objects.update(status="Exercise")
    one = yard.opened(origin="alarm:alarm-1")
    ends = Notice.objects.filter(kind__in=("sms", "voice")).values_list("address", flat=True)
    assert set(ends) == {DRILL}
    assert replied(yard, code_of(one), KEEPER).risk is None
    assert replied(yard, code_of(one), DRILL).is_answer


def test_the_plan_says_that_it_will_ring(yard: Yard) -> None:
    form = {"event": "chemical:chemical", "level": "3", "thing": "tank", "text": "渗漏"}
    page: Client = browser_of("county")
    assert "电话" in said(page.post("/warnings/risks/new", form).text)
