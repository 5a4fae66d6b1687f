"""GB/T 32960.3: what is written reads the same, and nothing that arrives costs a good frame."""

from functools import reduce
from operator import xor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.gb32960 import PROTOCOL
from anlan.connectors.gb32960.body import Body, Group
from anlan.connectors.gb32960.heads import ASKED, PLAIN, Head, check_of, read_head, write_frame
from anlan.connectors.gb32960.tables import (
    ENGINE,
    EXTREMES,
    FUEL_CELL_HEAD,
    FUEL_CELL_TAIL,
    MOTOR,
    VEHICLE,
    VOLTAGES,
    Cell,
)
from tests.law.talks import good, reads_hostile_streams, says_something, splits_the_same

VINS = st.text("ABCDEFGH0123456789", min_size=17, max_size=17).map(str.encode)
HEADS = st.builds(
    Head, command=st.integers(1, 0xFE), response=st.sampled_from([1, 2, 3, ASKED]), vin=VINS,
    encryption=st.sampled_from([PLAIN, 2, 3]), size=st.just(0),
)  # fmt: skip
CUTS = st.lists(st.integers(0, 5000), max_size=12)
HOSTILE = st.sampled_from(
    [b"##", b"#", b"\x02\xfe", b"ABCDEFGH012345678\x01", b"\x00\x10", b"\xff"]
)
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=12).map(b"".join)
QUICK = settings(max_examples=50, deadline=None)
REPORTS = st.lists(
    st.builds(lambda kind, inside: bytes([kind]) + inside, st.integers(1, 9) | st.just(0x80),
              st.binary(max_size=30)),
    max_size=4,
).map(lambda parts: bytes([24, 5, 14, 18, 18, 19]) + b"".join(parts))  # fmt: skip
FRAMES = st.builds(write_frame, HEADS, st.binary(max_size=80) | REPORTS)
BROKEN = st.builds(lambda frame, at: frame[: at % len(frame)], FRAMES, st.integers(0, 2000))


@QUICK
@given(HEADS, st.binary(max_size=300))
def test_frames_read_as_they_were_written(head: Head, data: bytes) -> None:
    raw = write_frame(head, data)
    assert read_head(raw) == head._replace(size=len(data))
    assert raw[24:-1] == data
    assert raw[-1] == reduce(xor, raw[2:-1]) == check_of(raw[2:-1])


@pytest.mark.parametrize(
    "cells", [VEHICLE, MOTOR, FUEL_CELL_HEAD, FUEL_CELL_TAIL, ENGINE, EXTREMES, VOLTAGES]
)
def test_groups_read_as_they_were_written(cells: list[Cell]) -> None:
    group = Group(cells)
    size = group._form.size

    @QUICK
    @given(st.binary(min_size=size, max_size=size))
    def same(raw: bytes) -> None:
        told = group.read(Body(raw, "it"))
        assert group.read(Body(group.write(told), "it")) == told

    same()


@QUICK
@given(st.lists(FRAMES | BROKEN | GARBAGE, max_size=6).map(b"".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    splits_the_same(PROTOCOL, data, cuts)


@QUICK
@given(st.lists(st.tuples(GARBAGE, FRAMES), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_frame(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(garbage + frame for garbage, frame in parts)
    splits_the_same(PROTOCOL, data, cuts)
    frames = [frame for _, frame in parts]
    alone = [frame for frame in frames if good(PROTOCOL, frame)]
    assert [one for one in good(PROTOCOL, data, cuts) if one in frames] == alone


@QUICK
@given(st.lists(FRAMES | GARBAGE | st.binary(max_size=200), max_size=4).map(b"".join))
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


def test_hostile_streams_are_read_in_linear_time_and_little_is_kept() -> None:
    nearly = b"##\x02\xfe" + b"A" * 17 + b"\x01\x70\x00"  # each begins a frame of 28 kB
    patterns = (b"#", b"##", nearly)
    reads_hostile_streams(PROTOCOL, patterns, keeps=PROTOCOL.most_bytes + 1_024)
