"""JT/T 808: every message reads as it was written, and nothing that arrives costs a good frame."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.frames import Way
from anlan.connectors.jt808 import PROTOCOL
from anlan.connectors.jt808.frame import MOST, Cutter, Head, framed, judged
from anlan.connectors.jt808.tables import MESSAGES, read_message, write_message
from anlan.connectors.jt808.tables.parameters import NUMBERS, Parameter, kind_of
from tests.law.forms import OF, groups, holds, values
from tests.law.talks import good, heard, says_something

QUICK = settings(max_examples=40, deadline=None)
WORD, LONG = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)


def parameters(_: Parameter, version: int) -> st.SearchStrategy[dict[str, Any]]:
    def one(name: str) -> st.SearchStrategy[dict[str, Any]]:
        value = values(kind_of(NUMBERS[name]), version)
        return st.builds(dict, name=st.just(name), value=value)

    return st.sampled_from(sorted(NUMBERS)).flatmap(one)


OF[Parameter] = parameters


@pytest.mark.parametrize("number", sorted(MESSAGES), ids=lambda n: f"{n:04X}")
@settings(max_examples=4, deadline=None)
@given(st.data(), st.sampled_from([2013, 2019]))
def test_every_message_reads_as_it_was_written(
    number: int, data: st.DataObject, version: int
) -> None:
    fields = data.draw(groups(MESSAGES[number][1], version))
    body = write_message(number, fields, version)
    read = read_message(number, body, version)
    assert holds(read, fields)
    assert write_message(number, read, version) == body


@st.composite
def heads(draw: st.DrawFn) -> Head:
    version = draw(st.sampled_from([2013, 2019]))
    size = 20 if version == 2019 else 12
    bcd = draw(st.text("0123456789", min_size=size, max_size=size))
    number = draw(st.sampled_from([0x0200, 0x0704, 0x0102, 0x0801, 0x0001]) | WORD)
    phone = bcd.lstrip("0") or "0"
    return Head(number, version, int(version == 2019), bcd, phone, draw(WORD), 0, 0)


BODIES = st.binary(max_size=60) | st.lists(st.sampled_from([0x7D, 0x7E, 1, 2]), max_size=80).map(
    bytes
)
FRAMES = st.builds(framed, heads(), BODIES)
BROKEN = st.builds(lambda frame, at: frame[: at % len(frame)], FRAMES, st.integers(0, 2000))
HOSTILE = st.sampled_from([b"~", b"~~", b"}", b"}\x02", b"\x00" * 40, b"A" * (MOST + 5)])
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=6).map(b"".join)
CUTS = st.lists(st.integers(0, 5000), max_size=12)


@QUICK
@given(heads(), BODIES)
def test_a_frame_reads_as_it_was_written(head: Head, body: bytes) -> None:
    piece = judged(framed(head, body))
    assert piece.head == head._replace(length=len(body))
    assert piece.body == body


@QUICK
@given(heads(), st.binary(min_size=1024, max_size=2500))
def test_a_long_body_goes_in_parts(head: Head, body: bytes) -> None:
    pieces = list(Cutter().feed(framed(head, body)))
    parts = [piece.head for piece in pieces if piece.head]
    assert b"".join(piece.body for piece in pieces) == body
    assert [(one.total, one.part) for one in parts] == [
        (len(pieces), n) for n in range(1, len(pieces) + 1)
    ]


@QUICK
@given(st.lists(FRAMES | BROKEN | GARBAGE, max_size=6).map(b"".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    whole = heard(PROTOCOL, data)
    assert heard(PROTOCOL, data, cuts) == whole
    assert all(len(frame.raw) <= PROTOCOL.most_bytes for frame in whole)


@QUICK
@given(st.lists(st.tuples(GARBAGE, FRAMES), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_frame(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    there = good(PROTOCOL, b"".join(garbage + frame for garbage, frame in parts), cuts)
    assert [frame for _, frame in parts if frame in there] == [frame for _, frame in parts]


@QUICK
@given(st.lists(FRAMES, min_size=2, max_size=5))
def test_one_edge_serves_two_frames(frames: list[bytes]) -> None:
    shared = frames[0] + b"".join(frame[1:] for frame in frames[1:])
    assert good(PROTOCOL, shared) == frames


@QUICK
@given(st.sampled_from(sorted(MESSAGES)), heads(), st.binary(max_size=90))
def test_no_input_raises(number: int, head: Head, body: bytes) -> None:
    says_something(PROTOCOL, framed(head._replace(id=number), body))
    frame = heard(PROTOCOL, framed(head._replace(id=number), body))[0]
    assert frame.is_ok
    assert frame.fields["body"] == body.hex()


@pytest.mark.parametrize("bait", [b"~", b"}", b"~~}", b"A", b"~\x02\x00"])
def test_hostile_bytes_take_time_like_their_number(bait: bytes) -> None:
    data, talk, spent = bait * 50_000, PROTOCOL.talk(Way()), process_time()
    for at in range(0, len(data), 100):
        talk.feed(data[at : at + 100])
    assert process_time() - spent < 3
