"""Shifted positions of the mainland, and back."""

import pytest

from anlan.terms.gcj02 import from_wgs84, to_wgs84


def test_beijing_is_where_published_examples_have_it() -> None:
    assert from_wgs84(116.404, 39.915) == pytest.approx((116.41024450, 39.91640428), abs=1e-8)


@pytest.mark.parametrize("place", [(73.5, 39.4), (104.8, 30.6), (122.2, 30.0), (134.7, 48.3)])
def test_there_and_back_is_the_same_to_a_millimetre(place: tuple[float, float]) -> None:
    assert to_wgs84(*from_wgs84(*place)) == pytest.approx(place, abs=1e-8)


@pytest.mark.parametrize("place", [(-0.1, 51.5), (139.7, 35.7), (104.8, -30.6)])
def test_elsewhere_nothing_is_shifted(place: tuple[float, float]) -> None:
    assert from_wgs84(*place) == to_wgs84(*place) == place
