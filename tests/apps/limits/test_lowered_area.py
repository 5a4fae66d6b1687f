"""Lowered limits keep to the area of their warning, and a decision to what somebody saw."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.models import Lowering
from anlan.apps.warning.models import Incoming
from anlan.apps.warning.queries.incoming import bearing
from anlan.apps.warning.queries.incoming.asking import asked_on_desk
from anlan.apps.warning.queries.incoming.bearing import sensors_lowered
from anlan.history.log import Log, store_in
from anlan.history.registry import Registry
from tests.apps.limits.conftest import OTHER, OWN
from tests.apps.limits.test_lowered import LOWERED, PLAIN, heard, mark, marks, press, shown
from tests.apps.limits.test_lowered import ear as ear
from tests.apps.warning.incoming.feeding import Ear, alert

Clients = Callable[[str], Any]
CITY = "990100000000"
BOTH = "</value></geocode><geocode><valueName>CPEAS Geographic Code</valueName><value>".join(
    ("990101000000", "990102000000")
)


def second(**fields: Any) -> bytes:
    """An update of the first message."""
    return alert(2, kind="Update", refers=(1,), **fields)


def values_in(data: Path, sensor: str) -> list[float]:
    """The lowered values of a sensor that the log has, of the past too."""
    with Log.open(store_in(data)) as log:
        rows = Registry.from_log(log).limits_of(sensor)
    return [one.value for one in rows if one.source.startswith("lowered:")]


def test_limits_rise_where_the_warning_no_longer_holds(
    ear: Ear, client_for: Clients, live: Path
) -> None:
    one = heard(ear, alert(1, geocode=BOTH))
    press(client_for("city"), one)
    assert marks() == marks(OTHER) == LOWERED
    heard(ear, alert(1, geocode=BOTH), second(geocode="990102000000"))
    assert (marks(), marks(OTHER)) == (PLAIN, LOWERED)
    assert values_in(live, OWN) == [2.9, 3.7]
    rows = {row.state: row.regions for row in Lowering.objects.all()}
    assert rows == {"ended": ["990101"], "stands": ["990102"]}
    last = second(geocode="990103000000").replace(b"met-2<", b"met-3<")
    heard(ear, alert(1, geocode=BOTH), second(geocode="990102000000"), last)
    assert marks(OTHER) == PLAIN
    assert not Lowering.objects.filter(state="stands").exists()


def test_a_narrower_area_leaves_a_part_of_the_city(ear: Ear, client_for: Clients) -> None:
    one = heard(ear, alert(1, geocode=CITY))
    press(client_for("city"), one)
    heard(ear, alert(1, geocode=CITY), second())
    assert (marks(), marks(OTHER)) == (LOWERED, PLAIN)
    press(client_for("county"), one, "end", reason="雨停",
          lowering=Lowering.objects.get(state="stands").key)  # fmt: skip
    assert marks() == PLAIN
    assert mark(client_for("county"), one, "again")


def test_what_is_automatic_begins_where_an_update_adds_a_place(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = packs()["flood"]
    said = tuple(replace(one, is_automatic=bool(one.lower)) for one in flood.bearings)
    own = {**packs(), "flood": replace(flood, bearings=said)}
    monkeypatch.setattr(bearing, "packs", lambda: own)
    heard(ear, alert(1))
    assert (marks(), marks(OTHER)) == (LOWERED, PLAIN)
    heard(ear, alert(1), second(geocode=BOTH))
    assert marks() == LOWERED
    assert [value for _level, value, _source in marks(OTHER)] == [2.9, 3.7]


def test_nobody_decides_on_what_nobody_saw(ear: Ear, client_for: Clients) -> None:
    one = heard(ear, alert(1))
    county = client_for("county")
    seen, left = mark(county, one), mark(county, one, "leave")
    heard(ear, alert(1), second(severity="Extreme"))
    press(county, one, seen=seen)
    assert "您查看时为橙色预警，现已变为红色" in shown(county, one)
    press(county, one, "leave", seen=left, reason="闸门检修")
    press(county, one, seen="")
    assert not Lowering.objects.exists()
    press(county, one)
    assert marks()[0] == (2, 2.7, "lowered:met-2")


def test_another_area_is_looked_at_anew(ear: Ear, client_for: Clients) -> None:
    one = heard(ear, alert(1))
    city = client_for("city")
    seen = mark(city, one)
    heard(ear, alert(1), second(geocode=CITY))
    press(city, one, seen=seen)
    assert "下调范围已有变化" in shown(city, one)
    assert not Lowering.objects.exists()


def test_what_was_declined_is_lowered_after_all(
    ear: Ear, client_for: Clients, live: Path, asker_for: Callable[[str], Any]
) -> None:
    one, county = heard(ear, alert(1)), client_for("county")
    assert press(county, one, "leave", reason="闸门\0检修").status_code == 302
    assert Lowering.objects.get().reason == "闸门检修"
    assert "flood" not in {asked.pack for asked in asked_on_desk(asker_for("county"))}
    assert mark(county, one) == ""
    press(county, one, "again")
    assert marks() == LOWERED
    press(county, one, "end", reason="雨停\0", lowering=Lowering.objects.get(state="stands").key)
    assert marks() == PLAIN
    before = values_in(live, OWN)
    press(county, one, "again")
    assert marks() == LOWERED
    assert len(values_in(live, OWN)) == len(before) + 2
    assert mark(county, one, "again") == ""


def test_a_county_counts_its_own_sensors_once(
    ear: Ear, client_for: Clients, asker_for: Callable[[str], Any]
) -> None:
    one = heard(ear, alert(1, geocode=CITY))
    press(client_for("county"), one)
    press(client_for("city"), one)
    assert [sensors_lowered(asker_for(key)) for key in ("county", "county-b", "city")] == [1, 1, 2]
    assert "1个测点" in shown(client_for("county"), one)
    assert "2个测点" not in shown(client_for("county"), one)
    assert "2个测点" in shown(client_for("city"), one)


def test_the_desk_reads_all_decisions_at_once(ear: Ear, asker_for: Callable[[str], Any]) -> None:
    heard(ear, alert(1), alert(3), alert(4))
    assert Incoming.objects.count() == 3
    asker = asker_for("county")
    with CaptureQueriesContext(connection) as told:
        assert {one.one.pk for one in asked_on_desk(asker)} == set(
            Incoming.objects.values_list("pk", flat=True)
        )
    assert sum("atlas_lowering" in one["sql"] for one in told) == 1
