"""Readings of a broker through the loop: stored once, refusals kept where someone sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.connectors import Fault, Reading
from anlan.live.door.mqtt import Entrance
from anlan.live.loop.beat import Beat
from anlan.live.loop.clock import Clock
from anlan.live.loop.heart import Heart
from anlan.live.quarantine import Quarantine
from anlan.live.shelved import pack_entries
from anlan.live.view import View
from anlan.terms.errors import Unavailable
from anlan.terms.times import NEVER

START = 1_782_880_800_000


class Site:
    """A loop with one sensor, and the entrance for MQTT before it."""

    def __init__(self, folder: Path) -> None:
        self.heart = Heart(folder)
        weir = {"type": "sensor", "key": "weir", "quantity": "water_level", "object": "weir"}
        self.heart.enter([*pack_entries(self.heart.registry, None), weir], at=START)
        self.heart.commit()
        self.quarantine = Quarantine(folder)
        self.clock = Clock(wall=lambda: START + 86_400_000, floor=START)
        self.beat = Beat(self.heart, self.clock, ring=lambda told: None, entered=lambda: None)
        self.view = View(self.heart.registry)
        self.entrance = Entrance(self.beat, self.quarantine, lambda: self.view)
        self.beat.start()

    def put(self, *rows: tuple[str, int, float], faults: tuple[Fault, ...] = ()) -> None:
        """Puts rows of sensor, seconds since the start, and value."""
        readings = [Reading(s, START + 1000 * t, v, 0, NEVER) for s, t, v in rows]
        self.entrance.put(readings, faults)

    @property
    def aside(self) -> list[tuple[str, str, str]]:
        return [(row.source, row.code, row.reason) for row in self.quarantine.rows()]

    def close(self) -> None:
        self.beat.end(10)
        self.quarantine.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.close()


def test_readings_are_stored_once_however_often_they_come(site: Site) -> None:
    rows = [("weir", t, 2.0 + t / 1000) for t in range(100)]
    site.put(*rows)
    site.put(*rows, ("weir", 100, 2.1))
    assert site.heart.counts.readings == 101
    assert site.aside == []


def test_what_is_refused_can_be_seen(site: Site) -> None:
    site.put(("weir", 0, 2.0))
    fault = Fault("unreadable", "gauges/weir: not JSON", b"{")
    site.put(("weir", 0, 3.0), ("unheard", 0, 1.0), ("weir", 1, float("inf")), faults=(fault,))
    assert site.aside == [
        ("broker:mqtt", "unreadable", "gauges/weir: not JSON"),
        ("broker:mqtt", "unknown_sensor", "sensor unheard is not registered"),
        (
            "broker:mqtt",
            "conflict",
            "another value of weir at this time is stored; the first stands",
        ),
        ("broker:mqtt", "not_finite", "the value of weir is infinite"),
    ]
    assert site.heart.counts.readings == 1
    assert site.entrance.refused.total() == 4


def test_a_flood_of_refusals_is_kept_within_bounds_and_counted(site: Site) -> None:
    more = Fault("unreadable", "gauges/weir: 3,000 more parts are no readings", b"", 3_000)
    site.put(*(("unheard", t, 1.0) for t in range(12_000)), ("weir", 0, 2.0), faults=(more,))
    (count,) = site.quarantine.counts()
    assert (count.source, count.kept) == ("broker:mqtt", 10_000)
    assert count.kept + count.lost == site.entrance.refused.total() == 15_000
    assert dict(site.entrance.refused) == {"unreadable": 3_000, "unknown_sensor": 12_000}
    assert site.heart.counts.readings == 1


def test_a_loop_that_has_ended_is_back_pressure(site: Site) -> None:
    site.beat.end(10)
    with pytest.raises(Unavailable):
        site.put(("weir", 0, 2.0))
