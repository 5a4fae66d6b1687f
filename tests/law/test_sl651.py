"""SL 651: what is written reads the same in both ways, and nothing costs a good frame."""

from math import isnan, nan
from random import Random
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.frames import BEIJING, Frame, Way
from anlan.connectors.sl651 import PROTOCOL
from anlan.connectors.sl651.body.write import Group, Head, Value, report, uniform
from anlan.connectors.sl651.heads import packet_of
from anlan.connectors.sl651.packet import (
    ACK,
    ENDS,
    ENQ,
    EOT,
    ESC,
    ETB,
    ETX,
    MOST_BYTES,
    NAK,
    Packet,
    packets,
    word_of,
    written,
)
from anlan.connectors.sl651.tables.elements import ELEMENTS, STATE, Element
from tests.law.talks import good, heard, says_something, splits_the_same

QUICK = settings(max_examples=60, deadline=None)
STATION, SENT, OBSERVED = "0011223344", "261130083015", "2611300830"
DIGITS = st.text("0123456789abcdef", min_size=10, max_size=10)
UP, DOWN = st.sampled_from((ETX, ETB)), st.sampled_from((ENQ, EOT, ACK, NAK, ESC))


@st.composite
def frames(draw: st.DrawFn) -> Packet:
    """Any frame: up or down, in either way of writing, whole or a packet."""
    is_up = draw(st.booleans())
    total = draw(st.just(0) | st.integers(1, 0xFFF))
    return Packet(
        is_text=draw(st.booleans()),
        is_up=is_up,
        centre=draw(st.integers(0, 255)),
        station=draw(DIGITS),
        password=draw(DIGITS)[:4],
        function=draw(st.integers(0, 255)),
        word=0,
        body=draw(st.binary(min_size=1, max_size=80)),
        end=draw(UP if is_up else DOWN),
        total=total,
        number=draw(st.integers(1, total)) if total else 0,
    )


def up(body: bytes, function: int = 0x32, *, is_text: bool = False) -> Packet:
    return Packet(is_text, True, 5, STATION, "03e8", function, 0, body, ETX)


CUTS = st.lists(st.integers(0, 5000), max_size=12)
RIGHT = frames().map(written)
BROKEN = st.builds(lambda frame, at: frame[: at % len(frame)], RIGHT, st.integers(0, 2000))
HOSTILE = st.sampled_from(
    [b"\x7e", b"\x7e\x7e", b"\x01", b"\x010500112233", written(up(b"x" * 40))[:30], b"\x16\x02"]
)
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=12).map(b"".join)
# What begins no frame; half a beginning at its end would be judged together with the frame.
PLAIN = st.binary(max_size=60).map(lambda some: some.replace(b"\x7e", b"").replace(b"\x01", b""))


@QUICK
@given(frames())
def test_a_frame_reads_as_it_was_written(packet: Packet) -> None:
    raw = written(packet)
    assert packet_of(raw) == packet._replace(word=word_of(packet))
    assert good(PROTOCOL, raw) in ([raw], [])  # its body need not be one
    assert [frame.raw for frame in heard(PROTOCOL, raw)] == [raw]


@st.composite
def values(draw: st.DrawFn) -> tuple[str, Value]:
    """A value of any element that is measured, as exact as it can tell it."""
    measured = [one for one in ELEMENTS.values() if one.is_measured and one.ident != 0x09]
    element: Element = draw(st.sampled_from(measured))
    if element.is_series:
        most, scale = (254, 10) if element.ident == 0xF4 else (65534, 100)
        one = st.integers(0, most).map(lambda count: count / scale) | st.just(nan)
        return element.code, draw(st.lists(one, min_size=12, max_size=12))
    if element.ident == STATE:
        return element.code, float(draw(st.integers(0, 0xFFFFFFFF)))
    whole = draw(st.integers(-(10**element.digits) + 1, 10**element.digits - 1))
    return element.code, draw(st.just(whole / 10**element.decimals) | st.just(nan))


def same(said: float, want: float) -> bool:
    return said == want or (isnan(said) and isnan(want))


def the_frame(raw: bytes) -> Frame:
    (frame,) = heard(PROTOCOL, raw)
    assert frame.is_ok, frame.reason
    assert not frame.fault
    return frame


@QUICK
@given(st.lists(values(), min_size=1, max_size=8), st.booleans())
def test_a_report_reads_as_it_was_written(told: list[tuple[str, Value]], is_text: bool) -> None:
    head = Head(7, SENT, STATION, 0x48)
    body = report(head, [Group(OBSERVED, told)], is_text=is_text)
    frame = the_frame(written(up(body, is_text=is_text)))
    want = [
        (f"{STATION}.{code}", number)
        for code, value in told
        for number in ([value] if isinstance(value, float) else value)
    ]
    assert [one.sensor for one in frame.readings] == [sensor for sensor, _ in want]
    assert all(
        same(one.value, number) for one, (_, number) in zip(frame.readings, want, strict=True)
    )
    assert frame.fields["serial"] == 7
    assert frame.fields["class"] == "48"


@QUICK
@given(
    st.lists(st.integers(0, 9_999_999).map(lambda mm: mm / 1000) | st.just(nan), min_size=2),
    st.integers(1, 59),
    st.booleans(),
)
def test_equal_steps_read_as_they_were_written(levels: list[float], step: int, text: bool) -> None:
    group = Group(OBSERVED, [("Z", levels)])
    body = uniform(Head(7, SENT, STATION, 0x48), group, step, is_text=text)
    frame = the_frame(written(up(body, 0x31, is_text=text)))
    assert all(same(one.value, want) for one, want in zip(frame.readings, levels, strict=True))
    times = [one.time for one in frame.readings]
    assert times == [times[0] + n * step * 60_000 for n in range(len(levels))]


@QUICK
@given(GARBAGE | BROKEN, RIGHT | GARBAGE, GARBAGE | BROKEN, CUTS)
def test_any_split_gives_the_same(one: bytes, two: bytes, three: bytes, cuts: list[int]) -> None:
    splits_the_same(PROTOCOL, one + two + three, cuts)


@QUICK
@given(st.lists(st.tuples(PLAIN, RIGHT | BROKEN), min_size=1, max_size=5), PLAIN)
def test_garbage_costs_no_good_frame(parts: list[tuple[bytes, bytes]], last: bytes) -> None:
    stream = b"".join(garbage + frame for garbage, frame in parts) + last
    whole = [frame for _, frame in parts if good(PROTOCOL, frame)]
    found = good(PROTOCOL, stream)
    assert [one for one in found if one in whole] == whole


@QUICK
@given(GARBAGE | st.binary(max_size=300))
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


@QUICK
@given(st.sampled_from(sorted(ENDS)), st.integers(0x2F, 0x52), st.booleans(), st.data())
def test_no_body_raises(end: int, function: int, is_text: bool, data: st.DataObject) -> None:
    """Frames whose check sum is right and whose bodies are anything."""
    words = st.lists(st.sampled_from(WORDS if is_text else BYTES), max_size=20)
    body = b"0007261130083015" if is_text else bytes.fromhex("0007" + SENT)
    body += b"".join(data.draw(words))
    packet = up(body, function, is_text=is_text)._replace(end=end, is_up=end in (ETX, ETB))
    says_something(PROTOCOL, written(packet))


WORDS = [b"ST ", b"0011223344 ", b"H ", b"TT ", b"2611300830 ", b"Z ", b"1.5 ", b"M ", b"DRP ",
         b"DRN05 ", b"DRH00 ", b"FF", b"\xff ", b"ZT ", b"00000001 ", b"RGZS ", b"PIC ", b"20 ",
]  # fmt: skip
BYTES = [bytes.fromhex(word) for word in (
    "f1f10011223344", "48", "f0f02611300830", "3923", "00001049", "ff0108", "0418000005", "f460",
    "ffffffff", "f2f2", "4520", "0a100003", "9700", "0e06", "9999", "fd",
)]  # fmt: skip


@QUICK
@given(st.binary(min_size=1, max_size=2000), st.integers(20, 200), st.booleans(), st.randoms())
def test_a_picture_comes_together_in_any_order(
    jpeg: bytes, most: int, is_text: bool, chance: Random
) -> None:
    told = report(Head(9, SENT, STATION, 0x48), [Group(OBSERVED, [])], is_text=is_text)
    body = told + (b"PIC " if is_text else b"\xf3\xf3") + jpeg
    parts = packets(up(body, 0x36, is_text=is_text), body, most)
    chance.shuffle(parts)
    talk = PROTOCOL.talk(Way(BEIJING))
    found = [frame for part in parts for frame in talk.feed(written(part))]
    assert all(frame.is_ok for frame in found)
    assert [frame.fields.get("picture") for frame in found] == [None] * (len(found) - 1) + [
        jpeg.hex()
    ]


def test_hostile_streams_take_time_by_their_length_alone() -> None:
    """Beginnings of long packets in each other: each would be summed over all that follows."""
    word = bytes.fromhex("7e7e050011223344123436fefd160010010317000000")
    for stream in (b"\x7e" * 200_000, word * 9_000, b"\x010500112233441234320FFF\x02" * 8_000):
        start = process_time()
        frames = heard(PROTOCOL, stream)
        assert process_time() - start < 3
        assert sum(len(frame.raw) for frame in frames) == len(stream)
        assert max(len(frame.raw) for frame in frames) <= MOST_BYTES
