"""What a cell of a row may be is the same at every door."""

import math
from typing import Any

import pytest

from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.rows import read_row, shown, time_in, value_in
from anlan.terms.times import FIRST_MS, LAST_MS, NEVER

HUGE = 10**10_000
GOOD = {"sensor": "a", "time": 5, "value": 1.5}


def test_a_row_with_only_what_is_needed() -> None:
    assert read_row(GOOD) == ("a", 5, 1.5, Quality.GOOD, NEVER)


@pytest.mark.parametrize(
    ("cell", "ms"),
    [
        (5.0, 5),
        ("5", 5),
        (" -5 ", -5),
        ("1970-01-01T08:00:00.001+08:00", 1),
        ("1970-01-01 00:00Z", 0),
        (FIRST_MS, FIRST_MS),
        (LAST_MS, LAST_MS),
    ],
)
def test_times(cell: Any, ms: int) -> None:
    assert time_in(cell, "time") == ms


@pytest.mark.parametrize(
    "cell",
    [
        5.5,
        True,
        None,
        "",
        "0x10",
        "1970-01-01T00:00:00",
        "1970-01-01",
        "1970-01-01x00:00Z",
        "٢٠٢٦",
        math.nan,
        math.inf,
        LAST_MS + 1,
        FIRST_MS - 1,
        pytest.param(HUGE, id="huge"),
        "9999-12-31T23:59:59.999-23:59",
        [],
    ],
)
def test_what_is_no_time_says_which_field(cell: Any) -> None:
    with pytest.raises(Malformed, match=r"received is no|received lies outside"):
        time_in(cell, "received")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, math.nan),
        ("  ", math.nan),
        ("NaN", math.nan),
        ("-Inf", -math.inf),
        ("+.5e1", 5.0),
        pytest.param(HUGE, math.inf, id="huge"),  # a number, but not finite: refused as that
    ],
)
def test_values(cell: Any, value: float) -> None:
    assert value_in(cell) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("cell", [True, "0x1F", "1_000", "1,5", "five", {}, b"1"])
def test_what_is_no_value(cell: Any) -> None:
    with pytest.raises(Malformed, match="value is no number"):
        value_in(cell)


@pytest.mark.parametrize("name", ["sensor", "time", "value", "quality", "received"])
@pytest.mark.parametrize(
    "cell", [HUGE, "x" * 10**7, [[0] * 10**6], {"a": {}}], ids=["digits", "text", "list", "object"]
)
def test_a_monstrous_cell_is_one_short_sentence(name: str, cell: Any) -> None:
    if (name, cell) == ("value", HUGE):
        return  # a number beyond every double: its row is refused as not finite
    with pytest.raises(Malformed) as caught:
        read_row({**GOOD, name: cell})
    assert name in str(caught.value)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("水位", "'水位'"),
        pytest.param(HUGE, "a number of thousands of digits", id="huge"),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object of 1"),
        ("x" * 81, "'" + "x" * 76 + "..."),
    ],
)
def test_a_cell_as_it_is_shown(cell: Any, text: str) -> None:
    assert shown(cell) == text
