"""Scores: equal to what is published, and to a count by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.apps.warning.queries.evaluation.judging import Event, Stretch, Warned, judge
from anlan.apps.warning.queries.evaluation.scoring import cases, interval, score

_START = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(("part", "whole", "low", "high"), [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
])  # fmt: skip
def test_spans_are_those_published(part: int, whole: int, low: float, high: float) -> None:
    """Newcombe (1998), table I, method 3."""
    found = interval(part, whole)
    assert found is not None
    assert [round(one, 4) for one in found] == [low, high]


def test_of_nothing_there_is_no_span() -> None:
    assert interval(0, 0) is None


def test_an_event_under_two_warnings_counts_once_by_the_first() -> None:
    early, late = _warned("early", 0), _warned("late", 50)
    event = Event("e", "flood", "990101001", _START + timedelta(minutes=60), None, 3)
    verdicts, missed = judge([late, early], [event], 3)
    total = score(verdicts, cases(verdicts, missed))
    assert (total.hits, total.late, total.misses, total.false) == (1, 0, 0, 0)
    assert total.leads_s == (3600.0,)


def test_at_the_very_end_of_a_warning_it_does_not_stand_any_more() -> None:
    at_its_end = Event("e", "flood", "990101001", _START + timedelta(hours=2), None, 3)
    verdicts, missed = judge([_warned("one", 0)], [at_its_end], 3)
    assert verdicts[0].is_false
    assert missed == [at_its_end]


def _warned(key: str, minutes: int) -> Warned:
    since = _START + timedelta(minutes=minutes)
    return Warned(key, "flood", since, (Stretch(since, since + timedelta(hours=2), ("990101",)),))
