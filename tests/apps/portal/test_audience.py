"""Whom of the public a message is for: exactly those whose place is warned, asked one by one."""

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from anlan.apps.atlas.models import Region
from anlan.apps.portal.queries import Reader
from anlan.apps.warning.actions.subscribing.founding import MOST, Home, found_subscribers
from anlan.apps.warning.models import Subscription
from anlan.apps.warning.models.subscribing import digest_of_address, spot_of
from anlan.apps.warning.queries.audience import subscribers, subscribers_of
from tests.apps.conftest import COUNTY, NEIGHBOUR, TOWN, VILLAGE
from tests.apps.warning.conftest import Office

EVENT = "11B03"
_KINDS = ("", "", ",11A01,11B03,", ",11B,", ",11A01,", ",11B04,1,")


def _star(x: float, y: float, reach: float) -> Polygon:
    """A polygon of 200 corners."""
    turns = [n * 3.6 for n in range(200)]
    far = [reach * (1 if n % 2 else 0.6) for n in range(200)]
    return Polygon([(x + r * math.cos(math.radians(t)), y + r * math.sin(math.radians(t)))
                    for t, r in zip(turns, far, strict=True)])  # fmt: skip


AREAS: dict[str, tuple[Any, list[str]]] = {
    "a polygon of 200 corners": (_star(118.2, 30.2, 0.15), []),
    "smaller than a cell": (box(118.1511, 30.1511, 118.1532, 30.1533), []),
    "parts and a hole": (
        MultiPolygon([box(118.0, 30.0, 118.1, 30.1).difference(box(118.04, 30.04, 118.06, 30.06)),
                      box(118.3, 30.3, 118.35, 30.4)]),
        [],
    ),
    "a town by its code": (None, [TOWN]),
    "a town and a polygon beyond it": (_star(118.35, 30.35, 0.1), [TOWN]),
    "two counties, one in the other's list": (None, [COUNTY, VILLAGE, NEIGHBOUR]),
    "nowhere": (None, []),
}  # fmt: skip


def _asked(office: Office, chance: random.Random) -> Iterator[Subscription]:
    """Subscribers by chance all over two counties, on corners and borders, and of districts."""
    spots: list[tuple[float | None, float | None]] = [
        (118 + chance.random() * 0.8, 30 + chance.random() * 0.4) for _ in range(1500)
    ]
    spots += [(118.1, 30.05), (118.06, 30.06), (118.3, 30.3), (118.1511, 30.1533)]
    spots += [(None, None)] * 60
    places = list(Region.objects.all())
    for number, (lon, lat) in enumerate(spots):
        inside = [one.key for one in places if lon and one.shape.intersects(Point(lon, lat))]
        some = [COUNTY, TOWN, VILLAGE, NEIGHBOUR, "9901", "990101002"]
        region = max(inside, key=len, default="") if lon else chance.choice(some)
        way = chance.choice(Subscription.Way.values)
        yield Subscription(
            way=way, address=f"{number}@demo.invalid", lon=lon, lat=lat, region=region,
            digest=digest_of_address(way, f"{number}@demo.invalid"), spot=spot_of(region, lon, lat),
            kinds=chance.choice(_KINDS), least=chance.randint(1, 4), asked_at=office.now,
            status=chance.choice(["Actual", "Actual", "Exercise"]),
            state=chance.choice(["confirmed"] * 4 + ["waiting", "stopped"]),
        )  # fmt: skip


@pytest.fixture
def asked(office: Office) -> list[Subscription]:
    """Some 1,500 subscriptions."""
    Subscription.objects.bulk_create(_asked(office, random.Random(11)))
    return list(Subscription.objects.all())


def _is_for(one: Subscription, shape: Any, codes: list[str], level: int) -> bool:
    """The same question, asked of one subscriber in plain words."""
    kinds = [code for code in one.kinds.split(",") if code]
    if one.state != "confirmed" or one.status != "Actual" or one.least > level:
        return False
    if kinds and not any(EVENT.startswith(code) for code in kinds):
        return False
    if any(one.region.startswith(code) for code in codes):
        return True
    if one.lon is not None:
        return shape is not None and bool(shape.intersects(Point(one.lon, one.lat)))
    border = Region.objects.filter(key=one.region).values_list("shape", flat=True).first()
    meets = shape is not None and border is not None and bool(shape.intersects(border))
    return meets or any(code.startswith(one.region) for code in codes)


@pytest.mark.parametrize("area", AREAS)
def test_it_is_for_all_in_the_area_and_for_nobody_else(
    asked: list[Subscription], area: str
) -> None:
    shape, codes = AREAS[area]
    content = {"shape": shapely.to_geojson(shape) if shape else "", "regions": codes,
               "event": EVENT, "level": 3}  # fmt: skip
    told = subscribers_of(content, "Actual")
    wanted = {(one.pk, one.way) for one in asked if _is_for(one, shape, codes, 3)}
    assert sorted(told) == sorted(wanted)
    assert sum(told.counts.values()) == len(told) == len(wanted)
    assert bool(wanted) == (area != "nowhere")


def test_it_is_for_those_whose_place_the_public_pages_call_warned(
    office: Office, asked: list[Subscription]
) -> None:
    issued = office.issued()
    (course,) = Reader().courses()
    borders = dict(Region.objects.values_list("key", "shape"))
    Subscription.objects.update(kinds="", least=1)
    wanted = {
        one.pk
        for one in asked
        if one.state == "confirmed" and one.status == "Actual"
        and course.warns(one.region, Point(one.lon, one.lat) if one.lon else
                         borders.get(one.region))
    }  # fmt: skip
    told = subscribers(issued.messages.get())
    assert {pk for pk, _way in told} == wanted
    assert wanted


def test_a_drill_reaches_only_those_who_take_drills(
    office: Office, asked: list[Subscription]
) -> None:
    issued = office.issued(status="Exercise")
    told = {pk for pk, _way in subscribers(issued.messages.get())}
    takers = {one.pk for one in asked if one.status == "Exercise"}
    assert told
    assert told <= takers


def test_a_place_that_moves_is_found_where_it_is_now(office: Office) -> None:
    one = next(_asked(office, random.Random(1)))
    one.lon, one.lat, one.state, one.status, one.kinds = 118.05, 30.05, "confirmed", "Actual", ""
    one.least = 1
    one.save()
    content = {"shape": shapely.to_geojson(box(118.3, 30.3, 118.4, 30.4)), "regions": [],
               "event": EVENT, "level": 1}  # fmt: skip
    assert not len(subscribers_of(content, "Actual"))
    one.lon, one.lat = 118.35, 30.35
    one.save()
    assert list(subscribers_of(content, "Actual")) == [(one.pk, one.way)]


@pytest.mark.parametrize(
    ("way", "address"),
    [
        ("email", "resident@example.org"),
        ("sms", "13812345678"),
        ("push", '{"endpoint": "https://push.example/abcdef"}'),
        ("webhook", "https://hook.example/secret"),
        ("mqtt", "phone-1"),
    ],
)
def test_an_address_is_never_written_out(way: str, address: str) -> None:
    assert address not in str(Subscription(way=way, address=address))


def test_a_city_that_is_invented_has_subscribers_whom_nobody_can_reach(office: Office) -> None:
    homes = [Home(TOWN, 118.15, 30.15, 0.01, 900.0), Home(COUNTY, 118.35, 30.35, 0.01, 100.0)]
    assert found_subscribers(homes, office.now) == MOST
    assert found_subscribers(homes, office.now) == 0
    rows = Subscription.objects.all()
    assert all(one.address.endswith(".invalid") for one in rows)
    content = {"shape": shapely.to_geojson(box(118.1, 30.1, 118.2, 30.2)), "regions": [],
               "event": EVENT, "level": 4}  # fmt: skip
    assert len(subscribers_of(content, "Actual")) == rows.filter(region=TOWN).count() > MOST * 0.8
