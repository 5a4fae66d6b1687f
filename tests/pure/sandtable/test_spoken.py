"""Sensors whose devices speak protocols of their own."""

from collections import Counter

from anlan.live.gateway.protocols import names
from anlan.sandtable.city import city, spoken


def test_each_has_one_device_that_names_it() -> None:
    place = city()
    rows = list(spoken(place))
    assert {one.protocol for one in rows} <= {*names(), "modbus"}
    assert max(Counter(one.row for one in rows).values()) == 1
    assert max(Counter((one.protocol, one.name) for one in rows).values()) == 1


def test_stories_are_told_as_fast_as_they_are_played() -> None:
    """By HTTP: the stations of the field report each five minutes."""
    place = city()
    assert not any(place.fleet.story[one.row] for one in spoken(place))
    gauges = [one for one in spoken(place) if one.protocol == "sl651"]
    assert {place.sensors[one.row].interval_ms for one in gauges} == {300_000}
    assert {place.sensors[one.row].quantity for one in gauges} == {
        "flood.rain", "water_level", "reservoir_level",
    }  # fmt: skip
