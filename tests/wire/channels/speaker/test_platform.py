"""Loudspeakers through a broadcast platform over real sockets, and each thing that goes wrong."""

import hashlib
import time
from pathlib import Path

import pytest

from anlan.channels import Address, Fault, State, Status
from anlan.channels.speaker.ebd.words import Played
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import a_message
from tests.wire.channels.speaker.conftest import (
    FAR,
    ONE,
    TWO,
    VILLAGE,
    Way,
    a_notice,
    a_speech,
    cap_xml,
    clock,
    eventually,
)

WAV = b"RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + bytes(16) + b"data\x08\x00\x00\x00sounding"


def test_a_warning_is_played_and_the_terminal_tells(way: Way) -> None:
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (State.ACCEPTED, None)
    (played,) = way.terminals.played()
    said = played.said
    assert (played.terminal, said.title, said.level) == (ONE, "发布洪水红色预警", 1)
    assert (said.language, said.text, said.event) == ("zho", "沿岸各村立即转移。", "11A01")
    assert (said.is_cancel, said.is_drill, said.audio) == (False, False, None)
    (word,) = way.hears()
    assert word.receipt is not None
    assert (word.reference, word.receipt.state) == (receipt.reference, State.DELIVERED)
    way.speaker.take([word.key])
    assert way.speaker.heard(10) == []


def test_one_village_is_all_its_loudspeakers(way: Way) -> None:
    assert way.send(to=VILLAGE).state is State.ACCEPTED
    assert [one.terminal for one in way.terminals.played()] == [ONE, TWO]


def test_the_end_of_a_warning_stops_what_plays(way: Way) -> None:
    way.terminals._play_s = 60.0
    first = way.send()
    cancel = cap_xml("W-2", msg_type="Cancel",
                     references="anlan@wutong.example,W-1,2026-07-01T08:00:00+08:00")  # fmt: skip
    assert way.send(a_notice("n-2", body=cancel)).state is State.ACCEPTED
    words = {word.reference: word.receipt for word in way.hears(2)}
    assert len(words) == 2
    (fate,) = way.terminals.fates(first.reference, way.door.platform.faults)
    assert fate.state is Played.STOPPED


def test_what_plays_still_is_told_only_when_it_ends(way: Way) -> None:
    way.terminals._play_s = 600.0
    way.send()
    time.sleep(0.2)
    assert way.speaker.heard(10) == []
    (played,) = way.terminals.played()
    played.until_s = time.monotonic()
    assert len(way.hears()) == 1


def test_another_try_is_not_played_twice(way: Way) -> None:
    way.has(cut_each=1)
    assert way.send().state is State.FAILED
    way.has()
    assert way.send().state is State.ACCEPTED
    assert len(way.terminals.played()) == 1


def test_a_recording_goes_before_speech_and_comes_whole(way: Way, tmp_path: Path) -> None:
    digest = hashlib.sha1(WAV, usedforsecurity=False).hexdigest()
    (tmp_path / digest).write_bytes(WAV)
    way.again(recordings=tmp_path, speech=a_speech(tmp_path))
    assert way.send(a_notice(body=cap_xml(digest=digest))).state is State.ACCEPTED
    (played,) = way.terminals.played()
    assert played.said.audio is not None
    assert (played.said.audio.name, played.said.audio.data) == ("recorded.wav", WAV)


def test_a_recording_that_was_changed_is_not_played(way: Way, tmp_path: Path) -> None:
    digest = "0" * 40
    (tmp_path / digest).write_bytes(WAV)
    way.again(recordings=tmp_path)
    way.send(a_notice(body=cap_xml(digest=digest)))
    assert way.terminals.played()[0].said.audio is None


def test_a_program_of_the_machine_speaks_the_text(way: Way, tmp_path: Path) -> None:
    way.again(speech=a_speech(tmp_path))
    way.send()
    audio = way.terminals.played()[0].said.audio
    assert audio is not None
    text = "沿岸各村立即转移。".encode()
    assert audio.data.endswith(b"data" + len(text).to_bytes(4, "little") + text)
    assert audio.data[4:8] == (len(audio.data) - 8).to_bytes(4, "little")


@pytest.mark.parametrize("speech", ["no-such-program-here", "false", "echo hello", "'"])
def test_without_speech_the_text_goes_alone(way: Way, speech: str) -> None:
    way.again(speech=speech)
    assert way.send().state is State.ACCEPTED
    assert way.terminals.played()[0].said.audio is None


def test_a_drill_says_so_in_text_and_in_its_mark(way: Way) -> None:
    note = cap_xml(status="Exercise", note="【演练】")
    way.send(a_notice(status=Status.EXERCISE, body=note))
    said = way.terminals.played()[0].said
    assert said.is_drill
    assert said.title.startswith("【演练】")
    assert said.text.startswith("【演练】")


def test_a_terminal_that_fails_is_told_with_its_reason(way: Way) -> None:
    way.has(failing=(ONE,))
    way.send()
    (word,) = way.hears()
    assert word.receipt is not None
    assert (word.receipt.state, word.receipt.fault) == (State.REFUSED, Fault.RECIPIENT)
    assert "功放故障" in word.receipt.reason


def test_of_a_silent_terminal_nothing_is_told(way: Way) -> None:
    way.has(silent=(ONE,))
    way.send()
    way.send(a_notice("n-2"), to=TWO)
    assert len(way.hears()) == 1
    time.sleep(0.3)
    assert len(way.speaker.heard(10)) == 1


def test_of_terminals_named_twice_one_word_comes(way: Way) -> None:
    way.has(doubled=True)
    way.send()
    (word,) = way.hears()
    way.speaker.take([word.key])
    way.send()
    time.sleep(0.3)
    assert way.speaker.heard(10) == []


def test_word_of_another_broadcast_is_not_believed(way: Way) -> None:
    way.has(strange=True)
    way.send()
    time.sleep(0.3)
    assert way.speaker.heard(10) == []
    way.has()
    assert len(way.hears()) == 1


def test_it_is_asked_on_after_the_platform_was_down(way: Way) -> None:
    way.has(silent=(ONE,))
    receipt = way.send()
    way.again()
    way.has(down=True)
    way.speaker.expect([receipt.reference])
    time.sleep(0.2)
    way.has()
    (word,) = way.hears()
    assert word.reference == receipt.reference


@pytest.mark.parametrize(
    ("faults", "fault"),
    [
        ({"down": True}, Fault.ANSWER),
        ({"busy": True}, Fault.BUSY),
        ({"nonsense": True}, Fault.ANSWER),
        ({"slow_s": 15.0}, Fault.TIMEOUT),
    ],
)
def test_a_platform_in_trouble_is_tried_again(
    way: Way, faults: dict[str, object], fault: Fault
) -> None:
    if fault is Fault.TIMEOUT:
        way.again(timeout_s=2.0)
    way.has(**faults)
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (State.FAILED, fault)
    assert receipt.may_retry


def test_whom_the_platform_does_not_know_is_refused(way: Way) -> None:
    receipt = way.send(to="440000000000")
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.CONTENT)
    assert "no such terminal" in receipt.reason


def test_a_package_of_a_stranger_is_not_played(way: Way) -> None:
    way.again(secret="41" * 32)
    receipt = way.send()
    assert receipt.state is State.REFUSED
    assert "signature" in receipt.reason
    assert way.terminals.played() == []


def test_an_answer_that_somebody_else_signed_is_not_believed(way: Way) -> None:
    way.again(platform_key=way.settings().seal.public.hex())
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.ANSWER)


@pytest.mark.parametrize("code", ["", "12", "3310991012013140100x", "1" * 30])
def test_what_is_no_code_is_refused_and_nobody_asked(way: Way, code: str) -> None:
    assert way.speaker.check(Address("speaker", code)) is not None
    assert way.send(to=code).fault is Fault.ADDRESS


def test_a_notice_without_a_warning_is_refused(way: Way) -> None:
    receipt = way.speaker.send(a_message(), Address("speaker", FAR), now_ms=clock())
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.CONTENT)


@pytest.mark.parametrize(
    ("name", "value"),
    [("source", "1"), ("platform", "ftp://x"), ("secret", "zz"), ("serial", ""),
     ("secret", "f" * 64), ("platform_key", "04")],
)  # fmt: skip
def test_wrong_settings_are_named(way: Way, name: str, value: str) -> None:
    with pytest.raises(Malformed) as told:
        way.settings(**{name: value})
    assert value not in str(told.value) or len(value) < 4


def test_a_long_silence_costs_no_word(way: Way) -> None:
    way.again(patience_s=0.1)
    way.has(silent=(ONE,))
    way.send()
    assert eventually(lambda: not way.speaker.is_waiting())
    assert way.speaker.heard(10) == []
