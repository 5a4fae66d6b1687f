"""Passwords and codes of devices stand in nothing that is shown, and their frames stay whole."""

from functools import reduce
from operator import xor

import pytest

from anlan.connectors.hj212.segment import Segment, write
from anlan.connectors.jt808.frame import Head, framed
from anlan.live.gateway.devices.covers import COVER, hidden
from anlan.live.gateway.protocols import names, speech_of
from tests.wire.stations import GOOD, REPORT, texted
from tests.wire.vectors import frames_of

_HEAD = {
    "QN": "20260701000000000",
    "ST": "31",
    "CN": "2011",
    "PW": "geheim",
    "MN": "A1",
    "Flag": "5",
}
HJ212 = write(Segment(_HEAD, "DataTime=20260701000000;a01001-Rtd=21.5,a01001-Flag=N")).rstrip()
TERMINAL = Head(0x0102, 2013, 0, "013800000001", "13800000001", 7, 0, 0)
SIGN_IN = (b"##\x05\xfe" + b"PLATFORM000000001" + b"\x01" + (41).to_bytes(2, "big")
           + bytes((26, 7, 1, 8, 0, 0)) + b"\x00\x01" + b"platform-one"
           + b"geheim".ljust(20, b"\x00") + b"\x01")  # fmt: skip
CASES = {
    "hj212": (HJ212, b"geheim"),
    "jt808": (framed(TERMINAL, b"geheim"), b"geheim"),
    "jt808-2019": (
        framed(TERMINAL._replace(version=2019), b"\x06geheim" + b"1" * 15 + b"V1".ljust(20, b"\0")),
        b"geheim",
    ),
    "gb32960": (SIGN_IN + bytes((reduce(xor, SIGN_IN[2:]),)), b"geheim"),
    "sl651": (GOOD, bytes.fromhex("03e8")),
    "sl651-text": (texted("32", bytes.fromhex(REPORT[:4]).hex().upper() + REPORT[4:16]), b"03E8"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_frame_is_covered_and_says_all_else(case: str) -> None:
    raw, secret = CASES[case]
    speech = speech_of(case.partition("-")[0])
    before, after = frames_of(speech, raw), frames_of(speech, speech.covered(raw))
    assert secret in raw
    assert secret not in speech.covered(raw)
    assert [one.is_ok for one in after] == [one.is_ok for one in before] == [True]
    assert after[0].readings == before[0].readings
    assert after[0].device == before[0].device
    wrong = raw[:-2] + bytes((raw[-2] ^ 1,)) + raw[-1:]
    assert not any(one.is_ok for one in frames_of(speech, speech.covered(wrong)))
    assert secret not in speech.covered(raw[: raw.index(secret) + len(secret)])


@pytest.mark.parametrize("name", names())
def test_any_bytes_can_be_covered(name: str) -> None:
    covered = speech_of(name).covered
    for raw, _ in CASES.values():
        for end in range(len(raw)):
            assert isinstance(covered(raw[:end]), bytes)
            assert isinstance(covered(raw[end:]), bytes)


def test_what_came_of_a_question_shows_no_secret() -> None:
    """Neither in heads, nor in settings that stand by their name, nor in the bytes of a whole."""
    told = hidden(
        {
            "ask": "set_password", "words": {"password": "geheim"},
            "answers": [
                {"header": {"PW": "geheim", "MN": "A1"}, "fields": {"result": {"done": 1}}},
                {"header": {}, "fields": {"body": "6765", "parameters": [
                    {"name": "apn_password", "value": "geheim", "raw": "6765"}]}},
            ],
        },
        "",
    )  # fmt: skip
    assert "geheim" not in str(told)
    assert told["answers"][0] == {"header": {"PW": COVER, "MN": "A1"},
                                  "fields": {"result": {"done": 1}}}  # fmt: skip
    assert told["answers"][1]["fields"]["body"] == COVER
