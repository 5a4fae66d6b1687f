"""JT/T 1078: captured packets, and what is wrong is refused and says why."""

import pytest

from anlan.connectors.frames import Way
from anlan.connectors.jt1078 import PROTOCOL
from anlan.terms.errors import Malformed
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

VIDEO = "3031636481e2108801123456781001100000016bb392ca7c02800028"
DATA = bytes.fromhex("0000000161e1a2bf0098")
WHOLE = bytes.fromhex(VIDEO) + b"\0\x0a" + DATA


@pytest.mark.parametrize("vector", vectors("jt1078/rtp_packets.json"))
def test_captured_packets_say_what_they_are_known_to_say(vector: Vector) -> None:
    (frame,) = frames_of(PROTOCOL, vector.data)
    assert frame.is_ok == vector.is_good, frame.reason
    assert not unsaid(vector.expect, frame)


def test_data_that_is_passed_through_has_no_times() -> None:
    (frame,) = frames_of(PROTOCOL, bytes.fromhex("30316364815b0001013800001111014000024142"))
    assert (frame.header["type"], frame.header["bodyLen"]) == ("passed_through", 2)
    assert "timestamp_ms" not in frame.header


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (WHOLE[:-1], "cut short: 39 bytes of 40"),
        (WHOLE[:20], "cut short"),
        (b"31cd" + WHOLE[4:], "not this protocol"),
        (WHOLE[:15] + b"\x50" + WHOLE[16:], "no data of type 5"),
        (WHOLE[:8] + b"\xab" + WHOLE[9:], "no number"),
        (WHOLE[:28] + b"\xff\xff" + DATA, "wrong length: 65535 bytes of data"),
    ],
)
def test_what_is_wrong_is_refused_and_says_why(data: bytes, why: str) -> None:
    (frame,) = frames_of(PROTOCOL, data)
    assert why in frame.reason


def test_bytes_after_a_packet_are_told_by_themselves() -> None:
    frames = frames_of(PROTOCOL, WHOLE + b"\0\0")
    assert [frame.is_ok for frame in frames] == [True, False]


def test_there_is_no_setting() -> None:
    with pytest.raises(Malformed, match="has none"):
        PROTOCOL.talk(Way(words={"secret": "x"}))
