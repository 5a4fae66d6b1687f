"""METAR: reports read as they were written, and nothing that arrives costs a good report."""

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.connectors.metar import PROTOCOL
from anlan.sandtable.fleet.metar import Aerodrome
from tests.law.talks import good, heard, reads_hostile_streams, says_something

QUICK = settings(max_examples=50, deadline=None)
CUTS = st.lists(st.integers(0, 3000), max_size=12)
FIELDS = st.builds(
    Aerodrome, station=st.from_regex(r"[A-Z]{4}", fullmatch=True), direction=st.integers(1, 360),
    speed=st.integers(1, 40), gust=st.integers(0, 60), visibility_m=st.integers(0, 9998),
    weather=st.sampled_from(["", "+TSRA", "-SN", "FG", "SHRA BR"]),
    temperature=st.integers(-50, 50), dew_point=st.integers(-50, 50),
    pressure=st.integers(870, 1085),
)  # fmt: skip
MINUTES = st.integers(1_700_000_000_000, 1_800_000_000_000)
REPORTS = st.builds(lambda field, ms: field.report(ms).encode(), FIELDS, MINUTES)
HOSTILE = st.sampled_from([b"=", b"METAR", b"SACI31 ZSSS 300630\n", b"NNNN\n", b"/" * 30, b"\n"])
GARBAGE = st.lists(HOSTILE | st.binary(max_size=40), max_size=6).map(b"".join)
WORDS = st.lists(st.text("ABCDGKMNQRSTV0123456789/+- ", max_size=9), max_size=12).map(" ".join)


@QUICK
@given(FIELDS, MINUTES)
def test_reports_read_as_they_were_written(field: Aerodrome, ms: int) -> None:
    (frame,) = heard(PROTOCOL, field.report(ms).encode())
    told = {one.sensor.split(".")[1]: one.value for one in frame.readings}
    assert (told["wind_speed"], told["wind_direction"]) == (field.speed, field.direction)
    assert (told["temperature"], told["dew_point"]) == (field.temperature, field.dew_point)
    assert (told["pressure"], told["visibility"]) == (field.pressure, field.visibility_m)
    assert abs(frame.dials[0].near(ms) - ms) < 60_000


@QUICK
@given(st.lists(REPORTS | GARBAGE, max_size=6).map(b"\n".join), CUTS)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    whole = heard(PROTOCOL, data)
    assert heard(PROTOCOL, data, cuts) == whole
    assert all(0 < len(frame.raw) <= PROTOCOL.most_bytes for frame in whole)


@QUICK
@given(st.lists(st.tuples(GARBAGE, REPORTS), min_size=1, max_size=4), CUTS)
def test_garbage_costs_no_good_report(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(garbage + b"\n" + report + b"=\n" for garbage, report in parts)
    reports = [report for _, report in parts]
    assert [one for one in good(PROTOCOL, data, cuts) if one in reports] == reports


@QUICK
@given(st.lists(REPORTS | GARBAGE | st.binary(max_size=100), max_size=5).map(b"".join))
def test_no_input_raises(data: bytes) -> None:
    says_something(PROTOCOL, data)


@QUICK
@given(WORDS)
def test_no_groups_raise(groups: str) -> None:
    says_something(PROTOCOL, f"METAR ZBAA 300000Z {groups}".encode())


def test_hostile_streams_are_read_in_linear_time_and_little_is_kept() -> None:
    patterns = (b"=", b"METAR ", b"METAR ZBAA 300000Z " + b"1 " * 900, b"SACI31 ZSSS 300630\n")
    reads_hostile_streams(PROTOCOL, patterns, keeps=2 * PROTOCOL.most_bytes)
