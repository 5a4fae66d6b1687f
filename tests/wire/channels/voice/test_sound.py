"""What a telephone hears: G.711, WAV of any rate, and key presses that come as they come."""

import hashlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.sound import spoken
from anlan.channels.voice.media.g711 import ALAW, ULAW, decoded, encoded
from anlan.channels.voice.media.rtp import Packet, Presses, event, unpacked
from anlan.channels.voice.media.wav import samples_of
from anlan.terms.errors import Malformed
from tests.wire.channels.voice.conftest import wav

EVERY = np.arange(-32_768, 32_768).astype(np.int16)


@pytest.mark.parametrize(
    ("law", "sums"),
    [
        (ALAW, ("38488f6fd710f468", "e04788d110e58ff8")),
        (ULAW, ("81d633c9e6972a18", "3dab54339e520bb2")),
    ],
)
def test_both_laws_are_those_of_pythons_audioop(law: int, sums: tuple[str, str]) -> None:
    octets = encoded(EVERY, law)
    assert hashlib.sha256(octets).hexdigest()[:16] == sums[0]
    samples = decoded(bytes(range(256)), law).astype("<i2")
    assert hashlib.sha256(samples.tobytes()).hexdigest()[:16] == sums[1]


@pytest.mark.parametrize(("rate", "voices"), [(8_000, 1), (22_050, 1), (44_100, 2), (11_025, 1)])
def test_a_tone_keeps_its_pitch_at_any_rate(rate: int, voices: int) -> None:
    sound = samples_of(wav(0.5, hertz=1_000, rate=rate, voices=voices))
    assert len(sound) == 4_000
    spectrum = np.abs(np.fft.rfft(sound.astype(np.float64)))
    assert np.argmax(spectrum) == 500
    assert np.max(np.abs(sound)) == pytest.approx(12_000, rel=0.1)


def test_a_program_that_failed_is_asked_anew_and_what_it_said_is_known(tmp_path: Path) -> None:
    program, sound = tmp_path / "speech", tmp_path / "sound"
    program.write_text(f"#!/bin/sh\ncat {sound}\n")
    program.chmod(0o755)
    assert spoken(str(program), "暴雨红色预警") is None
    sound.write_bytes(wav(0.1))
    assert spoken(str(program), "暴雨红色预警") == wav(0.1)
    sound.unlink()
    assert spoken(str(program), "暴雨红色预警") == wav(0.1)


def test_what_a_telephone_cannot_carry_does_not_fold_back() -> None:
    assert np.max(np.abs(samples_of(wav(0.5, hertz=7_000)))) < 600


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3", wav(0.1)[:40], wav(91, rate=8_000)])
def test_what_is_no_sound_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        samples_of(data)


def a_press(sign: str, *, stamp: int, is_over: bool = False) -> Packet:
    payload = event(sign, is_over=is_over, duration=160)
    return unpacked(bytes(Packet(kind=101, sequence=1, stamp=stamp, source=1, payload=payload)))


def test_a_press_counts_once_by_its_end() -> None:
    presses = Presses()
    told = [presses.hear(a_press("1", stamp=7, is_over=over), 0.0)
            for over in (False, False, True, True, True, False)]  # fmt: skip
    assert "".join(told) == "1" == told[2]


def test_the_same_key_again_counts_again() -> None:
    presses = Presses()
    told = [presses.hear(a_press("5", stamp=stamp, is_over=True), 0.0) for stamp in (1, 1, 2)]
    assert told == ["5", "", "5"]


def test_a_press_whose_end_is_lost_counts_when_nothing_more_comes() -> None:
    presses = Presses()
    assert presses.hear(a_press("1", stamp=7), 10.0) == ""
    assert (presses.lapse(10.1), presses.lapse(10.5), presses.lapse(11.0)) == ("", "1", "")
    assert presses.hear(a_press("1", stamp=7, is_over=True), 11.0) == ""


def test_a_press_whose_end_is_lost_counts_before_the_next() -> None:
    presses = Presses()
    presses.hear(a_press("2", stamp=7), 0.0)
    assert presses.hear(a_press("1", stamp=8, is_over=True), 0.1) == "21"


@given(st.binary(max_size=64))
def test_whatever_comes_is_a_packet_or_malformed(data: bytes) -> None:
    with suppress(Malformed):
        Presses().hear(unpacked(data), 0.0)
