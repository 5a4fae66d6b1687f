"""IEC 104: what is written reads the same, and nothing that arrives costs a good frame."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.iec104 import PROTOCOL
from anlan.connectors.iec104.apdu import (
    FUNCTIONS,
    HEAD_BYTES,
    Control,
    acknowledging,
    carrying,
    control_of,
    governing,
)
from anlan.connectors.iec104.asdu import Asdu, Piece, asdu_of, pieces_of, write_asdu
from anlan.connectors.iec104.kinds import KINDS, Kind
from anlan.connectors.iec104.parts import read_parts, write_parts
from tests.law.talks import good, reads_hostile_streams, says_something, splits_the_same

QUICK = settings(max_examples=50, deadline=None)
NUMBERS = st.integers(0, (1 << 15) - 1)
SIZED = [number for number, kind in KINDS.items() if kind.size >= 0]
ASDUS = st.builds(
    Asdu, kind=st.sampled_from(SIZED), number=st.just(0), cause=st.integers(0, 63),
    station=st.integers(0, 65_535), is_row=st.integers(0, 1), is_negative=st.integers(0, 1),
    is_test=st.integers(0, 1), origin=st.integers(0, 255),
)  # fmt: skip
CUTS = st.lists(st.integers(0, 2000), max_size=12)
HOSTILE = st.sampled_from([b"\x68", b"\x68\x04", b"\x68\xfd", b"\x68\x04\x07\x00", b"\x68\x0e\x00"])
GARBAGE = st.lists(HOSTILE | st.binary(max_size=30), max_size=10).map(b"".join)
QUIET = st.binary(max_size=40).map(lambda data: data.replace(b"\x68", b""))
"""Garbage in which nothing begins a frame: no check sum would tell one that is none."""


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Right ones of all forms."""
    form = draw(st.sampled_from("USI"))
    if form == "U":
        return governing(draw(st.sampled_from(list(FUNCTIONS))))
    if form == "S":
        return acknowledging(draw(NUMBERS))
    asdu = draw(ASDUS)
    size = KINDS[asdu.kind].size
    pieces = draw(
        st.lists(
            st.builds(Piece, st.integers(0, 0xFF_FFFF), st.binary(min_size=size, max_size=size)),
            min_size=1, max_size=8,
        )
    )  # fmt: skip
    return carrying(draw(NUMBERS), draw(NUMBERS), write_asdu(asdu, pieces))


@QUICK
@given(NUMBERS, NUMBERS, ASDUS, st.integers(0, 0xFF_FFF0), st.data())
def test_frames_read_as_they_were_written(
    sent: int, received: int, asdu: Asdu, address: int, more: st.DataObject
) -> None:
    kind = KINDS[asdu.kind]
    inside = st.binary(min_size=kind.size, max_size=kind.size)
    pieces = [Piece(address + n, more.draw(inside)) for n in range(3)]
    raw = carrying(sent, received, write_asdu(asdu, pieces))
    assert control_of(raw) == Control("I", sent, received)
    read = asdu_of(raw)
    assert read == asdu._replace(number=3)
    assert list(pieces_of(raw, read, kind)) == pieces
    assert len(raw) > HEAD_BYTES


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.size >= 0], ids=lambda kind: kind.name
)
def test_objects_read_as_they_were_written(kind: Kind) -> None:
    @settings(max_examples=20, deadline=None)
    @given(st.binary(min_size=kind.size, max_size=kind.size))
    def same(raw: bytes) -> None:
        told = read_parts(kind.parts, raw)
        again = read_parts(kind.parts, write_parts(kind.parts, told))
        assert again == told or told["value"] != told["value"]

    same()


@QUICK
@given(st.lists(frames() | GARBAGE, max_size=6).map(b"".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    splits_the_same(PROTOCOL, data, cuts)


@QUICK
@given(st.lists(st.tuples(QUIET, frames()), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_frame(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(garbage + frame for garbage, frame in parts)
    assert good(PROTOCOL, data, cuts) == [frame for _, frame in parts]


@QUICK
@given(st.lists(frames() | GARBAGE | st.binary(max_size=100), max_size=5).map(b"".join))
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


def test_hostile_streams_are_read_in_linear_time_and_little_is_kept() -> None:
    patterns = (b"\x68", b"\x68\xfd\x00\x00\x00\x00", b"\x68\x04\x07")
    reads_hostile_streams(PROTOCOL, patterns, keeps=PROTOCOL.most_bytes + 1_024)
