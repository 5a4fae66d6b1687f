"""SMPP as octets: frames of others, every value back, and whatever an enemy sends."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.sms.said import Fate, Word
from anlan.channels.sms.settings import Settings
from anlan.channels.sms.smpp import Smpp
from anlan.channels.sms.smpp.pdus import Deliver, SubmitResp, Unit, decode, encode
from anlan.terms.errors import Malformed
from tests.wire.channels.sms.vectors import vectors

_WORDS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=5)
_DELIVERS = st.builds(
    Deliver, service=_WORDS, sender=_WORDS, to=_WORDS, esm_class=st.integers(0, 255),
    coding=st.integers(0, 255), content=st.binary(max_size=255),
    options=st.lists(st.tuples(st.integers(0, 65_535), st.binary(max_size=20))).map(tuple),
)  # fmt: skip
TONGUE = Smpp(Settings(gateway="smpp://127.0.0.1", user="anlan", password="secret"))


def test_receipts_of_others_are_read_and_written_back() -> None:
    words = []
    for one in vectors("smpp/pdus.json")["vectors"]:
        frame = bytes.fromhex(one["hex"])
        unit = decode(frame)
        assert unit.sequence == one["expect"]["sequence"]
        assert encode(unit.sequence, unit.pdu, unit.status) == frame
        words.append(TONGUE.said(frame))
    reports = [word.report for word in words if isinstance(word, Word) and word.report]
    assert [(r.reference, r.fate) for r in reports] == [
        ("1d305b4c", Fate.DELIVERED), ("795920026", Fate.DELIVERED),
    ]  # fmt: skip


@given(_DELIVERS, st.integers(0, 2**32 - 1))
def test_what_is_written_is_read_back(pdu: Deliver, sequence: int) -> None:
    assert decode(encode(sequence, pdu)) == Unit(sequence, pdu)


@given(st.binary(max_size=200), st.sampled_from([4, 5, 9, 0x15, 0x80000004, 0x80000009, 77]))
def test_any_octets_are_a_unit_or_malformed(body: bytes, command: int) -> None:
    head = (16 + len(body)).to_bytes(4) + command.to_bytes(4) + bytes(8)
    try:
        unit = decode(head + body)
    except Malformed:
        return
    assert decode(encode(unit.sequence, unit.pdu, unit.status)) == unit


def test_an_answer_that_refuses_has_no_body() -> None:
    frame = encode(7, SubmitResp("x"), 0x58)
    assert len(frame) == 16
    assert decode(frame) == Unit(7, SubmitResp(), 0x58)
