"""The channel towards a message centre over real sockets, and each thing that may go wrong."""

import threading
import time

import pytest

from anlan.channels import Address, Fault, State
from tests.wire.channels.conftest import a_message
from tests.wire.channels.sms.conftest import PHONE, Way, clock, eventually

LONG = "红色预警:清水河水位超保证水位,沿岸各村立即转移。" * 8


def test_a_text_reaches_the_phone_and_the_report_comes_back(way: Way) -> None:
    receipt = way.send()
    assert (receipt.state, way.texts()) == (State.ACCEPTED, {PHONE: ["清水河超警"]})
    (word,) = way.hears()
    assert word.receipt is not None
    assert (word.reference, word.receipt.state) == (receipt.reference, State.DELIVERED)
    assert way.centre.untold == 1  # not acknowledged until it is kept
    way.sms.take([word.key])
    assert eventually(lambda: way.centre.untold == 0)
    assert way.sms.heard(10) == []


def test_a_long_text_comes_whole_and_is_reported_once(way: Way) -> None:
    receipt = way.send(LONG)
    assert (receipt.state, way.texts()) == (State.ACCEPTED, {PHONE: [LONG]})
    assert len(way.centre.phones.raw()) == 3
    assert eventually(lambda: way.centre.untold == 1)
    (word,) = way.hears()
    assert word.reference == receipt.reference


def test_english_takes_fewer_parts_and_red_may_flash(way: Way) -> None:
    sms = way.again(flash=True)
    text = "Flood warning red. Leave the river bank now, go to the school. " * 4
    sms.send(a_message(text=text, kind="urgent"), Address("sms", "+8613800138000"), now_ms=clock())
    assert way.texts() == {PHONE: [text]}
    got = way.centre.phones.raw()
    assert (len(got), all(one.is_flash for one in got)) == (2, True)


def test_what_is_no_number_is_refused_and_nobody_asked(way: Way) -> None:
    assert way.sms.check(Address("sms", "0571-88880000")) is not None
    assert way.send(to="0571-88880000").fault is Fault.ADDRESS
    assert way.centre.logins == 0


def test_a_number_that_is_refused_is_not_tried_again(way: Way) -> None:
    way.has(refused=("139", "86139"))
    receipt = way.send(to="13900000001")
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.RECIPIENT)
    assert way.send(to=PHONE, key="k2").state is State.ACCEPTED


def test_what_the_network_cannot_deliver_is_told(way: Way) -> None:
    way.has(failing=("138", "86138"))
    receipt = way.send(LONG)
    assert receipt.state is State.ACCEPTED
    words = way.hears()
    assert {word.reference for word in words} == {receipt.reference}
    assert [w.receipt.state for w in words if w.receipt] == [State.REFUSED]
    assert words[0].receipt is not None
    assert words[0].receipt.reason == "the mobile network could not deliver it: UNDELIV"


def test_a_busy_centre_gets_only_the_parts_that_lack(way: Way) -> None:
    way.has(busy_each=2)
    receipt = way.send(LONG)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.BUSY)
    way.has()
    assert way.send(LONG).state is State.ACCEPTED
    assert len(way.centre.phones.raw()) == 3
    assert way.texts() == {PHONE: [LONG]}


def test_an_answer_that_comes_late_still_counts(way: Way) -> None:
    way.again(timeout_s=1.5)
    way.has(slow_s=5.0)
    assert way.send().fault is Fault.TIMEOUT
    assert eventually(lambda: way.send().state is State.ACCEPTED)
    assert len(way.centre.phones.raw()) == 1


def test_a_connection_that_breaks_off_is_opened_again(way: Way) -> None:
    way.has(cut_each=1)
    receipt = way.send()
    assert (receipt.state, receipt.may_retry) == (State.FAILED, True)
    way.has()
    assert eventually(lambda: way.send().state is State.ACCEPTED)
    assert way.texts() == {PHONE: ["清水河超警"]}  # the phone shows it once


def test_reports_that_come_twice_are_one_word(way: Way) -> None:
    way.has(doubled=True)
    way.send()
    assert eventually(lambda: way.centre.untold == 2)
    words = way.hears()
    assert len(words) == 1
    way.sms.take([words[0].key])
    assert eventually(lambda: way.centre.untold == 0)


def test_what_was_not_kept_is_told_again_to_the_next_process(way: Way) -> None:
    receipt = way.send()
    assert len(way.hears()) == 1
    way.again()
    (word,) = way.hears()
    assert word.reference == receipt.reference


def test_a_long_reply_is_put_together_and_kept_before_it_is_acknowledged(way: Way) -> None:
    way.send()
    way.sms.take([word.key for word in way.hears()])
    phone = PHONE if way.scheme != "smpp" else "86" + PHONE
    way.centre.reply(phone, "收到,正在组织转移。" * 12)
    (word,) = way.hears()
    assert (word.address, word.text, word.receipt) == (PHONE, "收到,正在组织转移。" * 12, None)
    assert way.centre.untold == 2
    way.sms.take([word.key])
    assert eventually(lambda: way.centre.untold == 0)


def test_a_reply_reaches_who_has_sent_nothing_yet(way: Way) -> None:
    assert way.sms.heard(10) == []
    assert eventually(lambda: way.centre.logins == 1)
    way.centre.reply(PHONE, "1")
    assert [word.text for word in way.hears()] == ["1"]


def test_a_centre_that_answers_nonsense_delays_nothing_for_long(way: Way) -> None:
    way.again(timeout_s=1.5)
    way.has(nonsense=True)
    began_s = time.monotonic()
    receipt = way.send()
    assert receipt.state is State.FAILED
    assert time.monotonic() - began_s < 30  # for ever, if nothing ended it


def test_a_wrong_password_is_a_fault_of_the_settings(way: Way) -> None:
    way.again(password="wrong")
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.SETTINGS)


def test_a_centre_that_is_down_is_unreachable_and_used_again_when_it_is_back(way: Way) -> None:
    way.centre.__exit__()
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.UNREACHABLE)
    began_s = time.monotonic()
    assert way.send(key="k2").fault is Fault.UNREACHABLE
    assert time.monotonic() - began_s < 30  # nobody waits for what is known to be down
    with way.centre:
        assert eventually(lambda: way.send().state is State.ACCEPTED)


def test_a_quiet_line_is_asked_and_a_dead_one_left(way: Way) -> None:
    way.again(quiet_s=1.0)
    assert way.send().state is State.ACCEPTED
    time.sleep(2.2)  # longer than one that is not asked is kept
    assert way.send(key="k2").state is State.ACCEPTED
    assert way.centre.logins == 1


@pytest.mark.parametrize("rate", [20])
def test_no_more_leave_in_a_second_than_is_set(way: Way, rate: int) -> None:
    way.again(rate=rate, window=4)
    way.send(key="first")
    began_s = time.monotonic()
    threads = [
        threading.Thread(target=way.send, kwargs={"key": f"k{n}", "to": f"138000000{n:02}"})
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began_s >= 19 / rate
    assert len(way.texts()) == 21
