"""HJ 212: what is written reads the same, and nothing that arrives costs a good frame."""

from contextlib import suppress
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.frames import Ask, Way
from anlan.connectors.hj212 import PROTOCOL
from anlan.connectors.hj212.crc import crc_of
from anlan.connectors.hj212.segment import Pair, Segment, data_of, pairs_in, read, write
from anlan.terms.errors import Malformed
from tests.law.talks import good, heard, says_something

QUICK = settings(max_examples=30, deadline=None)
NAMES = st.from_regex(r"[a-z][0-9]{5}(-(Rtd|Avg|Flag|SampleTime))?", fullmatch=True)
TEXTS = st.text("0123456789.NDT-站点 ：—#", max_size=12).filter(lambda text: "##" not in text)
ITEMS = st.lists(st.lists(st.tuples(NAMES, TEXTS), min_size=1, max_size=4), max_size=6)
FLAGS = st.integers(0, 11).map(str)
HEADS = st.fixed_dictionaries(
    {"QN": st.just("20160801085857223"), "ST": st.sampled_from(["22", "32", "91"]),
     "CN": st.sampled_from(["2011", "2061", "9015", "3020", "1013", "9012"]),
     "PW": st.just("123456"), "MN": st.sampled_from(["010000A8900016F000169DC0", "1"]),
     "Flag": FLAGS},
    optional={"PNUM": FLAGS, "PNO": FLAGS},
)  # fmt: skip
SEGMENTS = st.builds(lambda head, items: Segment(head, data_of(items)), HEADS, ITEMS)
FRAMES = st.builds(write, SEGMENTS, st.sampled_from(["utf-8", "gb18030"]))
CUTS = st.lists(st.integers(0, 5000), max_size=12)
WORDS = ["QN", "MN", "PW", "ST", "Flag", "PNO", "PNUM"]
WORDS += ["flag_version", "flag_ack", "waits", "charset", "packet"]
PARTS = [
    "QN=1;", "QN=2;", "QN-a=1;", "QnRtn=3;", "DataTime=20160801080000;", "DataTime=1;",
    "a-Rtd=1,", "a=1;", "a-=1;", "-Rtd=1;", "a-Flag=D,", "a-Flag-b=;", ";", ",", "=", "&&",
]  # fmt: skip
HOSTILE = st.sampled_from(
    [b"##", b"#", b"##0010", b"##9999QN=", b"\r\n", b"\r", b"&&", b"CP=&&", b"\\", b"\\r", b"\xb0",
     b"##0087QN=1;CN=2011;CP=&&a-Rtd=1,DataTime=;-=;,&&"]
)  # fmt: skip
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=12).map(b"".join)
BROKEN = st.builds(lambda frame, at: frame[: at % len(frame)], FRAMES, st.integers(0, 2000))


@given(st.binary(max_size=700))
@QUICK
def test_the_check_sum_is_that_of_the_standard_step_by_step(data: bytes) -> None:
    register = 0xFFFF
    for byte in data:
        register = register >> 8 ^ byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    assert crc_of(data) == register


@given(SEGMENTS, ITEMS, st.sampled_from(["utf-8", "gb18030"]))
@QUICK
def test_what_is_written_reads_the_same(
    segment: Segment, items: list[list[Pair]], charset: str
) -> None:
    raw = write(segment, charset)
    assert read(raw[6:-6].decode(charset)) == segment
    assert pairs_in(data_of(items)) == [pair for item in items for pair in item]
    (frame,) = heard(PROTOCOL, raw)
    assert frame.is_ok
    assert {name: str(frame.header[name]) for name in segment.head} == segment.head


@given(st.lists(FRAMES | BROKEN | GARBAGE, max_size=5).map(b"".join), CUTS)
@QUICK
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    whole = heard(PROTOCOL, data)
    assert heard(PROTOCOL, data, cuts) == whole
    assert heard(PROTOCOL, data, range(len(data))) == whole
    assert all(0 < len(frame.raw) <= PROTOCOL.most_bytes for frame in whole)


@given(st.lists(st.tuples(GARBAGE | BROKEN, FRAMES), min_size=1, max_size=5), CUTS)
@QUICK
def test_garbage_between_frames_costs_no_good_one(
    parts: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    data = b"".join(garbage + frame for garbage, frame in parts)
    found = good(PROTOCOL, data, cuts)
    assert [raw for raw in found if raw + b"\r\n" in {frame for _, frame in parts}] == [
        frame[:-2] for _, frame in parts
    ]


@given(GARBAGE | FRAMES)
@QUICK
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


@given(
    st.dictionaries(st.sampled_from(WORDS), st.sampled_from(["1", "5", "x", "13", ""]) | TEXTS),
    st.text(max_size=100) | st.lists(st.sampled_from(PARTS), max_size=8).map("".join),
    st.sampled_from(["2011", "9012", "1013", "9011"]),
)
@QUICK
def test_no_right_frame_raises_nor_does_a_question_after_it(
    head: dict[str, str], data: str, command: str
) -> None:
    data = data.encode("utf-8", "replace").decode()
    raw = write(Segment({"MN": "1", "Flag": "5"} | head | {"CN": command}, data))
    says_something(PROTOCOL, raw)
    talk = PROTOCOL.talk(Way())
    assert all("CP" in dict(frame.fields) for frame in talk.feed(raw) if frame.is_ok)
    with suppress(Malformed):
        talk.ask(Ask("read_time"), 0)


def test_hostile_streams_take_time_in_proportion_and_are_not_kept() -> None:
    floods = [b"#" * 300_000, b"##9999QN=" * 30_000, b"##0000" * 50_000, b"##9999" + b"x" * 300_000,
              b"\\" * 300_000, b"##0001a0000" * 30_000]  # fmt: skip
    began = process_time()
    for flood in floods:
        talk = PROTOCOL.talk(Way())
        for at in range(0, len(flood), 1460):
            talk.feed(flood[at : at + 1460])
        assert sum(len(frame.raw) for frame in talk.end()) <= PROTOCOL.most_bytes
    assert process_time() - began < 10
