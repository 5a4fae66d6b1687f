"""What carries a city: bridges, pipes and tunnels that are watched, with what hangs on them."""

from collections.abc import Iterator
from typing import Any

import shapely

from anlan.sandtable.city.model import Facility, Observed
from anlan.sandtable.city.objects.facilities import PIPES
from anlan.sandtable.city.objects.standing import Standing
from anlan.sandtable.city.owners.enterprises import Premises
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import Amounts

STORY_BRIDGE, STORY_LINE, STORY_TUNNEL = "990101BR901", "990101GL901", "990101UT901"
_TOWN_BRIDGE = (59.9, 38.3)
_GASES = ("燃气舱", "综合舱", "燃气舱", "污水舱", "燃气舱", "电力舱")
_WELLS = ("雨水井", "污水井", "电力井", "通信井")
_WORKS = "-zj"


def lifelines(
    survey: Survey, amounts: Amounts, premises: Premises, standing: Standing
) -> Iterator[Observed]:
    """Every observed object of the packs of bridges, pipes and tunnels."""
    yield from _bridges(amounts.bridges, standing)
    yield from _gas(survey, premises, standing)
    yield from _water(survey, amounts)
    yield from _tunnels(survey, standing)


def _bridges(count: int, standing: Standing) -> Iterator[Observed]:
    """The bridge of the stories, and some more: on great roads first."""
    every = [one for one in standing.of("bridge") if "小桥" not in one.zh]
    own = min(
        (one for one in every if one.region.startswith("990101") and "大桥" in one.zh),
        key=lambda one: standing.distance(one, _TOWN_BRIDGE),
    )
    yield _bridge(standing, own, key=STORY_BRIDGE, number=0)
    rest = [one for one in every if one is not own]
    for number, one in enumerate(rest[:: max(1, len(rest) // count)][: count - 1], 1):
        yield _bridge(standing, one, number=number)


def _bridge(standing: Standing, one: Facility, *, number: int, key: str = "") -> Observed:
    kind = "斜拉桥" if number % 3 == 0 and one.size > 150 else "梁桥"
    return standing.watch(
        one, "bridge", pack="bridge", key=key,
        attributes={"kind": kind, "length": one.size + 120, "main_span": min(one.size, 240),
                    "built_on": f"{2002 + number % 18}-10-01", "condition": f"{1 + number % 3}类",
                    "weight_limit": 55, "crosses": one.zh.rstrip("0123456789")[:2],
                    "keeper": "市政桥梁养护所(虚构)"},
    )  # fmt: skip


def _gas(survey: Survey, premises: Premises, standing: Standing) -> Iterator[Observed]:
    """Gas lines, their sections, and the wells beside them."""
    lines = [one for one in standing.of("pipe") if "燃气" in one.zh or "天然气" in one.zh]
    for number, (one, (a, b, _zh, _en)) in enumerate(zip(lines, PIPES, strict=False)):
        firm = next(f for f in premises.gas if f.region[:6] == one.region[:6])
        line = shapely.LineString((a, b))
        root = standing.watch(
            one, "gas_line", pack="pipe", key=STORY_LINE if number == 0 else "", owner=firm.key,
            attributes={"grade": "次高压" if number else "中压", "length": one.size,
                        "material": "钢管", "laid_on": "2014-06-01",
                        "valves": "首站截断阀、末站截断阀", "persons": 640},
        )  # fmt: skip
        yield root
        for n in range(1, 4):
            yield _beside(survey, root, line, "gas_section", (n - 0.5) / 3, names=(
                f"{one.zh}{n}段", f"{one.en}, section {n}"), key=f"{root.key}S{n}",
                attributes={"diameter": 300, "regulator": "区域调压站"})  # fmt: skip
        for n in range(1, 7):
            kind = _WELLS[n % len(_WELLS)]
            yield _beside(survey, root, line, "gas_well", (n - 0.5) / 6, names=(
                f"{one.zh}旁{kind}{n}", f"{one.en}, well {n} beside it"), key=f"{root.key}W{n}",
                attributes={"kind": kind, "depth": 2.6, "volume": 5.2, "distance": n})  # fmt: skip


def _beside(
    survey: Survey, root: Observed, line: Any, kind: str, share: float, **rest: Any
) -> Observed:
    """A part of a line at a share of its length."""
    place = line.interpolate(share, normalized=True)
    zh, en = rest.pop("names")
    return survey.observe(
        kind, at=(place.x, place.y), pack=root.pack, zh=zh, en=en, owner=root.owner,
        enterprise=root.enterprise, contact=root.contact, parent=root.key, **rest,
    )  # fmt: skip


def _water(survey: Survey, amounts: Amounts) -> Iterator[Observed]:
    """Drains and water mains, where people are."""
    for k, (x, y, village) in enumerate(survey.among_people(amounts.drains, power=1.4), 1):
        kind = ("雨水", "合流", "污水")[k % 3]
        yield survey.observe(
            "drain", at=(x, y), region=village.code, pack="pipe", short="DR",
            zh=f"{village.short}{kind}管{k}", en=f"{village.en} drain {k}",
            owner=village.code[:6] + _WORKS, contact=survey.contact("管网所长"),
            attributes={"kind": kind, "diameter": 1200, "well_depth": 3.6, "outfall": "就近河道"},
        )  # fmt: skip
    for k, (x, y, village) in enumerate(survey.among_people(amounts.water_mains, power=1.4), 1):
        yield survey.observe(
            "water_main", at=(x, y), region=village.code, pack="pipe", short="WM",
            zh=f"{village.short}供水干管{k}", en=f"{village.en} water main {k}",
            owner=village.code[:6] + _WORKS, contact=survey.contact("管网所长"),
            attributes={"diameter": 600, "material": "球墨铸铁", "laid_on": "2009-04-01",
                        "users": f"{village.short}及周边"},
        )  # fmt: skip


def _tunnels(survey: Survey, standing: Standing) -> Iterator[Observed]:
    """The utility tunnel with its compartments, and the tunnels of roads."""
    duct = next(one for one in standing.of("pipe") if "管廊" in one.zh)
    a, b, *_ = PIPES[-1]
    root = standing.watch(
        duct, "utility_tunnel", pack="tunnel", key=STORY_TUNNEL, owner=duct.region[:6] + _WORKS,
        attributes={"length": duct.size, "operator": "安澜县综合管廊运营中心(虚构)",
                    "control_room": "199-0000-0119", "opened_on": "2021-09-01"},
    )  # fmt: skip
    yield root
    line, step = shapely.LineString((a, b)), duct.size / len(_GASES)
    for n, kind in enumerate(_GASES, 1):
        yield _beside(
            survey, root, line, "compartment", (n - 0.5) / len(_GASES), key=f"{root.key}C{n}",
            names=(f"{duct.zh}{n}区({kind})", f"{duct.en}, compartment {n}"),
            attributes={"kind": kind, "from_m": round((n - 1) * step), "to_m": round(n * step),
                        "pipes": "燃气、给水、电力、通信", "exits": f"{n}号逃生口"},
        )  # fmt: skip
    for number, one in enumerate(standing.of("tunnel")):
        yield standing.watch(
            one, "road_tunnel", pack="tunnel",
            attributes={"kind": "公路隧道" if number else "城市隧道", "length": one.size,
                        "tubes": 2, "fans": 6 + 2 * number, "control_room": "199-0000-0122"},
        )  # fmt: skip
