"""The channel towards chat robots that check who signs, and each thing that may go wrong."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from anlan.channels import Address, Fault, Receipt, State
from anlan.channels.chat import Chat, Settings, room_of
from anlan.channels.chat.robot import cut, dingtalk_sign, feishu_sign
from anlan.sandtable.sinks.chat import Robots
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import a_message
from tests.wire.channels.sms.vectors import vectors

KEY, SECRET = "robot-key-1", "SECsecret-1"


@pytest.fixture
def robots() -> Iterator[Robots]:
    with Robots(key=KEY, secret=SECRET) as found:
        yield found


@pytest.fixture(params=["wecom", "dingtalk", "feishu"])
def vendor(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def _sent(robots: Robots, vendor: str, *, times: int = 1, room: str = "", **fields: Any) -> Receipt:
    """The last receipt of some messages to one group."""
    address = room or robots.address(vendor)
    usual = {"allows_private": True, "timeout_s": 60.0}
    message = a_message(kind=fields.pop("kind", "notice"), text=fields.pop("text", "水位超警"))
    chat = Chat(Settings(rooms=(address,), **(usual | fields)))
    found = room_of(address)
    assert found is not None
    for _ in range(times):
        now_ms = time.time_ns() // 1_000_000
        receipt = chat.send(message, Address("chat", found.label), now_ms=now_ms)
    return receipt


def test_the_signatures_are_those_of_others() -> None:
    ding, feishu, _ = vectors("webhooks/signatures.json")["vectors"]
    assert quote(dingtalk_sign(ding["secret"], int(ding["timestamp"])), safe="") == ding["sign"]
    assert feishu_sign(feishu["secret"], int(feishu["timestamp"])) == feishu["sign"]


def test_a_group_reads_subject_and_text(robots: Robots, vendor: str) -> None:
    assert _sent(robots, vendor).state is State.ACCEPTED
    (said,) = robots.said
    assert said.text == f"{a_message().subject}\n水位超警"
    assert not said.calls_all


def test_everybody_is_called_to_what_is_urgent_where_that_is_set(
    robots: Robots, vendor: str
) -> None:
    _sent(robots, vendor, at_all=True, text='<at user_id="all"></at>')
    _sent(robots, vendor, at_all=False, kind="urgent")
    _sent(robots, vendor, at_all=True, kind="urgent")
    assert [said.calls_all for said in robots.said] == [False, False, True]


@pytest.mark.parametrize("signer", ["dingtalk", "feishu"])
def test_a_wrong_secret_is_a_fault_of_the_settings(robots: Robots, signer: str) -> None:
    receipt = _sent(robots, signer, room=robots.address(signer) + "x")
    assert (receipt.state, receipt.fault, robots.said) == (State.FAILED, Fault.SETTINGS, [])


def test_no_more_leave_in_a_minute_than_the_vendors_allow(robots: Robots, vendor: str) -> None:
    receipt = _sent(robots, vendor, times=21)
    assert (receipt.fault, len(robots.said)) == (Fault.BUSY, 20)
    assert 0 < receipt.wait_s <= 61


@pytest.mark.parametrize(("habit", "value", "fault"), [
    ("slow_s", 15.0, Fault.TIMEOUT), ("is_mute", True, Fault.ANSWER),
    ("nonsense", True, Fault.ANSWER), ("status", 503, Fault.BUSY), ("status", 302, Fault.ADDRESS),
    ("code", 40058, Fault.CONTENT),
])  # fmt: skip
def test_each_fault_has_its_word_and_no_key_in_its_reason(
    robots: Robots, vendor: str, habit: str, value: Any, fault: Fault
) -> None:
    setattr(robots.habits, habit, value)
    receipt = _sent(robots, vendor, timeout_s=1.0 if fault is Fault.TIMEOUT else 60.0)
    assert receipt.fault is fault
    assert KEY not in receipt.reason
    assert SECRET not in receipt.reason


@pytest.mark.parametrize(("which", "code"), [("wecom", 45009), ("dingtalk", 130101),
                                             ("feishu", 9499)])  # fmt: skip
def test_a_robot_that_is_asked_too_often_is_asked_again(
    robots: Robots, which: str, code: int
) -> None:
    robots.habits.code = code
    receipt = _sent(robots, which)
    assert (receipt.fault, receipt.may_retry, receipt.wait_s) == (Fault.BUSY, True, 60)


def test_the_own_network_is_out_of_bounds(robots: Robots, vendor: str) -> None:
    receipt = _sent(robots, vendor, allows_private=False)
    assert (receipt.state, receipt.fault, robots.said) == (State.REFUSED, Fault.ADDRESS, [])


def test_key_and_secret_are_shown_nowhere(robots: Robots, vendor: str) -> None:
    room = room_of(robots.address(vendor))
    assert room is not None
    shown = f"{room!r} {room.label} {Settings(rooms=(robots.address(vendor),))!r}"
    assert KEY not in shown
    assert SECRET not in shown
    with pytest.raises(Malformed) as caught:
        Settings(rooms=(f"slack+https://a.example/{KEY}",))
    assert KEY not in str(caught.value)


def test_a_group_that_is_not_set_is_refused(robots: Robots) -> None:
    chat = Chat(Settings(rooms=(robots.address("wecom"),), allows_private=True))
    assert chat.check(Address("chat", "wecom:elsewhere#00000000")) is not None
    assert chat.check(Address("email", "a@b.example")) is not None


def test_a_long_text_is_cut_between_signs() -> None:
    assert cut("汛" * 1_000, 2_048).encode()[-3:] == "…".encode()
    assert len(cut("汛" * 1_000, 2_048).encode()) <= 2_048
    assert cut("汛", 3) == "汛"
