"""AIS: messages read as they were written, and nothing that arrives costs a good sentence."""

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.ais import PROTOCOL
from anlan.connectors.ais.sentence import read_sentence, write_sentence
from anlan.sandtable.fleet.ais import Ship
from tests.law.talks import good, heard, reads_hostile_streams, says_something

QUICK = settings(max_examples=50, deadline=None)
CUTS = st.lists(st.integers(0, 3000), max_size=12)
FIELDS = st.lists(st.text("ABC0123456789.:;<=>?@`abcw", max_size=12), max_size=8)
SHIPS = st.builds(
    Ship, mmsi=st.integers(200_000_000, 799_999_999), name=st.text("ABCXYZ 019", max_size=20),
    lon=st.floats(-180, 180), lat=st.floats(-89, 89), speed=st.floats(0, 102),
    course=st.floats(0, 359.9), status=st.integers(0, 14), kind=st.integers(0, 99),
)  # fmt: skip
HOSTILE = st.sampled_from([b"!", b"$", b"\\", b"*", b"!AIVDM,2,1,", b"\n", b",0*", b"\\s:a*00\\"])
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=10).map(b"".join)
LINES = st.builds(lambda ship, ms: ship.position(ms)[0].encode(), SHIPS, st.integers(0, 10**9))


@QUICK
@given(SHIPS, st.integers(0, 59_999))
def test_ships_read_as_they_were_written(ship: Ship, ms: int) -> None:
    (frame,) = heard(PROTOCOL, ship.position(ms)[0].encode())
    told = {one.sensor.split(".")[1]: one.value for one in frame.readings}
    assert abs(told["lon"] - ship.lon) < 2e-6
    assert abs(told["lat"] - ship.lat) < 2e-6
    assert abs(told["speed"] - ship.speed) < 0.1001
    assert frame.fields["second"] == ms // 1000
    parts = [line.encode() for line in ship.particulars(3)]
    (frame,) = heard(PROTOCOL, b"\n".join(parts))
    assert frame.fields["shipname"] == ship.name.strip()


@QUICK
@given(FIELDS)
def test_sentences_read_as_they_were_written(fields: list[str]) -> None:
    read = read_sentence(write_sentence("AIVDM", fields).strip())
    assert (read.talker, read.formatter, read.fields) == ("AI", "VDM", fields)


@QUICK
@given(st.lists(LINES | GARBAGE, max_size=8).map(b"\r\n".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    whole = heard(PROTOCOL, data)
    assert heard(PROTOCOL, data, cuts) == whole
    assert all(0 < len(frame.raw) <= PROTOCOL.most_bytes for frame in whole)


@QUICK
@given(st.lists(st.tuples(GARBAGE, LINES), min_size=1, max_size=4), st.integers(0, 1500), CUTS)
def test_garbage_costs_no_good_frame(
    parts: list[tuple[bytes, bytes]], long: int, cuts: list[int]
) -> None:
    data = b"x" * long + b"".join(garbage + b"\n" + line + b"\n" for garbage, line in parts)
    assert [one for one in good(PROTOCOL, data, cuts) if one in {line for _, line in parts}] == [
        line for _, line in parts
    ]
    glued = b"x" * long + b"".join(line for _, line in parts)
    assert good(PROTOCOL, glued, cuts) == [line for _, line in parts]


@QUICK
@given(st.lists(LINES | GARBAGE | st.binary(max_size=100), max_size=5).map(b"".join))
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


@QUICK
@given(st.lists(FIELDS.map(lambda f: write_sentence("AIVDM", ["1", "1", "", "A", *f])), max_size=4))
def test_no_payload_raises(lines: list[bytes]) -> None:
    says_something(PROTOCOL, b"".join(lines))


@QUICK
@given(
    st.integers(0, 63),
    st.lists(st.sampled_from([*range(48, 88), *range(96, 120)]), max_size=180).map(bytes),
)
def test_no_bits_raise(kind: int, rest: bytes) -> None:
    first = bytes([kind + (48 if kind < 40 else 56)])
    payload = (first + rest).decode()
    says_something(PROTOCOL, write_sentence("AIVDM", ["1", "1", "", "A", payload, "0"]))


def test_hostile_streams_are_read_in_linear_time_and_little_is_kept() -> None:
    patterns = (b"!", b"!A,", b"\\s:", b"!AIVDM,1,1,,A,0*", b"x")
    reads_hostile_streams(PROTOCOL, patterns, keeps=PROTOCOL.most_bytes + 1_024)
