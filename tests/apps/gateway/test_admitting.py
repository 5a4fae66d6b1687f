"""A device that speaks its own protocol is admitted whole, by one press."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.apps.atlas.models import ObservedObject, Sensor, TurnedAway
from anlan.apps.people.models import AuditLine
from anlan.history.log import store_in
from anlan.history.query import Archive, Span
from anlan.live.quarantine import Quarantine
from tests.apps.conftest import COUNTY
from tests.apps.gateway.conftest import BUS, GAUGE, THEIR_BUS, key, spoke, waits
from tests.apps.limits.conftest import OBJECT

ClientFor = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def names(answer: Any) -> list[str]:
    return sorted(row["one"].device for row in answer.context["newcomers"])


def waiting(data: Path) -> int:
    with contextlib.closing(Quarantine(data)) as quarantine:
        return len(quarantine.rows())


def test_a_device_is_admitted_whole_with_what_waited(fleet: Path, client_for: ClientFor) -> None:
    """Also the quantity of which nothing waits; each as its standard or its hazard names it."""
    browser = client_for("county-admin")
    page = browser.get("/devices/")
    assert names(page) == [GAUGE, BUS]
    assert THEIR_BUS not in page.text
    assert "疲劳驾驶" in page.text
    made = {"kind": "flood.river_section", "name": "新桥水文站", "region": "990101001"}
    assert browser.post(f"/gateway/sl651/{GAUGE}/admit", made).status_code == 302
    thing = ObservedObject.objects.get(name="新桥水文站")
    quantities = dict(Sensor.objects.filter(object_key=thing.key).values_list("key", "quantity"))
    assert quantities == {
        key(GAUGE, "Z"): "flood.water_level",
        key(GAUGE, "PN05"): "flood.rain",
        key(GAUGE, "P1"): "sl651.P1",
    }
    sensor = Sensor.objects.get(key=key(GAUGE, "Z"))
    assert sensor.region == "990101001"
    with Archive(store_in(fleet)) as archive:
        assert archive.rows([sensor.handle], Span()).value.tolist() == [2.5, 3.5]
    assert names(browser.get("/devices/")) == [BUS]
    line = AuditLine.objects.get(act="atlas.admit_devices")
    assert (line.target, line.who) == (f"devices/sl651/{GAUGE}", "county-admin")
    assert len(line.detail["sensors"]) == 3


def test_a_vehicle_is_of_no_hazard_and_has_a_page(fleet: Path, client_for: ClientFor) -> None:
    browser = client_for("county-admin")
    made = {"kind": ".device", "name": "1路公交", "region": COUNTY}
    assert browser.post(f"/gateway/jt808/{BUS}/admit", made).status_code == 302
    thing = ObservedObject.objects.get(name="1路公交")
    assert Sensor.objects.filter(object_key=thing.key).count() == 3
    for path in (f"/objects/{thing.key}", f"/atlas/objects/{thing.key}", "/atlas/sensors"):
        page = browser.get(path)
        assert page.status_code == 200, path
    assert "速度" in browser.get(f"/objects/{thing.key}").text


@pytest.mark.parametrize(
    "given",
    [
        {"object_key": "990102RV1"},
        {},
        {"kind": "flood.nothing", "name": "x", "region": COUNTY},
        {"kind": "flood.river_section", "name": " ", "region": COUNTY},
        {"kind": "flood.river_section", "name": "x", "region": "990102"},
        {"kind": "flood.river_section", "name": "x", "region": "990101999"},
    ],
)
def test_nonsense_and_other_counties_are_refused(
    fleet: Path, client_for: ClientFor, given: dict[str, str]
) -> None:
    before = waiting(fleet)
    answer = client_for("county-admin").post(f"/gateway/jt808/{BUS}/admit", given)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert not Sensor.objects.filter(key=key(BUS, "speed")).exists()
    assert waiting(fleet) == before


def test_nobody_learns_of_another_countys_device(fleet: Path, client_for: ClientFor) -> None:
    manager = client_for("county-admin")
    for verb in ("admit", "turn-away"):
        for device in (THEIR_BUS, "13899999999"):
            answer = manager.post(f"/gateway/jt808/{device}/{verb}", {"object_key": OBJECT,
                                                                     "reason": "x"})  # fmt: skip
            assert answer.status_code == 404
        assert client_for("county").post(f"/gateway/jt808/{BUS}/{verb}").status_code == 403


def test_the_second_is_told(fleet: Path, client_for: ClientFor) -> None:
    browser = client_for("county-admin")
    given = {"object_key": OBJECT}
    assert browser.post(f"/gateway/jt808/{BUS}/admit", given).status_code == 302
    assert browser.post(f"/gateway/jt808/{BUS}/admit", given).status_code == 404
    assert Sensor.objects.filter(object_key=OBJECT).count() == 4


def test_a_device_is_turned_away_with_all_its_rows(fleet: Path, client_for: ClientFor) -> None:
    browser, before = client_for("county-admin"), waiting(fleet)
    path = f"/gateway/jt808/{BUS}/turn-away"
    assert browser.post(path, {"reason": ""}).status_code == 422
    assert browser.post(path, {"reason": "调试"}).status_code == 302
    assert waiting(fleet) == before - 4
    assert TurnedAway.objects.count() == 2
    assert names(browser.get("/devices/")) == [GAUGE]


def test_many_devices_ask_no_more_than_few(fleet: Path, client_for: ClientFor) -> None:
    """Sixty of them: fifty are shown, and the regions stand on the page once."""
    browser, asked = client_for("county-admin"), []
    for many in (2, 60):
        for n in range(many):
            spoke(fleet, "gb32960", f"LTEST{n:012}", "soc", "odometer_km")
        waits(fleet, "gb32960", *(key(f"LTEST{n:012}", "soc") for n in range(many)))
        with CaptureQueriesContext(connection) as captured:
            page = browser.get("/devices/")
        asked.append(len(captured))
    assert len(page.context["newcomers"]) == 50
    assert {len(row["parts"]) for row in page.context["newcomers"]} <= {2, 3}
    assert page.text.count('<option value="990101001">') == 1
    assert asked[1] <= asked[0] + 2
