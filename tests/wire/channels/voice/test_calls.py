"""Calls to telephones that do everything a telephone does, over real sockets."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from anlan.channels import Address, Fault, State, Status
from anlan.channels.voice.media.g711 import Samples
from anlan.channels.voice.sip.wire import Timers
from anlan.sandtable.sinks.voice import Faults, Rung, Switch
from tests.wire.channels.voice.conftest import NUMBER, Calls


def pitch(sound: Samples) -> int:
    """The loudest tone of a sound, Hz."""
    spectrum = np.abs(np.fft.rfft(sound.astype(np.float64)))
    return round(float(np.argmax(spectrum)) * 8_000 / len(sound))


def is_over(calls: list[Rung]) -> bool:
    return bool(calls) and calls[-1].state == "over"


@pytest.mark.parametrize(
    "faults",
    [
        Faults(press="1", press_after_s=0.1),
        Faults(press="1", press_after_s=0.1, doubled=True),
        Faults(press="1", press_after_s=0.1, endless=True),
        Faults(press="1", press_after_s=0.1, by_info=True),
        Faults(press="1", press_after_s=0.1, slow_s=0.4),
    ],
    ids=["a key", "its packets twice", "its end lost", "by INFO", "after ringing long"],
)
def test_the_digit_confirms_once(switch: Switch, caller: Calls, faults: Faults) -> None:
    switch.faults = faults
    one = caller(switch.uri, pause_s=20.0)
    receipt = one.call()
    assert (receipt.state, receipt.reason) == (State.DELIVERED, "")
    assert [(w.text, w.kind, w.address, w.message) for w in one.words] == [
        ("1", "voice", NUMBER, "watch.17:raised")
    ]
    assert switch.wait(is_over)


def test_pressed_twice_in_one_call_confirms_once(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(press="1", press_after_s=0.1, twice=True)
    one = caller(switch.uri, pause_s=20.0)
    assert one.call().state is State.DELIVERED
    assert one.keys == "1"


def test_to_pick_up_does_not_confirm(switch: Switch, caller: Calls) -> None:
    one = caller(switch.uri)
    receipt = one.call()
    assert (receipt.state, receipt.reason) == (State.ACCEPTED, "picked up, not confirmed")
    assert (receipt.may_retry, one.words) == (False, [])
    assert switch.wait(is_over)


def test_another_key_is_heard_and_does_not_confirm(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(press="2#", press_after_s=0.05)
    one = caller(switch.uri, pause_s=4.0)
    receipt = one.call()
    assert (receipt.state, one.keys) == (State.ACCEPTED, "2#")
    assert receipt.reason == "picked up, not confirmed"


def test_whoever_hangs_up_has_not_confirmed(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(stays_s=0.2)
    begun = time.monotonic()
    receipt = caller(switch.uri, times=9, pause_s=10.0).call()
    assert (receipt.state, receipt.reason) == (State.ACCEPTED, "picked up, not confirmed")
    assert time.monotonic() - begun < 30  # not until all is said


@pytest.mark.parametrize(
    ("faults", "state", "fault", "reason"),
    [
        (Faults(busy=("138",)), State.FAILED, Fault.BUSY, "the line is busy"),
        (Faults(declining=("138",)), State.REFUSED, Fault.RECIPIENT, "the call was declined"),
        (Faults(unknown=("138",)), State.REFUSED, Fault.RECIPIENT, "there is no such number"),
        (Faults(silent=("138",)), State.FAILED, Fault.TIMEOUT, "nobody picked up"),
        (Faults(down=True), State.FAILED, Fault.UNREACHABLE,
         "the telephone exchange cannot be reached"),
    ],
)  # fmt: skip
def test_each_end_has_its_name(
    switch: Switch, caller: Calls, faults: Faults, state: State, fault: Fault, reason: str
) -> None:
    switch.faults = faults
    more: dict[str, object] = {"ring_s": 0.5} if faults.silent else {}
    more |= {"timers": Timers(t1=0.02, t2=0.1)} if faults.down else {}
    receipt = caller(switch.uri, **more).call()
    assert (receipt.state, receipt.fault) == (state, fault)
    assert receipt.reason.startswith(reason)
    assert receipt.may_retry == (state is State.FAILED)


def test_what_rings_too_long_rings_no_more(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(silent=("138",))
    caller(switch.uri, ring_s=0.3).call()
    assert switch.wait(lambda calls: calls[-1].state == "request terminated")


def test_a_telephone_that_hangs_keeps_nobody(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(hanging=("138",), stays_s=0.1)
    begun = time.monotonic()
    receipt = caller(switch.uri).call()
    assert receipt.reason == "picked up, not confirmed"
    assert time.monotonic() - begun < 10  # not until its hanging up is answered


def test_a_wrong_password_is_told_and_not_tried_for_ever(switch: Switch, caller: Calls) -> None:
    receipt = caller(switch.uri, password="wrong").call()
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.SETTINGS)
    assert receipt.reason.startswith("the telephone exchange refuses the login")
    assert not switch.rung()


def test_it_registers_where_the_exchange_wants_it(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(stays_s=0.1)
    one = caller(switch.uri, registers=True)
    assert one.call().state is one.call().state is State.ACCEPTED
    assert len(switch.registered) == 1


def test_a_drill_is_never_said_with_the_voice_of_the_actual(
    switch: Switch, caller: Calls, recordings: Path
) -> None:
    one = caller(switch.uri)
    for status, hertz in ((Status.ACTUAL, 440), (Status.EXERCISE, 880)):
        one.call(status=status)
        assert switch.wait(is_over)
        assert abs(pitch(switch.rung()[-1].sound) - hertz) < 5
    (recordings / "exercise.wav").unlink()
    receipt = one.call(status=Status.EXERCISE)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.SETTINGS)
    assert len(switch.rung()) == 2


def test_a_program_speaks_the_mark_first(switch: Switch, caller: Calls, tmp_path: Path) -> None:
    program, said = tmp_path / "speech", tmp_path / "said"
    program.write_text(f"#!/bin/sh\ncat >> {said}; echo $1 >> {said}; cat {tmp_path}/test.wav\n")
    program.chmod(0o755)
    switch.faults = Faults(stays_s=0.5)
    one = caller(switch.uri, speech=f"{program} {{language}}")
    one.call(status=Status.EXERCISE, text="【演练】暴雨红色预警。请按1确认。")
    assert said.read_text().startswith("这是演练。这是演练。暴雨红色预警。请按1确认。cmn")
    said.unlink()
    one.call(status=Status.TEST, text="TEST: Rain.", language="en")
    assert said.read_text().startswith("This is a test. This is a test. Rain.en")


def test_without_a_voice_it_says_so(switch: Switch, caller: Calls) -> None:
    receipt = caller(switch.uri, recordings=None).call()
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.SETTINGS)
    assert receipt.reason.startswith("nothing can speak here")
    assert not switch.rung()


def test_sound_keeps_its_pace(switch: Switch, caller: Calls) -> None:
    caller(switch.uri, times=4).call()
    assert switch.wait(is_over)
    rung = switch.rung()[-1]
    took_s = rung.arrived_s[-1] - rung.arrived_s[0]
    said_s = len(rung.octets) / 8_000
    assert said_s > 3
    assert took_s > said_s / 2  # never in a hurry; a busy machine hears the first of it late


def test_only_what_is_kept_is_thanked_for(
    switch: Switch, caller: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.channels.voice.call._KEEPING_S", 0.3)
    switch.faults = Faults(press="1", press_after_s=0.1)
    one = caller(switch.uri)
    one.keeps = False
    receipt = one.call()
    assert receipt.state is State.DELIVERED
    assert len(one.voice.heard(9)) == 1  # still there, for whoever keeps it
    assert switch.wait(is_over)


def test_no_more_calls_than_lines(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(silent=("138",))
    one = caller(switch.uri, lines=1)
    first = threading.Thread(target=one.call)
    first.start()
    assert switch.wait(lambda calls: len(calls) == 1)
    receipt = one.call("13900139000")
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.BUSY)
    one.voice.close()
    first.join()


def test_who_stops_hangs_up(switch: Switch, caller: Calls) -> None:
    one, found = caller(switch.uri, times=9, timeout_s=60), []
    thread = threading.Thread(target=lambda: found.append(one.call()))
    thread.start()
    assert switch.wait(lambda calls: bool(calls) and calls[-1].state == "picked up")
    one.voice.close()
    thread.join(60)
    assert switch.wait(is_over)
    assert (found[0].state, found[0].may_retry) == (State.FAILED, True)


@pytest.mark.parametrize("value", ["", "x", "1", "宁", "sip:a@b", "1" * 40, "110", "+1;ext=2"])
def test_what_is_not_dialled_is_refused_before_anyone_rings(caller: Calls, value: str) -> None:
    voice = caller("sip:127.0.0.1:9").voice
    reason = voice.check(Address("voice", value))
    assert reason
    assert caller("sip:127.0.0.1:9").call(value).reason == reason


def test_numbers_are_dialled_as_their_network_knows_them(switch: Switch, caller: Calls) -> None:
    switch.faults = Faults(busy=("",))
    one = caller(switch.uri)
    for number in ("+86 138-0013-8000", "(0571) 8800 1234", "+852 9123 4567", "8001"):
        one.call(number)
    assert [rung.to for rung in switch.rung()] == [
        NUMBER, "057188001234", "+85291234567", "8001",
    ]  # fmt: skip
    caller(switch.uri, prefix="9").call()
    assert switch.rung()[-1].to == f"9{NUMBER}"
