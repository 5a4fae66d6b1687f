"""DL/T 645: what is written reads the same, and nothing that arrives costs a good frame."""

from contextlib import suppress
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.dlt645.codec import Question, answer_to, answered, number_of
from anlan.connectors.dlt645.frame import MOST_BYTES, Frame, cutter, read, written
from anlan.connectors.dlt645.items import ITEMS, OLD_ITEMS, Item
from anlan.connectors.frames import BEIJING
from anlan.terms.errors import Malformed, Unavailable

QUICK = settings(max_examples=30, deadline=None)
ADDRESSES = st.text("0123456789", min_size=12, max_size=12)
FRAMES = st.builds(Frame, ADDRESSES, st.integers(0, 255), st.binary(max_size=60))
GARBAGE = st.sampled_from([b"", b"\xfe\xfe", b"\x68", b"\x68" * 9, b"\x00\x16", b"\x68\xaa\x68"])
CUTS = st.lists(st.integers(0, 500), max_size=6)
NUMBERS = st.integers(0, 799_999)


def frames_in(data: bytes, cuts: list[int]) -> list[Frame]:
    """The good frames of a stream that arrives in pieces."""
    cut, found = cutter(), list[tuple[bytes, str]]()
    for start, end in pairwise([0, *sorted(at % (len(data) + 1) for at in cuts), len(data)]):
        found += cut.feed(data[start:end])
    return [read(raw) for raw, reason in found + cut.end() if not reason]


@QUICK
@given(FRAMES, st.integers(0, 8))
def test_frames_read_as_they_were_written(frame: Frame, wakes: int) -> None:
    assert read(written(frame, wakes)) == frame


@QUICK
@given(st.lists(st.tuples(GARBAGE, FRAMES), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_frame(parts: list[tuple[bytes, Frame]], cuts: list[int]) -> None:
    data = b"".join(garbage + written(frame) for garbage, frame in parts)
    whole = frames_in(data, [])
    assert whole == frames_in(data, cuts)
    assert set(whole) >= {frame for _, frame in parts}


@QUICK
@given(st.binary(max_size=300), CUTS)
def test_no_stream_raises(data: bytes, cuts: list[int]) -> None:
    assert frames_in(data, cuts) == frames_in(data, [])
    with suppress(Malformed):
        assert len(read(data).data) < MOST_BYTES


@QUICK
@given(FRAMES, st.sampled_from(sorted(ITEMS)))
def test_no_answer_raises_anything_but_a_reason(frame: Frame, di: str) -> None:
    with suppress(Malformed, Unavailable):
        data = answered(Question(frame.address, "2007", di), frame)
        if data is not None:
            number_of(ITEMS[di], data, 0, BEIJING)


@QUICK
@given(st.sampled_from(sorted(ITEMS)) | st.sampled_from(sorted(OLD_ITEMS)), NUMBERS, st.booleans())
def test_numbers_read_as_they_were_told(di: str, number: int, is_minus: bool) -> None:
    edition = "2007" if di in ITEMS else "1997"
    item = (ITEMS if edition == "2007" else OLD_ITEMS)[di]
    if item.kind != "number":
        return
    number %= 8 * 10 ** (2 * item.size - 1)
    data = _digits(item, number, is_minus=is_minus)
    question = Question("1" * 12, edition, di)  # type: ignore[arg-type]  # one of the two words
    said = read(written(answer_to(question.frame, question.address, data)))
    told = answered(question, said)
    assert told == data
    read_back = number_of(item, data, 0, BEIJING)
    sign = -1 if is_minus and item.is_signed else 1
    assert read_back == sign * number / 10**item.decimals


def _digits(item: Item, number: int, *, is_minus: bool) -> bytes:
    data = bytearray(bytes.fromhex(f"{number:0{2 * item.size}d}"))
    if is_minus and item.is_signed:
        data[0] |= 0x80
    return bytes(data[::-1])
