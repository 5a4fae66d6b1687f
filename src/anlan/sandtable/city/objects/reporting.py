"""What reports by itself: fire alarm hosts, outlets of works, vehicles on their routes."""

from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import Any

import shapely

from anlan.sandtable.city.fabric.roads import Road
from anlan.sandtable.city.model import Observed, Target
from anlan.sandtable.city.owners.enterprises import Premises
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import Amounts

_USES = {"hospital": "医院", "care_home": "养老机构", "school": "学校", "market": "商场市场"}
_CARGOES = (
    ("液氨", "1005"),
    ("液氯", "1017"),
    ("汽油", "1203"),
    ("甲醇", "1230"),
    ("液化石油气", "1075"),
)
_WIDE = ("motorway", "national", "provincial")


def hosts(survey: Survey, amounts: Amounts, targets: Sequence[Target]) -> Iterator[Observed]:
    """A fire alarm host in hospitals, care homes, schools and markets, the greatest first."""
    crowds = sorted(
        (one for one in targets if one.kind in _USES),
        key=lambda one: (-one.people_day - one.people_night, one.key),
    )
    for number, one in enumerate(crowds[: amounts.fire_hosts], 1):
        yield Observed(
            key=survey.key(one.region, "FX"), kind="fire_host", pack="fire_host",
            zh=f"{one.zh}消防主机", en=f"{one.en}, fire alarm host", region=one.region,
            owner=f"{one.region[:6]}-xf", enterprise="", shape=shapely.Point(one.point),
            point=one.point, contact=one.contact, address=one.address,
            attributes={"building": one.zh, "use": _USES[one.kind],
                        "points": 80 + one.people_day // 4, "control_room": one.contact.phone,
                        "transmitter": f"{one.region[:6]}{number:06d}",
                        "keeper": "安澜消防技术服务(虚构)"},
        )  # fmt: skip


def outlets(survey: Survey, amounts: Amounts, premises: Premises) -> Iterator[Observed]:
    """The outlet of waste water of chemical works."""
    for number, firm in enumerate(premises.chemical[: amounts.outlets], 1):
        x, y = premises.lots[firm.key]
        yield survey.observe(
            "outlet", at=(x - 0.06, y - 0.05), pack="outlet", short="WO", owner=firm.key,
            zh=f"{firm.short}废水总排口", en=f"{firm.short_en} outlet", enterprise=firm.key,
            contact=firm.contact,
            attributes={"permit": f"{firm.credit_code}001V", "receives": "就近河道",
                        "mn": f"{firm.region[:6]}ANLAN{number:013d}", "daily": 1200.0,
                        "valve": True},
        )  # fmt: skip


def vehicles(
    survey: Survey, amounts: Amounts, premises: Premises, roads: Sequence[Road]
) -> Iterator[tuple[Observed, Any]]:
    """Tankers of chemical works and buses of the counties, each with its road on the plane."""
    wide = [one for one in roads if one.kind in _WIDE]
    numbers = count(1)
    for number in islice(numbers, amounts.tankers):
        firm, road = premises.chemical[number % len(premises.chemical)], wide[number % len(wide)]
        cargo, un = _CARGOES[number % len(_CARGOES)]
        yield _vehicle(survey, number, road, premises.lots[firm.key], rest={
            "names": (f"{firm.short}槽车", f"{firm.short_en} tanker"), "owner": firm.key,
            "enterprise": firm.key,
            "more": {"kind": "危险货物运输车", "cargo": cargo, "un_number": un},
        })  # fmt: skip
    for number in islice(numbers, amounts.buses):
        road = wide[-number % len(wide)]
        x, y = road.line.coords[0]
        county = survey.village(x, y).code[:6]
        yield _vehicle(survey, number, road, (x, y), rest={
            "names": ("城乡公交", "country bus"), "owner": f"{county}-jt", "enterprise": "",
            "more": {"kind": "公交车", "seats": 62},
        })  # fmt: skip


def _vehicle(
    survey: Survey, number: int, road: Road, depot: tuple[float, float], *, rest: Any
) -> tuple[Observed, Any]:
    """A vehicle, which is registered where its depot is."""
    plate, (zh, en) = f"岚A{10_000 + 37 * number}", rest["names"]
    driver = survey.contact("师傅")
    one = survey.observe(
        "vehicle", at=depot, pack="vehicle", short="VH", zh=f"{zh}{plate}", en=f"{en} {plate}",
        owner=rest["owner"], enterprise=rest["enterprise"], contact=driver,
        attributes={"plate": plate, "terminal": f"1990000{number:04d}", "route": road.zh,
                    "driver_phone": driver.phone, **rest["more"]},
    )  # fmt: skip
    return one, road.line
