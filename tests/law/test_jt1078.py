"""JT/T 1078: a packet reads as it was written, and nothing that arrives costs a good one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.jt1078 import PROTOCOL
from anlan.connectors.jt1078.packet import MARK, MOST_DATA, Packet, read_packet, write_packet
from tests.law.talks import good, heard, says_something, splits_the_same

QUICK = settings(max_examples=60, deadline=None)
WORD = st.integers(0, 0xFFFF)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    kind = draw(st.integers(0, 4))
    digits = draw(st.text("0123456789", min_size=10, max_size=11))
    phone = f"1{digits}".rjust(draw(st.sampled_from([12, 20])), "0")
    time = None if kind == 4 else draw(st.integers(1 << 32, (1 << 48) - 1))
    key, last = (draw(WORD) if kind < 3 else None for _ in range(2))
    data = draw(st.binary(max_size=60) | st.sampled_from([b"", MARK, MARK * 9, b"\0" * MOST_DATA]))
    coding = draw(st.integers(0, 127))
    return write_packet(
        Packet(
            0x81, draw(st.booleans()), coding, draw(WORD), phone, draw(st.integers(1, 37)), kind,
            draw(st.integers(0, 3)), time, key, last, data,
        )
    )  # fmt: skip


PACKETS = packets()
BROKEN = st.builds(lambda raw, at: raw[: at % len(raw)], PACKETS, st.integers(0, 2000))
GARBAGE = st.binary(max_size=40).filter(lambda data: b"0" not in data)
CUTS = st.lists(st.integers(0, 3000), max_size=12)


@QUICK
@given(PACKETS)
def test_a_packet_reads_as_it_was_written(raw: bytes) -> None:
    assert write_packet(read_packet(raw)) == raw
    (frame,) = heard(PROTOCOL, raw)
    assert frame.is_ok, frame.reason
    assert frame.header["sim"].lstrip("0") == frame.device


@QUICK
@given(st.lists(PACKETS | BROKEN | st.binary(max_size=60), max_size=6).map(b"".join), CUTS)
def test_any_split_gives_the_same_packets(data: bytes, cuts: list[int]) -> None:
    splits_the_same(PROTOCOL, data, cuts)


@QUICK
@given(st.lists(st.tuples(GARBAGE, PACKETS), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_packet(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    there = good(PROTOCOL, b"".join(garbage + raw for garbage, raw in parts), cuts)
    assert there == [raw for _, raw in parts]


@QUICK
@given(st.binary(max_size=80))
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, MARK + data)


@pytest.mark.parametrize("size", [12, 20])
def test_a_phone_is_found_in_either_size(size: int) -> None:
    phone = "13800001111".rjust(size, "0")
    raw = write_packet(Packet(0x81, True, 98, 1, phone, 2, 0, 0, 1000, 40, 40, b"\0\0\0\1g"))
    (frame,) = heard(PROTOCOL, raw)
    assert (frame.device, frame.header["channel"]) == ("13800001111", 2)
