"""Times of devices: what cannot be right is flagged, and the time of reception stands for it."""

import pytest

from anlan.connectors.frames import Frame
from anlan.live.gateway.sense.clocks import Clocks
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER, parse_time

NOW = parse_time("2026-07-01T08:00:00+08:00")
HOUR = 3_600_000


def frame(*times: int, raw: bytes = b"x") -> Frame:
    rows = [Reading("a.level", time, 1.0, Quality.GOOD, NEVER) for time in times]
    return Frame(raw, device="a", readings=tuple(rows))


@pytest.mark.parametrize(
    ("time", "code"),
    [
        (NOW, ""),
        (NOW + 9 * 60_000, ""),
        (NOW - 30 * 86_400_000, ""),
        (0, "clock_unset"),
        (parse_time("2059-01-01T00:00:00Z"), "clock_ahead"),
        (NOW + 11 * 60_000, "clock_ahead"),
        (NOW + 8 * HOUR, "clock_8h_ahead"),
        (NOW - 8 * HOUR, ""),
    ],
)
def test_a_clock_is_judged(time: int, code: str) -> None:
    found, (reading,) = Clocks(600_000).judged(frame(time), NOW)
    assert found == code
    assert reading.time == (NOW if code else time)
    assert reading.quality == (Quality.UNCERTAIN if code else Quality.GOOD)


def test_eight_hours_behind_twice_is_a_clock_and_once_is_a_reading_that_was_kept() -> None:
    clocks = Clocks(600_000)
    first, again = frame(NOW - 8 * HOUR), frame(NOW + 60_000 - 8 * HOUR, raw=b"y")
    assert clocks.judged(first, NOW)[0] == ""
    assert clocks.judged(first, NOW + 1000)[0] == ""
    assert clocks.judged(again, NOW + 60_000)[0] == "clock_8h_behind"
    assert clocks.judged(frame(NOW), NOW)[0] == ""


def test_times_in_one_frame_keep_their_distance_and_a_repeated_frame_its_time() -> None:
    clocks = Clocks(600_000)
    _, rows = clocks.judged(frame(0, 300_000), NOW)
    assert [row.time for row in rows] == [NOW - 300_000, NOW]
    _, again = clocks.judged(frame(0, 300_000), NOW + 30_000)
    assert again == rows
    _, later = clocks.judged(frame(0, 300_000), NOW + 300_000)
    assert later[-1].time == NOW + 300_000
