"""A device that sends without being registered is admitted with what it sent, or turned away."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.actions.entering import enter
from anlan.apps.atlas.models import Sensor, TurnedAway
from anlan.apps.atlas.queries import devices
from anlan.apps.people.models import AuditLine
from anlan.history.log import store_in
from anlan.history.query import Archive, Span
from anlan.history.registry import new_key
from anlan.live import reach
from anlan.live.decode.decoded import Fault, unknown
from anlan.live.quarantine import CAP, Quarantine
from anlan.terms.errors import Unavailable
from tests.apps.limits.conftest import OBJECT

ClientFor = Callable[[str], Client]
pytestmark = pytest.mark.django_db
NEW, THEIR_NEW, NOWHERE = f"{OBJECT}-Z2", "990102RV1-Z2", "gauge-7"
SOURCE = "river-office"
GIVEN = {"object_key": OBJECT, "quantity": "flood.water_level"}


def row(sensor: str, number: int) -> Fault:
    """A row as intake keeps it."""
    text = (f'{{"sensor":"{sensor}","time":"2026-07-01T0{number}:00:00Z",'
            f'"value":{2.5 + number / 10}}}').encode()  # fmt: skip
    return unknown(number, sensor, text)


def knock(data: Path, *sensors: str, source: str = SOURCE) -> None:
    """Three rows of each sensor come in from a source."""
    with contextlib.closing(Quarantine(data)) as quarantine:
        for sensor in sensors:
            at = int(timezone.now().timestamp() * 1000)
            quarantine.add(source, [row(sensor, n) for n in range(3)], at=at)


def rows_kept(data: Path) -> list[str]:
    with contextlib.closing(Quarantine(data)) as quarantine:
        return [one.body.decode().split('"')[3] for one in quarantine.rows()]


def may_send(data: Path, *patterns: str) -> None:
    """The source has a key for these sensors."""
    _text, entry = new_key(SOURCE, patterns, at=0)
    with reach.Desk(data) as desk:
        desk.enter([entry])


@pytest.fixture
def knocked(live: Path) -> Path:
    may_send(live, "990101*")
    knock(live, NEW, THEIR_NEW, NOWHERE)
    return live


def names(answer: Any) -> list[str]:
    return [one["knock"].sensor for one in answer.context["devices"]]


def test_admitted_with_one_press(knocked: Path, client_for: ClientFor) -> None:
    """Object and quantity are suggested; what waited is stored, the page is empty afterwards."""
    browser = client_for("county-admin")
    page = browser.get("/devices/")
    assert names(page) == [NEW]
    (one,) = page.context["devices"]
    assert (one["knock"].rows, one["value"].split("\u2009")[0]) == (3, "2.70")
    seems = one["seems"]._asdict()
    assert (seems["object_key"], seems["quantity"]) == (OBJECT, "flood.water_level")
    assert browser.post(f"/devices/{NEW}/admit", seems).status_code == 302
    sensor = Sensor.objects.get(key=NEW)
    assert (sensor.object_key, sensor.region) == (OBJECT, "990101001001")
    with Archive(store_in(knocked)) as archive:
        assert len(archive.rows([sensor.handle], Span()).value) == 3
    assert NEW not in rows_kept(knocked)
    assert names(browser.get("/devices/")) == []
    assert AuditLine.objects.filter(act="atlas.admit_devices", who="county-admin").exists()


def test_a_flood_of_others_hides_no_new_device(live: Path, client_for: ClientFor) -> None:
    """Six sources are full, three of them of a device of the neighbour, before ours knocks."""
    for number in range(6):
        refused = row(THEIR_NEW, 1) if number % 2 else Fault(1, "unreadable", "no JSON", b"?")
        with contextlib.closing(Quarantine(live)) as quarantine:
            quarantine.add(f"noise-{number}", [refused] * CAP, at=0)
    knock(live, NEW)
    assert names(client_for("county-admin").get("/devices/")) == [NEW]


def test_a_device_is_turned_away_with_all_its_rows(
    knocked: Path, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with those that the page did not look at."""
    monkeypatch.setattr(devices, "_MOST_ROWS", 2)
    monkeypatch.setattr(devices, "_LEAST_ROWS", 2)
    knock(knocked, NEW)
    browser = client_for("county-admin")
    assert browser.get("/devices/").context["devices"][0]["knock"].rows == 2
    browser.post(f"/devices/{NEW}/turn-away", {"reason": "调试设备"})
    assert NEW not in rows_kept(knocked)


def test_each_county_sees_its_own(knocked: Path, client_for: ClientFor) -> None:
    assert sorted(names(client_for("admin").get("/devices/"))) == [NEW, THEIR_NEW, NOWHERE]
    manager = client_for("county-admin")
    for verb in ("admit", "turn-away"):
        for key in (THEIR_NEW, NOWHERE, "nobody"):
            answer = manager.post(f"/devices/{key}/{verb}", GIVEN | {"reason": "x"})
            assert answer.status_code == 404
    for who in ("county", "county-chief", "town", "enterprise", "county-b"):
        assert client_for(who).get("/devices/").status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {"object_key": "990102RV1", "quantity": "flood.water_level"},
        {"object_key": "", "quantity": "flood.water_level"},
        {"object_key": OBJECT, "quantity": "flood.nothing"},
        {},
    ],
)
def test_nonsense_is_named(knocked: Path, client_for: ClientFor, given: dict[str, str]) -> None:
    answer = client_for("county-admin").post(f"/devices/{NEW}/admit", given)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not Sensor.objects.filter(key=NEW).exists()
    assert len(rows_kept(knocked)) == 9


def test_the_second_is_told(knocked: Path, client_for: ClientFor) -> None:
    entry = {"type": "sensor", "key": NEW, "object": OBJECT, "quantity": "flood.water_level"}
    with reach.Desk(knocked) as desk:
        desk.enter([entry])
    answer = client_for("county-admin").post(f"/devices/{NEW}/admit", GIVEN)
    assert answer.status_code == 422
    assert "已由他人接纳" in answer.content.decode()


def test_a_source_without_the_right_is_told(live: Path, client_for: ClientFor) -> None:
    """Admitted all the same; its rows wait until the key of the source allows them."""
    may_send(live, "990102*")
    knock(live, NEW)
    browser = client_for("county-admin")
    page = browser.post(f"/devices/{NEW}/admit", GIVEN, follow=True)
    assert "未授权" in page.content.decode()
    assert rows_kept(live) == [NEW] * 3


def test_turned_away_with_a_reason(knocked: Path, client_for: ClientFor) -> None:
    browser = client_for("county-admin")
    assert browser.post(f"/devices/{NEW}/turn-away", {"reason": " "}).status_code == 422
    assert browser.post(f"/devices/{NEW}/turn-away", {"reason": "调试设备"}).status_code == 302
    assert NEW not in rows_kept(knocked)
    assert len(rows_kept(knocked)) == 6
    assert TurnedAway.objects.get().reason == "调试设备"
    line = AuditLine.objects.get(act="atlas.turn_away")
    assert (line.region, line.detail) == ("990101", {"rows": 3})
    knock(knocked, NEW)
    assert "调试设备" in browser.get("/devices/").content.decode()


def test_a_door_that_fails_changes_nothing(
    knocked: Path, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("tests.apps.limits.conftest.Standing.ask", broken)
    answer = client_for("county-admin").post(f"/devices/{NEW}/admit", GIVEN)
    assert answer.status_code == 422
    line = AuditLine.objects.order_by("number").last()
    assert line is not None
    assert (line.act, line.target) == ("atlas.not_entered", f"sensors/{NEW}")
    assert not Sensor.objects.filter(key=NEW).exists()
    assert len(rows_kept(knocked)) == 9


def test_nothing_is_entered_beside_a_service_that_starts(data: Path, settings: Any) -> None:
    """Whoever opened the log now would keep the service from it."""
    _text, entry = new_key(SOURCE, ["990101*"], at=0)
    settings.PLACE = replace(settings.PLACE, is_served=True)
    with pytest.raises(Unavailable):
        enter([entry])
    settings.PLACE = replace(settings.PLACE, is_served=False)
    enter([entry])


def test_without_anything_new_the_page_says_so(live: Path, client_for: ClientFor) -> None:
    assert "没有新设备" in client_for("county-admin").get("/devices/").content.decode()


def test_an_object_is_found_while_one_types(live: Path, client_for: ClientFor) -> None:
    browser = client_for("county-admin")
    assert OBJECT in browser.get("/devices/objects", {"object_key": "石桥"}).content.decode()
    for text in ("990102RV1", "没有这个"):
        assert (
            "option" not in browser.get("/devices/objects", {"object_key": text}).content.decode()
        )
