"""The gauge that nobody registered: its object is known, it is not, and it measures the rain."""

import pytest

from anlan.sandtable.city import NEWCOMER, City, city, newcomer, rainstorm

START = 1_795_500_000_000
MINUTE = 60_000


@pytest.fixture(scope="module")
def here() -> City:
    return city()


def test_its_object_is_known_and_it_is_not(here: City) -> None:
    assert NEWCOMER not in {one.key for one in here.sensors}
    assert NEWCOMER.rpartition("-")[0] in {one.key for one in here.objects}


def test_three_readings_a_minute_whatever_the_pieces(here: City) -> None:
    script, end = rainstorm(START), START + 9 * MINUTE
    whole = newcomer(here, script, START, end)
    assert [one.time for one in whole] == list(range(START, end, MINUTE // 3))
    pieces = [newcomer(here, script, at, at + 1000) for at in range(START, end, 1000)]
    assert [one for piece in pieces for one in piece] == whole


def test_it_measures_the_storm(here: City) -> None:
    fallen = newcomer(here, rainstorm(START), START - 10 * MINUTE, START + 40 * MINUTE)
    assert all(one.value >= 0 for one in fallen)
    assert 60 < sum(one.value for one in fallen) < 140
