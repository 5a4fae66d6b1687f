"""Cursor-on-Target: what is written reads the same, and nothing that arrives costs a good event."""

from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.cot import PROTOCOL, proto
from anlan.connectors.cot.cut import XML, Cutter
from anlan.connectors.cot.event import Event, event_in, xml_of
from anlan.connectors.cot.part import Part
from tests.law.talks import good, heard, says_something

QUICK = settings(max_examples=40, deadline=None)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from("<>&'\" 水"),
    min_size=1, max_size=8,
).filter(lambda text: text.strip() == text)  # fmt: skip
WORDS = st.from_regex(r"[a-z][a-z0-9_.-]{0,8}", fullmatch=True)
TIMES = st.integers(1, 4_000_000_000_000)
NUMBERS = st.floats(-9e6, 9e6, allow_nan=False).filter(lambda one: str(one) != "-0.0")
PARTS = st.recursive(
    st.builds(Part, WORDS, st.dictionaries(WORDS, TEXTS, max_size=3), st.just("") | TEXTS,
              st.just(())),
    lambda inner: st.builds(Part, WORDS, st.dictionaries(WORDS, TEXTS, max_size=2), st.just(""),
                            st.lists(inner, max_size=2).map(tuple)), max_leaves=4,
)  # fmt: skip
OWN = st.sampled_from([
    Part("contact", {"callsign": "安澜1"}), Part("__group", {"name": "Cyan", "role": "HQ"}),
    Part("status", {"battery": "80"}), Part("status", {"battery": "x"}),
    Part("track", {"speed": "1.5", "course": "270.0"}), Part("takv", {"os": "1", "other": "2"}),
])  # fmt: skip
EVENTS = st.builds(
    Event, uid=TEXTS, kind=st.sampled_from(["a-f-G-U-C", "b-a-o-tbl", "t-x-c-t", "b-m-p-s-m"]),
    at=TIMES, start=TIMES, stale=TIMES, how=st.sampled_from(["m-g", "h-e"]),
    lat=st.floats(-90, 90).filter(lambda one: str(one) != "-0.0"),
    lon=st.floats(-180, 180).filter(lambda one: str(one) != "-0.0"),
    hae=NUMBERS, ce=NUMBERS, le=NUMBERS,
    more=st.dictionaries(st.sampled_from(["access", "qos", "opex"]), TEXTS, max_size=2),
    detail=st.lists(PARTS | OWN, max_size=4).map(tuple),
)  # fmt: skip
XMLS = EVENTS.map(xml_of)
PACKED = EVENTS.map(lambda event: proto.stream_of(proto.message_of(event)))
HOSTILE = st.sampled_from([
    b"<event", b"<event ", b"<event uid='", b"<event>", b"</event>", b"<ev", b"<", b"\xbf",
    b"\xbf\x01\xbf", b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", b"\xbf\x05",
    b"<?xml version='1.0'?>", b"<!DOCTYPE event [<!ENTITY a 'b'>]>", b"&a;", b"\n \0",
    b"<event uid='a' type='b' time='x' start='' stale=''><point/></event>", b"<event/>",
])  # fmt: skip
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=8).map(b"".join)
BROKEN = st.builds(lambda one, at: one[: at % len(one)], XMLS | PACKED, st.integers(0, 2000))
CUTS = st.lists(st.integers(0, 5000), max_size=12)


@given(EVENTS)
@QUICK
def test_what_is_written_reads_the_same(event: Event) -> None:
    assert event_in(xml_of(event)) == event
    again = proto.event_in(proto.message_of(event))
    assert again is not None
    assert sorted(again.detail, key=repr) == sorted(event.detail, key=repr)
    assert (again.uid, again.lat, again.stale, again.more) == (
        event.uid, event.lat, event.stale, event.more
    )  # fmt: skip


@given(st.lists(XMLS | PACKED | BROKEN | GARBAGE, max_size=5).map(b"".join), CUTS)
@QUICK
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    whole = heard(PROTOCOL, data)
    assert heard(PROTOCOL, data, cuts) == whole
    assert heard(PROTOCOL, data, range(len(data))) == whole
    assert all(0 < len(frame.raw) <= PROTOCOL.most_bytes for frame in whole)


@given(st.lists(st.tuples(GARBAGE | BROKEN, XMLS), min_size=1, max_size=4), CUTS)
@QUICK
def test_garbage_between_events_costs_no_good_one(
    parts: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    # What stands in a tag that was begun belongs to it until a tag begins anew.
    data = b" " + b"".join(garbage + event for garbage, event in parts)
    found = good(PROTOCOL, data, cuts)
    sent = [event for _, event in parts]
    assert [one for one in found if one in sent] == sent


@given(st.lists(PACKED, min_size=1, max_size=4), CUTS)
@QUICK
def test_messages_follow_each_other(parts: list[bytes], cuts: list[int]) -> None:
    assert good(PROTOCOL, b"".join(parts), cuts) == parts


@given(GARBAGE | XMLS | PACKED | BROKEN)
@QUICK
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


def test_a_flood_without_an_end_is_no_memory_and_little_work() -> None:
    cutter = Cutter()
    for _ in range(200):
        cutter.feed(b"<event a='" + b"x" * 1000)
    assert len(cutter._kept) <= PROTOCOL.most_bytes + 1
    (piece,) = [one for one in cutter.feed(b"'>" + xml_of(Event(
        uid="u", kind="a-f-G", at=1, start=1, stale=1))) if not one.reason]  # fmt: skip
    assert piece.framing == XML


def test_messages_in_messages_take_time_in_proportion_and_hide_no_good_one() -> None:
    event = proto.stream_of(proto.message_of(Event(uid="u", kind="a-f-G", at=1, start=1, stale=1)))
    for key in (b"\x08", b"\x12\x04"):
        # Each may begin a message that is right up to its last field.
        begins = (min(5 * left, 65_000) for left in range(6_000, 0, -1))
        chain = b"".join(key + proto.stream_of(b"x" * size)[:4] for size in begins)
        data = event + chain + event * 40
        began = process_time()
        whole = heard(PROTOCOL, data, range(0, len(data), 1460))
        assert process_time() - began < 2
        assert [one.raw for one in whole if one.is_ok] == [event] * 41
        assert heard(PROTOCOL, data, [7, 20_000]) == whole
