"""Before it is signed, the page of a warning says who will be told, and who is in its area."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from shapely.geometry import Point, box

from anlan.apps.atlas.models import Facility, PopulationCell, Target
from anlan.apps.warning.models import Subscription, Warning
from anlan.apps.warning.models.subscribing import digest_of_address
from anlan.apps.warning.queries.audience.outlook import outlook
from anlan.apps.warning.queries.audience.subscribers import subscribers
from tests.apps.conftest import COUNTY, TOWN
from tests.apps.warning.conftest import WRITER, Office
from tests.apps.warning.reaching import plant_tree, set_options

Clients = Callable[[str], Client]


def fill(office: Office, *, cells: int = 1) -> None:
    """People, two schools and a hospital in the town, subscribers in it and beside it."""
    plant_tree(office)
    for n in range(cells):
        west = 118.1 + 0.1 * n / cells
        PopulationCell.objects.create(
            region=TOWN, shape=box(west, 30.1, west + 0.1 / cells, 30.3), people_day=400 / cells,
            people_night=200 / cells, counted_on=date(2025, 6, 30), source="统计局",
        )  # fmt: skip
    for number, (kind, lon) in enumerate([("school", 118.12), ("school", 118.13),
                                          ("hospital", 118.14), ("school", 118.39)]):  # fmt: skip
        Target.objects.create(key=f"t{number}", name=f"{kind}{number}", kind=kind, region=COUNTY,
                              shape=Point(lon, 30.15), since=office.now)  # fmt: skip
    rows = [("email", 118.15), ("email", 118.16), ("sms", 118.15), ("email", 118.35)]
    for number, (way, lon) in enumerate(rows):
        address = f"{number}@demo.invalid"
        Subscription.objects.create(
            way=way, address=address, digest=digest_of_address(way, address), lon=lon, lat=30.15,
            region=COUNTY if lon > 118.2 else TOWN, spot=str(lon), state="confirmed",
            asked_at=office.now,
        )  # fmt: skip


def page(client_for: Clients, one: Warning, who: str = "county") -> str:
    return str(client_for(who).get(f"/warnings/{one.key}/outlook").content.decode())


def test_it_says_who_is_in_the_area_and_by_what_they_are_told(
    office: Office, client_for: Clients
) -> None:
    fill(office)
    one = office.submitted()
    shown = page(client_for, one)
    # Half of the cell lies in the town: 200 by day, 100 by night.
    for said in (">200<", ">100<", "2025-06-30", "统计局", "订阅公众", "school0", "hospital2"):
        assert said in shown
    assert "school3" not in shown
    assert "0@demo.invalid" not in shown
    assert "村主任" in shown
    assert f'hx-get="/warnings/{one.key}/outlook"' in client_for("county").get(
        f"/warnings/{one.key}"
    ).content.decode()  # fmt: skip


def test_it_counts_those_whom_the_hand_over_then_takes(office: Office) -> None:
    fill(office)
    told = outlook(office.asker(WRITER), office.submitted())
    issued = office.issued()
    told_by_way = sum(n for _way, n in told.subscribers)
    assert told_by_way == len(subscribers(issued.messages.get())) == 3


def test_names_of_other_jurisdictions_are_counted_only(office: Office, client_for: Clients) -> None:
    fill(office)
    one = office.drafted("town")
    told = outlook(office.asker("town"), one)
    assert {row.region for row in told.people} == {TOWN, f"{TOWN}001"}
    assert told.beyond > 0
    assert "县长" not in page(client_for, one, "town")


def test_a_stranger_sees_nothing(office: Office, client_for: Clients) -> None:
    one = office.submitted()
    assert client_for("county-b").get(f"/warnings/{one.key}/outlook").status_code == 404


def test_what_is_asked_does_not_grow_with_what_is_there(office: Office) -> None:
    one, asked = office.submitted(), list[Any]()
    fill(office)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            outlook(office.asker(WRITER), one)
        asked.append(len(queries))
        for number in range(40):
            key = f"m{number}-{len(asked)}"
            Target.objects.create(key=key, name="小学", kind="school", region=TOWN,
                                  shape=Point(118.12, 30.12), since=office.now)  # fmt: skip
    assert asked[0] == asked[1] < 70


def test_devices_in_the_area_are_named(office: Office, client_for: Clients, settings: Any) -> None:
    set_options(settings, screen_secret="a key of more than 16 bytes", device_private=True)
    for key, lon in (("screen-in", 118.15), ("screen-out", 118.35)):
        Facility.objects.create(
            key=key, name=key, kind="screen", region=TOWN, takes="Actual", since=office.now,
            shape=Point(lon, 30.15), device="http://10.0.0.9/",
        )  # fmt: skip
    shown = page(client_for, office.submitted())
    assert "screen-in" in shown
    assert "screen-out" not in shown
    assert "10.0.0.9" not in shown
