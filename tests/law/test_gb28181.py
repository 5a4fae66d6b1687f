"""GB/T 28181: what is written reads the same, and nothing that arrives costs a good message."""

from contextlib import suppress
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.frames import Ask, Way
from anlan.connectors.gb28181 import PROTOCOL
from anlan.connectors.gb28181.manscdp.ptz import Command, read_ptz, write_ptz
from anlan.connectors.gb28181.manscdp.xml import read_xml, write_xml
from anlan.connectors.gb28181.sip.cut import METHODS, Cutter
from anlan.connectors.gb28181.sip.message import Message, read
from anlan.terms.errors import Malformed
from tests.law.talks import good, heard, says_something

QUICK = settings(max_examples=40, deadline=None)
NOW_MS = 1_796_011_200_000
NAMES_OF_QUESTIONS = PROTOCOL.asks
DEVICE, CENTRE = "34020000001320000001", "34020000002000000001"
NAMES = st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True)
WORDS = st.text("甲乙丙安澜<&>\"'0123456789 Aa;:/", max_size=20).map(str.strip)
PAIRS = st.lists(st.tuples(NAMES, WORDS), max_size=6, unique_by=lambda pair: pair[0])
ROOTS = st.sampled_from(["Query", "Response", "Notify", "Control"])
TEXTS = st.builds(write_xml, ROOTS, PAIRS, st.sampled_from(["GB2312", "GB18030", "UTF-8"]))
BODIES = TEXTS.map(lambda body: ("Application/MANSCDP+xml", body)) | st.just(("", b""))
BODIES |= st.just(("application/sdp", b"v=0\r\no=1 0 0 IN IP4 10.0.0.1\r\ns=Play\r\n"))


def message(start: str, method: str, content: tuple[str, bytes]) -> Message:
    kind, body = content
    headers = (
        ("Via", "SIP/2.0/UDP 10.0.0.7:5060;rport;branch=z9hG4bK7"),
        ("From", f"<sip:{DEVICE}@3402000000>;tag=1"),
        ("To", f"<sip:{CENTRE}@3402000000>"),
        ("Call-ID", "17@10.0.0.7"),
        ("CSeq", f"20 {method}"),
        *([("Content-Type", kind)] if kind else []),
    )
    return Message(start, headers, body)


REQUESTS = st.builds(
    lambda method, content: message(f"{method} sip:{CENTRE}@3402000000 SIP/2.0", method, content),
    st.sampled_from(METHODS) | st.just("VENDOR"),
    BODIES,
)
RESPONSES = st.builds(
    lambda status, method, content: message(f"SIP/2.0 {status} As it is", method, content),
    st.integers(100, 699),
    st.sampled_from(METHODS),
    BODIES,
)
MESSAGES = REQUESTS | RESPONSES
FRAMES = MESSAGES.map(bytes)
KNOWN = FRAMES.filter(lambda raw: not raw.startswith(b"VENDOR"))
BROKEN = st.builds(lambda raw, at: raw[: 1 + at % (len(raw) - 1)], FRAMES, st.integers(0, 3000))
HOSTILE = st.sampled_from(
    [b"REGISTER sip", b"SIP/2.0", b"SIP/2.0 200 OK\r\n", b"\r\n", b"\r\n\r\n", b"M", b"NOTIFY",
     b"<Notify>", b"Content-Length: 99999\r\n", b"INFO sip:x SIP/2.0\r\nContent-Length: 50\r\n\r\n",
     b"\x80\x60\0\0", b"\0\0\1\xba", b"v=0\r\n", b"\xff\xfe<", b"<?xml "]
)  # fmt: skip
GARBAGE = st.lists(HOSTILE | st.binary(max_size=60), max_size=8).map(b"".join)
CUTS = st.lists(st.integers(0, 5000), max_size=12)


@given(MESSAGES)
@QUICK
def test_what_is_written_reads_the_same(one: Message) -> None:
    (piece,) = Cutter().feed(bytes(one) + b"\r\n" * 30)
    again = read(piece)
    assert (again.start, again.body) == (one.start, one.body)
    assert again.headers == (*one.headers, ("Content-Length", str(len(one.body))))
    (frame,) = heard(PROTOCOL, bytes(one))
    assert frame.is_ok, frame.reason


@given(ROOTS, PAIRS, st.sampled_from(["GB2312", "GB18030", "UTF-8"]))
@QUICK
def test_xml_that_is_written_reads_the_same(
    root: str, pairs: list[tuple[str, str]], charset: str
) -> None:
    found = read_xml(write_xml(root, pairs, charset))
    assert (found.root, found.tree) == (root, dict(pairs))


@given(st.builds(Command, *[st.integers(0, 255)] * 3, st.integers(0, 15), st.integers(0, 4095)))
@QUICK
def test_a_turn_that_is_written_reads_the_same(command: Command) -> None:
    assert read_ptz(write_ptz(command)) == command


@given(st.lists(FRAMES | BROKEN | GARBAGE | TEXTS, max_size=5).map(b"".join), CUTS)
@QUICK
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    whole = heard(PROTOCOL, data)
    assert heard(PROTOCOL, data, cuts) == whole
    assert heard(PROTOCOL, data, range(len(data))) == whole
    assert all(0 < len(frame.raw) <= PROTOCOL.most_bytes for frame in whole)


@given(st.lists(st.tuples(GARBAGE | BROKEN, KNOWN), min_size=1, max_size=4), CUTS)
@settings(max_examples=150, deadline=None)
def test_garbage_between_messages_costs_no_good_one(
    parts: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    data = b"".join(garbage + frame for garbage, frame in parts)
    found = good(PROTOCOL, data, cuts)
    frames = [frame for _, frame in parts]
    assert [raw for raw in found if raw in frames] == frames


@given(GARBAGE | FRAMES | TEXTS)
@QUICK
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


@given(st.lists(GARBAGE | FRAMES, max_size=4), st.sampled_from(NAMES_OF_QUESTIONS))
@QUICK
def test_nothing_that_a_far_end_says_raises_nor_does_a_question_after_it(
    said: list[bytes], name: str
) -> None:
    talk = PROTOCOL.talk(Way(words={"media": "10.0.0.9", "alarms": True}, far="[::1]:5060"))
    for data in said:
        for frame in talk.feed(data):
            say = talk.answer if frame.is_ok else talk.refuse
            for one in PROTOCOL.apart(say(frame, NOW_MS)):
                assert all(frame.is_ok for frame in heard(PROTOCOL, one))
    with suppress(Malformed):
        asked, data = talk.ask(Ask(name, {"move": "up", "factor": 2, "seconds": 60}), NOW_MS)
        assert asked
        assert [frame.is_ok for frame in heard(PROTOCOL, data)] == [True]


@given(st.recursive(WORDS, lambda inner: st.lists(st.tuples(NAMES, inner), max_size=4)), ROOTS)
@QUICK
def test_no_tree_raises(tree: object, root: str) -> None:
    names = ["CmdType", "DeviceID", "DeviceList", "Info", "AlarmMethod", "PTZCmd", "SumNum"]
    pairs = [(name, tree) for name in names] + [("CmdType", "Catalog"), ("Longitude", tree)]
    for command in ("Alarm", "Catalog", "Keepalive", "MobilePosition", "DeviceStatus"):
        body = write_xml(root, [*pairs, ("CmdType", command)], "UTF-8")
        says_something(PROTOCOL, body)
        start = f"MESSAGE sip:{CENTRE}@3402000000 SIP/2.0"
        one = message(start, "MESSAGE", ("Application/MANSCDP+xml", body))
        says_something(PROTOCOL, bytes(one))


def test_hostile_streams_take_time_in_proportion_and_are_not_kept() -> None:
    head = b"MESSAGE sip:1@2 SIP/2.0\r\nFrom: "
    floods = [b"A" * 300_000, b"REGISTER si" * 30_000, head + b"x" * 300_000,
              head + b"a, \"" * 80_000, head + b"; ;=" * 3_000 + b"\r\n" * 2,
              b"<Notify>" * 40_000, b"SIP/2.0 200 OK\r\n" * 20_000, b"\r\n " * 100_000,
              b"v=0\r\n" + b"a=b\r\n" * 60_000, b"\0\0\1" * 100_000]  # fmt: skip
    content = ("Application/MANSCDP+xml", b" " * 130_000 + b"<Notify/>")
    floods.append(bytes(message("MESSAGE sip:1@2 SIP/2.0", "MESSAGE", content)))
    began = process_time()
    for flood in floods:
        talk = PROTOCOL.talk(Way())
        for at in range(0, len(flood), 1460):
            talk.feed(flood[at : at + 1460])
        assert sum(len(frame.raw) for frame in talk.end()) <= PROTOCOL.most_bytes
    assert process_time() - began < 10
