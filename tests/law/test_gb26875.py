"""GB/T 26875.3: what is written reads the same, and nothing that arrives costs a good frame."""

from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.frames import Way
from anlan.connectors.gb26875 import PROTOCOL
from anlan.connectors.gb26875.heads import HEAD_BYTES, Head, read_head, write_frame
from anlan.connectors.gb26875.units import FORMS, Unit, read_unit, text_cell, text_in, write_unit
from tests.law.talks import good, heard, says_something, splits_the_same

BYTE, WORD = st.integers(0, 255), st.integers(0, 0xFFFF)
SIX = st.binary(min_size=6, max_size=6)
CELLS = {
    "point": st.binary(min_size=4, max_size=4),
    "text": st.binary(min_size=31, max_size=31),
    "long_text": st.binary(max_size=255),
    "time": SIX,
    "since": SIX,
    "value": st.integers(-0x8000, 0x7FFF),
    "system_state": WORD,
    "component_state": WORD,
}
HEADS = st.builds(
    Head, serial=WORD, main=BYTE, own=BYTE, sent=SIX, source=SIX, target=SIX,
    size=st.just(0), command=st.integers(1, 6),
)  # fmt: skip
CUTS = st.lists(st.integers(0, 5000), max_size=12)
HOSTILE = st.sampled_from([b"@@", b"##", b"@", b"#", b"\x00\x00", b"\x01\x04", b"\xff"])
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=12).map(b"".join)
QUICK = settings(max_examples=60, deadline=None)


@st.composite
def units(draw: st.DrawFn) -> Unit:
    """Of each type with a form, up to three objects."""
    kind = draw(st.sampled_from(sorted(FORMS)))
    cells = st.tuples(*(CELLS.get(name, BYTE) for name in FORMS[kind]))
    rows = draw(st.lists(cells, min_size=1, max_size=3))
    return Unit(kind, len(rows), FORMS[kind], rows)


FRAMES = st.builds(lambda head, unit: write_frame(head, write_unit(unit)), HEADS, units())
BROKEN = st.builds(lambda frame, at: frame[: at % len(frame)], FRAMES, st.integers(0, 2000))


@QUICK
@given(HEADS, units())
def test_what_is_written_reads_the_same(head: Head, unit: Unit) -> None:
    raw = write_frame(head, write_unit(unit))
    assert read_head(raw) == head._replace(size=len(raw) - 30)
    assert read_unit(raw[HEAD_BYTES:-3]) == unit
    assert write_unit(read_unit(raw[HEAD_BYTES:-3])) == raw[HEAD_BYTES:-3]


@QUICK
@given(st.text("一层走廊A1 火警", max_size=40))
def test_texts_come_back_as_far_as_they_fit(text: str) -> None:
    back = text_in(text_cell(text))
    assert text.startswith(back)
    assert back == text.rstrip() or len(back.encode("gb18030")) > 24


@QUICK
@given(st.lists(FRAMES | BROKEN | GARBAGE, max_size=6).map(b"".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    splits_the_same(PROTOCOL, data, cuts)


@QUICK
@given(st.lists(st.tuples(BROKEN | GARBAGE, FRAMES), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_frame(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(garbage + frame for garbage, frame in parts)
    there = good(PROTOCOL, data, cuts)
    assert [frame for _, frame in parts if frame in there] == [frame for _, frame in parts]


@QUICK
@given(st.lists(FRAMES | GARBAGE | st.binary(max_size=200), max_size=4).map(b"".join))
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


def test_a_byte_at_a_time_is_as_good() -> None:
    frame = write_frame(Head(1, 1, 1, bytes(6), bytes(6), bytes(6), 0, 2))
    data = (b"@@@" + frame + frame[:20] + frame) * 2
    assert heard(PROTOCOL, data, range(len(data))) == heard(PROTOCOL, data)
    assert good(PROTOCOL, data) == [frame] * 4


def test_hostile_streams_are_read_in_linear_time_and_little_is_kept() -> None:
    nearly = b"@@" + bytes(22) + b"\xff\x03"  # each begins a frame of 1053 bytes
    for pattern in (b"@", b"@@##", nearly, b"@" * 24 + bytes(24)):
        talk = PROTOCOL.talk(Way())
        piece = (pattern * 40_000)[:40_000]
        began = process_time()
        talk.feed(piece)
        once = process_time() - began
        began = process_time()
        for _ in range(4):
            talk.feed(piece)
        assert process_time() - began < 20 * once + 0.2
        rest = b"".join(frame.raw for frame in talk.end())
        assert len(rest) <= 2 * PROTOCOL.most_bytes
