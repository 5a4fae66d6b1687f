"""What goes into a record comes out to the bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.history.codec import (
    decode_changes,
    decode_readings,
    decode_registry,
    encode_changes,
    encode_readings,
    encode_registry,
)
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER
from tests.pure.history.streams import batch_of, same, steady

TIMES = st.one_of(st.just(0), st.integers(-(10**12), 4 * 10**12), st.just(NEVER))
VALUES = st.one_of(
    st.decimals(-999, 999, places=2).map(float),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 1e308, 5e-324, 2.0**53, 0.1 + 0.2]),
)
ROWS = st.lists(st.tuples(st.integers(0, 2**31 - 1), TIMES, VALUES, st.integers(0, 3), TIMES))


@given(ROWS)
def test_any_readings_come_back_to_the_bit(rows: list[tuple[int, int, float, int, int]]) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * 5
    types = (np.int32, np.int64, np.float64, np.uint8, np.int64)
    batch = Batch(*(np.array(c, t) for c, t in zip(columns, types, strict=True)))
    assert same(decode_readings(encode_readings(batch)), batch)


def test_a_regular_stream_takes_few_bytes() -> None:
    batch = next(steady(sensors=5000, seconds=1))
    assert len(encode_readings(batch)) < 4.5 * 5000


def test_a_single_reading_is_small() -> None:
    assert len(encode_readings(batch_of([(7, 1_767_225_600_000, 3.25)]))) < 200


@pytest.mark.parametrize("spoil", [0, 5, 30, 70])
def test_spoilt_bytes_are_malformed_never_another_error(spoil: int) -> None:
    body = bytearray(encode_readings(next(steady(sensors=50, seconds=1))))
    del body[spoil : spoil + 40]
    with pytest.raises(Malformed):
        decode_readings(bytes(body))


def _change(number: int) -> Change:
    return Change(
        sensor=None if number % 5 == 0 else f"站{number}",
        object="河段",
        rule="flood.water_level.level",
        kind=Kind.RAISED,
        before=Level.NONE,
        after=Level.ORANGE,
        at=1_767_225_600_000 + number,
        evidence=Evidence(limit=3.5, value=3.25 + number, first_at=None, n=number, coverage=0.9),
    )


def test_changes_come_back_equal() -> None:
    changes = [_change(n) for n in range(100)]
    body = encode_changes(changes)
    assert decode_changes(body) == changes
    assert len(body) < 25 * len(changes)


def test_no_changes_take_no_bytes() -> None:
    assert encode_changes([]) == b""
    assert decode_changes(b"") == []


def test_wrong_bytes_for_changes_and_registry_are_malformed() -> None:
    for wrong in (b"x", encode_changes([_change(1)])[:-9]):
        with pytest.raises(Malformed):
            decode_changes(wrong)
    with pytest.raises(Malformed, match="registry"):
        decode_registry(b"{")


def test_registry_entries_come_back() -> None:
    entries = [{"type": "sensor", "key": "雨量(1)"}]
    assert decode_registry(encode_registry(entries)) == entries
