"""Durations as packs and commands write them."""

import pytest

from anlan.terms.errors import Malformed
from anlan.terms.times import format_duration, parse_duration


@pytest.mark.parametrize("text", ["250ms", "30s", "10min", "36h", "15d"])
def test_what_is_written_is_read_and_written_again(text: str) -> None:
    assert format_duration(parse_duration(text)) == text


@pytest.mark.parametrize("text", ["3000000d", "99999999999999999d", "1" + "0" * 400 + "d"])
def test_a_duration_longer_than_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="longer than the calendar"):
        parse_duration(text)
