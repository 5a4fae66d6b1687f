"""MAVLink: what is written reads the same, and nothing that arrives costs a good packet."""

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.mavlink import PROTOCOL
from anlan.connectors.mavlink.messages import EXTRAS, MESSAGES, POSITION, told_in
from anlan.connectors.mavlink.packet import Packet, packet_in, written
from tests.law.talks import good, heard, reads_hostile_streams, says_something, splits_the_same

QUICK = settings(max_examples=30, deadline=None)
BYTES = st.integers(0, 255)
PACKETS = st.builds(
    Packet, st.just(b""), st.sampled_from([1, 2]), BYTES, BYTES, BYTES,
    st.sampled_from([one for one in sorted(EXTRAS) if one < 256]),
    st.binary(min_size=1, max_size=80),
)  # fmt: skip
FRAMES = PACKETS.map(written)
_HALVES = [b"", b"\xfe", b"\xfd\x00", b"\x00" * 20, b"\xfd\x01\x02", b"\xfe\x00\x01"]
GARBAGE = st.sampled_from(_HALVES)
CUTS = st.lists(st.integers(0, 600), max_size=8)


@QUICK
@given(PACKETS, st.sampled_from([b"", b"k" * 32]))
def test_packets_read_as_they_were_written(packet: Packet, key: bytes) -> None:
    (frame,) = heard(PROTOCOL, raw := written(packet, key if packet.version == 2 else b""))
    read = packet_in(raw)
    assert frame.is_ok
    assert (read.version, *read[2:6]) == (packet.version, *packet[2:6])
    size = len(packet.payload)
    assert read.payload.ljust(size, b"\0") == packet.payload
    assert bool(read.signature) == (key != b"" and packet.version == 2)


@QUICK
@given(st.tuples(*[st.integers(-(2**15), 2**15 - 1)] * 3), st.integers(-(10**9), 10**9))
def test_a_position_reads_as_it_was_told(speeds: tuple[int, int, int], place: int) -> None:
    layout = MESSAGES[POSITION].layout
    told = told_in(MESSAGES[POSITION], layout.pack(5, place, -place, 1, 2, *speeds, 9))
    assert (told["lat"], told["lon"]) == (place / 1e7, -place / 1e7)
    assert tuple(round(told[one] * 100) for one in ("vx", "vy", "vz")) == speeds


@QUICK
@given(st.lists(FRAMES | GARBAGE | st.binary(max_size=40), max_size=6).map(b"".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    splits_the_same(PROTOCOL, data, cuts)


@QUICK
@given(st.lists(st.tuples(GARBAGE, FRAMES), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_packet(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(garbage + frame for garbage, frame in parts)
    found = good(PROTOCOL, data, cuts)
    assert [one for one in found if one in {frame for _, frame in parts}] == [
        frame for _, frame in parts
    ]


@QUICK
@given(st.binary(max_size=300), st.integers(0, 12), st.binary(max_size=80))
def test_no_input_raises(data: bytes, nth: int, payload: bytes) -> None:
    says_something(PROTOCOL, data)
    kind = sorted(MESSAGES)[nth % len(MESSAGES)]
    says_something(PROTOCOL, written(Packet(b"", 2, 0, 1, 1, kind, payload or b"\0")))


def test_hostile_streams_are_read_in_linear_time_and_little_is_kept() -> None:
    patterns = (b"\xfe", b"\xfd", b"\xfd\xff\x00", b"\xfe\x00", b"x")
    reads_hostile_streams(PROTOCOL, patterns, keeps=PROTOCOL.most_bytes + 1_024)
