"""CMPP as octets: frames of others, every value back, and whatever an enemy sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.sms.cmpp.pdus import (
    V2,
    V3,
    ActiveTest,
    Connect,
    Deliver,
    Pdu,
    StatusReport,
    Submit,
    SubmitResp,
    decode,
    encode,
    pack,
    proof_of,
    unpack,
)
from anlan.channels.sms.session.frames import Frames
from anlan.channels.sms.text import piece_of
from anlan.terms.errors import Malformed
from tests.wire.channels.sms.vectors import vectors

_WORDS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=6)
_SUBMITS = st.builds(
    Submit, name=st.integers(0, 2**64 - 1), total=st.integers(1, 255), service=_WORDS,
    has_header=st.integers(0, 1), sender=_WORDS, content=st.binary(max_size=140),
    to=st.lists(st.from_regex(r"1[0-9]{10}", fullmatch=True), max_size=3).map(tuple),
)  # fmt: skip
_DELIVERS = st.builds(
    Deliver, name=st.integers(0, 2**64 - 1), sender=_WORDS, is_report=st.integers(0, 1),
    coding=st.sampled_from([0, 8, 15]), content=st.binary(max_size=140),
)  # fmt: skip


def _read(frame: bytes) -> tuple[int, Pdu, int] | None:
    """The unit of a frame in the version whose lengths fit."""
    for version in (V3, V2):
        try:
            return (*decode(frame, version), version)
        except Malformed:
            continue
    return None


def test_frames_of_others_are_read_and_written_back() -> None:
    seen = 0
    for one in vectors("cmpp/frames.json")["vectors"]:
        frame = bytes.fromhex(one["hex"])
        if one["expect"]["command"] == "FWD":
            continue  # between centres only
        found = _read(frame)
        assert found is not None, one["origin"]
        sequence, pdu, version = found
        assert sequence == one["expect"]["sequence"]
        assert encode(sequence, pdu, version) == frame
        seen += 1
    assert seen == 9


def test_a_submit_of_others_says_what_they_meant() -> None:
    (one,) = [v for v in vectors("cmpp/frames.json")["vectors"] if v.get("exact")]
    _, pdu = decode(bytes.fromhex(one["hex"]), V2)
    assert isinstance(pdu, Submit)
    assert (pdu.to, pdu.sender, pdu.service) == (("13500002696",), "900001", "test")
    assert piece_of(pdu.content, pdu.coding, has_header=False).text == "测试gocmpp submit"


def test_the_proof_is_that_of_others() -> None:
    told = vectors("cmpp/frames.json")["auth_example"]
    proof = proof_of(told["source_addr"], told["secret"], int(told["timestamp"]))
    assert proof.hex() == told["md5"]


@given(st.one_of(_SUBMITS, _DELIVERS), st.integers(0, 2**32 - 1), st.sampled_from([V2, V3]))
def test_what_is_written_is_read_back(pdu: Pdu, sequence: int, version: int) -> None:
    assert decode(encode(sequence, pdu, version), version) == (sequence, pdu)


@given(st.binary(max_size=300), st.sampled_from([1, 4, 5, 8, 0x80000004, 0x80000005, 77]))
def test_any_octets_are_a_unit_that_writes_back_or_malformed(body: bytes, command: int) -> None:
    frame = (12 + len(body)).to_bytes(4) + command.to_bytes(4) + b"\0\0\0\1" + body
    try:
        sequence, pdu = decode(frame, V3)
    except Malformed:
        return
    assert encode(sequence, pdu, V3) == frame


def test_a_report_is_read_back() -> None:
    told = StatusReport(77, "DELIVRD", "2601010000", "2601010001", "13800000001", 5)
    assert (len(pack(told, V3)), len(pack(told, V2))) == (71, 60)
    assert unpack(StatusReport, pack(told, V3), V3) == told


@given(st.data())
def test_frames_come_whole_however_the_stream_is_cut(data: st.DataObject) -> None:
    units = [encode(n, ActiveTest(), V3) for n in range(3)] + [encode(9, SubmitResp(5), V3)]
    stream, frames, found = b"".join(units), Frames(), list[bytes]()
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += frames.feed(stream[:size])
        stream = stream[size:]
    assert found == units


@pytest.mark.parametrize("length", [0, 11, 66_001, 0xFFFFFFFF])
def test_a_length_that_no_frame_has_is_not_waited_for(length: int) -> None:
    with pytest.raises(Malformed):
        Frames().feed(length.to_bytes(4) + b"x")


def test_what_a_field_does_not_hold_is_malformed() -> None:
    with pytest.raises(Malformed):
        encode(1, Submit(sender="1" * 22), V3)
    with pytest.raises(Malformed):
        encode(1, Connect("编号", bytes(16), V3, 1), V3)
