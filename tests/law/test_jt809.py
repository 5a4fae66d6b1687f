"""JT/T 809: every message reads as it was written, and nothing that arrives costs a good frame."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.frames import Way
from anlan.connectors.jt809 import PROTOCOL
from anlan.connectors.jt809.cipher import PUBLISHED, Numbers, turned
from anlan.connectors.jt809.frame import Cutter, Head, framed, heads
from anlan.connectors.jt809.kinds import Inner, Old, Three, Utc
from anlan.connectors.jt809.opened import envelope_of
from anlan.connectors.jt809.tables import SUBS, read_message, write_message
from anlan.connectors.jt809.tables.links import LINKS
from tests.law.forms import OF, POSITIONS, STAMPS, groups, holds
from tests.law.talks import good, heard, says_something, splits_the_same

QUICK = settings(max_examples=40, deadline=None)
WORD, LONG = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
OLD = st.fixed_dictionaries(
    {
        "time": STAMPS, "lon": LONG.map(lambda n: n / 1e6), "lat": LONG.map(lambda n: n / 1e6),
        "speed_kmh": WORD, "recorder_speed_kmh": WORD, "mileage_km": LONG, "direction": WORD,
        "altitude_m": WORD, "status": LONG, "alarm": LONG,
    }
)  # fmt: skip
OF |= {
    Utc: lambda _, __: STAMPS.map(lambda text: f"{text.replace(' ', 'T')}Z"),
    Old: lambda _, __: OLD,
    Three: lambda _, __: st.lists(
        st.fixed_dictionaries({"platform": st.text("0123456789", max_size=11), "alarm": LONG}),
        min_size=3,
        max_size=3,
    ),
    Inner: lambda _, __: OLD | POSITIONS.map(lambda where: where | {"items": []}),
}
MESSAGES = {number: group for number, (_, group) in (LINKS | SUBS).items()}


@pytest.mark.parametrize("number", sorted(MESSAGES), ids=lambda n: f"{n:04X}")
@settings(max_examples=4, deadline=None)
@given(st.data(), st.sampled_from([2011, 2019]))
def test_every_message_reads_as_it_was_written(
    number: int, data: st.DataObject, edition: int
) -> None:
    fields = data.draw(groups(MESSAGES[number], edition))
    body = write_message(number, fields, edition)
    read = read_message(number, body, edition)
    assert holds(read, fields)
    assert write_message(number, read, edition) == body


@st.composite
def links(draw: st.DrawFn) -> tuple[int, bytes]:
    number = draw(st.sampled_from([0x1001, 0x1003, 0x1005, 0x9101]))
    return number, write_message(number, draw(groups(MESSAGES[number], 2011)), 2011)


@st.composite
def envelopes(draw: st.DrawFn, data: st.SearchStrategy[bytes]) -> tuple[int, bytes]:
    family = draw(st.sampled_from([0x12, 0x13, 0x14, 0x15, 0x16, 0x18, 0x92, 0x95]))
    inner, sub = draw(data), draw(st.integers(1, 255))
    whose = draw(st.sampled_from([b"", "川A12345".encode("gbk").ljust(21, b"\0") + b"\2"]))
    said = bytes((family, sub)) + len(inner).to_bytes(4, "big") + inner
    return family << 8, whose + said


@st.composite
def frames(draw: st.DrawFn, body: st.SearchStrategy[tuple[int, bytes]]) -> bytes:
    number, said = draw(body)
    time = draw(st.none() | st.integers(1_500_000_000, 1_900_000_000))
    head = Head(0, draw(LONG), number, draw(LONG), draw(st.binary(min_size=3, max_size=3)), 0, 0)
    return framed(head._replace(time=time), said)


BYTES = st.binary(max_size=60) | st.lists(st.sampled_from(b"[]Z^\1\2"), max_size=60).map(bytes)
FRAMES = frames(links() | envelopes(BYTES))
BROKEN = st.builds(lambda frame, at: frame[: at % len(frame)], FRAMES, st.integers(0, 2000))
HOSTILE = st.sampled_from([b"[", b"]", b"[]", b"Z", b"^\2", b"[\0\0\4\0\0\0\0\0\x12\0", b"\0" * 40])
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=6).map(b"".join)
CUTS = st.lists(st.integers(0, 5000), max_size=12)


@QUICK
@given(st.integers(0, 1 << 32), LONG, st.none() | st.integers(946_684_800, 4_000_000_000), BYTES)
def test_a_frame_reads_as_it_was_written(
    sn: int, centre: int, time: int | None, body: bytes
) -> None:
    head = Head(0, sn & 0xFFFFFFFF, 0x1200, centre, b"\1\0\0", 0, 7, time)
    (piece,) = Cutter().feed(framed(head, body))
    length = len(piece.data) + 4
    assert (head._replace(length=length), body) in heads(piece.data)


@QUICK
@given(BYTES, LONG, st.builds(Numbers, LONG, LONG, LONG) | st.sampled_from(PUBLISHED))
def test_what_is_encrypted_twice_is_plain(body: bytes, key: int, numbers: Numbers) -> None:
    assert turned(turned(body, key, numbers), key, numbers) == body


@QUICK
@given(envelopes(BYTES))
def test_an_envelope_gives_back_what_it_holds(made: tuple[int, bytes]) -> None:
    found = envelope_of(*made)
    assert found is not None
    assert found.is_right
    assert made[1].endswith(found.data)


@QUICK
@given(st.lists(FRAMES | BROKEN | GARBAGE, max_size=6).map(b"".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    splits_the_same(PROTOCOL, data, cuts)


@QUICK
@given(st.lists(st.tuples(GARBAGE, FRAMES), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_frame(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    there = good(PROTOCOL, b"".join(garbage + frame for garbage, frame in parts), cuts)
    frames = [frame for _, frame in parts]
    assert [frame for frame in there if frame in frames] == frames


@QUICK
@given(
    st.sampled_from([*sorted(MESSAGES), 0x1200, 0x12FF, 0x7777]), LONG, BYTES,
    st.sampled_from([0, 1]), st.none() | st.integers(946_684_800, 4_000_000_000),
)  # fmt: skip
def test_no_input_raises(number: int, key: int, body: bytes, way: int, time: int | None) -> None:
    whose = "川A12345".encode("gbk").ljust(21, b"\0") + b"\2"
    inner = whose + number.to_bytes(2, "big") + len(body).to_bytes(4, "big") + body
    head = Head(0, 1, number, 1, b"\1\0\0", way, key, time)
    for data in (framed(head, body), framed(head._replace(id=number & 0xFF00), inner)):
        says_something(PROTOCOL, data)
        (frame,) = heard(PROTOCOL, data)
        assert frame.is_ok
        assert "body" in frame.fields


@pytest.mark.parametrize("bait", [b"[", b"]", b"[]", b"A", b"[\0\0\4\0\0\0\0\0\x12\0]", b"[Z\1"])
def test_hostile_bytes_take_time_like_their_number(bait: bytes) -> None:
    data: Any = bait * (250_000 // len(bait))
    talk, spent = PROTOCOL.talk(Way()), process_time()
    for at in range(0, len(data), 100):
        talk.feed(data[at : at + 100])
    assert process_time() - spent < 3
