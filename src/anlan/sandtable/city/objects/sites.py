"""Where people work and ride: lifts, filling stations, fireworks and mines that are watched."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from anlan.sandtable.city.model import Facility, Observed
from anlan.sandtable.city.objects.standing import Standing
from anlan.sandtable.city.owners.enterprises import Premises
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import Amounts

STORY_LIFT, STORY_MINE = "990101EL901", "990101MI901"
_TOWN = (59.5, 38.2)
_FUELS = ("92号汽油", "柴油")
_ORE, _COAL = ("采场", "岩巷掘进"), ("采煤工作面", "煤巷掘进")


def sites(
    survey: Survey, amounts: Amounts, premises: Premises, standing: Standing
) -> Iterator[Observed]:
    """Every observed object of the packs of lifts, filling stations, fireworks and mines."""
    yield from _lifts(amounts.lifts, standing)
    for one in standing.some("gas_station", amounts.fuel_stations):
        yield from _station(survey, premises, standing, one)
    for one in standing.some("fireworks_shop", amounts.fireworks_shops):
        yield standing.watch(
            one, "fireworks_shop", pack="fireworks",
            attributes={"licence": f"烟花零售(虚构){one.key[6:]}", "licensed_until": "2027-12-31",
                        "stock_limit": 300, "long_term": True},
        )  # fmt: skip
    yield from _warehouses(survey, amounts.fireworks_stores, premises)
    for number, one in enumerate(standing.of("mine")):
        yield from _mine(survey, premises, standing, one, is_coal=number == 1)


def _lifts(count: int, standing: Standing) -> Iterator[Observed]:
    """The lift of the stories, in the county town, and some more."""
    every = standing.of("elevator")
    near = [one for one in every if one.region.startswith("990101")]
    own = min(near, key=lambda one: standing.distance(one, _TOWN))
    more = [one for one in standing.some("elevator", count) if one is not own]
    for number, one in enumerate((own, *more[: count - 1])):
        yield standing.watch(
            one, "elevator", pack="elevator", key="" if number else STORY_LIFT,
            attributes={"code": f"3110-99-{one.key[6:]}(虚构)", "kind": "曳引乘客电梯",
                        "place": one.zh, "floors": 11 + number % 22, "load": 1000, "speed": 1.75,
                        "made_on": f"{2006 + number % 18}-05-01",
                        "next_inspection": f"2027-{1 + number % 12:02d}-15",
                        "keeper": "安澜电梯维保(虚构)", "rescue_phone": "199-0000-0096"},
        )  # fmt: skip


def _station(
    survey: Survey, premises: Premises, standing: Standing, one: Facility
) -> Iterator[Observed]:
    root = standing.watch(
        one, "fuel_station", pack="gas_station",
        attributes={"grade": "三级", "volume": one.size, "licensed_until": "2028-06-30",
                    "vapour_recovery": True, "responsible": one.contact.name},
    )  # fmt: skip
    yield root
    x, y = premises.lots[root.owner]
    for n, fuel in enumerate(_FUELS, 1):
        yield _within(survey, root, "fuel_tank", (x + 0.02 * n, y), short=f"K{n}",
                      names=(f"{n}号罐({fuel})", f"tank {n}"),
                      attributes={"fuel": fuel, "volume": 30, "wall": "双层",
                                  "laid_on": "2019-08-01"})  # fmt: skip
    for n, (kind, en) in enumerate((("加油区", "forecourt"), ("卸油区", "unloading")), 1):
        yield _within(survey, root, "forecourt", (x, y + 0.02 * n), short=f"A{n}", names=(kind, en),
                      attributes={"kind": kind})  # fmt: skip


def _within(
    survey: Survey, root: Observed, kind: str, at: tuple[float, float], **rest: Any
) -> Observed:
    """A part of a site; short: of its key · names: after those of the site."""
    (zh, en), short = rest.pop("names"), rest.pop("short")
    return survey.observe(
        kind, at=at, pack=root.pack, zh=root.zh.removesuffix("(虚构)") + zh,
        en=f"{root.en.removesuffix(' (fictional)')}, {en}", key=f"{root.key}{short}",
        owner=root.owner, enterprise=root.enterprise, parent=root.key, contact=root.contact,
        address=root.address, **rest,
    )  # fmt: skip


def _warehouses(survey: Survey, count: int, premises: Premises) -> Iterator[Observed]:
    """Warehouses of fireworks out on the land; the next shop's firm keeps each."""
    for k, (x, y, village) in enumerate(survey.among_people(count, power=0.4)):
        firm = premises.fireworks[k % len(premises.fireworks)]
        yield survey.observe(
            "fireworks_warehouse", at=(x, y), region=village.code, pack="fireworks", short="FH",
            zh=f"{village.short}烟花爆竹仓库{k + 1}", en=f"{village.en} fireworks store {k + 1}",
            owner=firm.key, enterprise=firm.key, contact=survey.contact("仓库主任"),
            attributes={"class": "1.3级", "stock_limit": 10000, "person_limit": 6,
                        "licensed_until": "2027-12-31", "distance": 120},
        )  # fmt: skip


def _mine(
    survey: Survey, premises: Premises, standing: Standing, one: Facility, *, is_coal: bool
) -> Iterator[Observed]:
    """A mine and its places: two faces, the return airway, the pumps, the ground."""
    kinds = _COAL if is_coal else _ORE
    root = standing.watch(
        one, "mine", pack="mine", key=STORY_MINE if one.region.startswith("990101") else "",
        attributes={"kind": "井工煤矿" if is_coal else "金属非金属地下矿山",
                    "gas": "低瓦斯" if is_coal else "不适用", "water": "中等",
                    "capacity": 450_000, "depth": 380, "person_limit": 110,
                    "dispatch": "199-0000-0135"},
    )  # fmt: skip
    yield root
    x, y = premises.lots[one.owner]
    rows = (
        *((("working_face", f"F{n}", (f"{n}号{kind}", f"face {n}"),
            {"kind": kind, "level": -120 * n, "crew": 25})) for n, kind in enumerate(kinds, 1)),
        ("airway", "V1", ("回风巷", "return airway"),
         {"kind": "总回风巷" if is_coal else "回风巷"}),
        ("pump_room", "P1", ("主排水泵房", "main pumps"), {"pumping": 600, "sump": 2400}),
        ("ground_control", "G1", ("地压监测区", "ground under watch"),
         {"place": "主采区", "burst_prone": False}),
    )  # fmt: skip
    for place, (kind, short, names, attributes) in zip(
        product((0.1, 0.2, 0.3), (0.1, -0.1)), rows, strict=False
    ):
        at = x + place[0], y + place[1]
        yield _within(survey, root, kind, at, short=short, names=names, attributes=attributes)
