"""Times told in part: the moment nearest to the reception, and values without one kept apart."""

from datetime import UTC, datetime

import pytest

from anlan.connectors.dials import DAY_MS, HOUR_MS, MINUTE_MS, MONTH_MS, NOT_TOLD, Dial
from anlan.connectors.frames import Frame
from anlan.live.gateway.sense.dials import Dials
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER


def ms(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type, misc]  # year to second


NEW_YEAR = ms(2027, 1, 1, 0, 0, 10)


@pytest.mark.parametrize(
    ("dial", "near"),
    [
        (Dial(MINUTE_MS, 55_000), ms(2026, 12, 31, 23, 59, 55)),
        (Dial(MINUTE_MS, 5_000), ms(2027, 1, 1, 0, 0, 5)),
        (Dial(HOUR_MS, HOUR_MS - 1_000), ms(2026, 12, 31, 23, 59, 59)),
        (Dial(DAY_MS, DAY_MS - 60_000), ms(2026, 12, 31, 23, 59)),
        (Dial(DAY_MS, 60_000), ms(2027, 1, 1, 0, 1)),
        (Dial(MONTH_MS, 30 * DAY_MS + DAY_MS - 60_000), ms(2026, 12, 31, 23, 59)),
        (Dial(MONTH_MS, 0), ms(2027, 1, 1)),
        (NOT_TOLD, NEW_YEAR),
    ],
)
def test_the_nearest_moment_is_meant(dial: Dial, near: int) -> None:
    assert dial.near(NEW_YEAR) == near


def test_a_day_that_the_month_does_not_have_is_of_another_month() -> None:
    assert Dial(MONTH_MS, 29 * DAY_MS).near(ms(2026, 3, 1, 1)) == ms(2026, 3, 30)
    assert Dial(MONTH_MS, 27 * DAY_MS).near(ms(2026, 3, 1, 1)) == ms(2026, 2, 28)


def test_values_without_a_time_that_come_together_stand_apart() -> None:
    """A switch that went off and on again within one frame must not be seen as one value."""
    on, off = (Reading("7.1", 0, value, 0, NEVER) for value in (1.0, 0.0))
    other = Reading("7.2", 0, 5.0, 0, NEVER)
    frame = Frame(b"", readings=(on, off, other, on), dials=(NOT_TOLD,) * 4)
    dials = Dials()
    assert [one.time - 1_000 for one in dials.dated(frame, 1_000)] == [0, 1, 0, 2]
    assert [one.time - 1_000 for one in dials.dated(frame, 1_001)] == [3, 4, 1, 5]
    assert [one.time for one in dials.dated(frame, 2_000)] == [2_000, 2_001, 2_000, 2_002]
